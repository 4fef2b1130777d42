-- Gift cards and store credit. Their balances live in Allowance objects; `allowance_levels` is what lists show of them, and
-- of the uses and budgets of promotions. It can be dropped and rebuilt from the objects.
create table gift_cards (
  id text primary key,
  -- SHA-256 of the code. The code itself is shown once, to whoever issues the card.
  code_hash text not null,
  last4 text not null,
  currency text not null,
  -- What the card began with: its object opens with it when it is first touched.
  amount_minor integer not null check (amount_minor > 0),
  -- Milliseconds since 1970; null for a card that does not expire.
  expires_at integer,
  note text,
  created_at integer not null,
  created_by text not null
) without rowid;
create unique index gift_cards_by_code on gift_cards (code_hash);
create index gift_cards_by_last4 on gift_cards (last4, id);

create table store_credits (
  customer_id text not null,
  currency text not null,
  created_at integer not null,
  primary key (customer_id, currency)
) without rowid;

create table allowance_levels (
  allowance text primary key,
  -- Null without a limit.
  total integer,
  held integer not null,
  committed integer not null,
  is_disabled integer not null,
  sequence integer not null,
  as_of integer not null
) without rowid;

-- The answers to requests that came with an Idempotency-Key.
create table if not exists idempotency_keys (
  key text primary key,
  fingerprint text not null,
  -- Who runs the request; only the owner stores its answer.
  owner text not null,
  -- Null while the request runs.
  status integer,
  headers text,
  body text,
  expires_at integer not null
) without rowid;
create index if not exists idempotency_keys_by_expiry on idempotency_keys (expires_at);
