-- Codes of promotions that have uses of their own, any number of them: too many for the settings, which every isolate holds
-- whole. Their uses are allowances (`code:…` in `allowance_levels`). A code that is taken back stays as long as a cart may have
-- been priced with it, so a row says what it was at any moment.
create table discount_codes (
  -- As it is compared: trimmed, in capitals.
  code text primary key,
  id text not null,
  promotion_id text not null,
  batch_id text not null,
  -- Null without a limit.
  uses_max integer check (uses_max > 0),
  created_at integer not null,
  created_by text not null,
  -- Since when it does nothing; null while it does.
  disabled_at integer,
  -- Since when it is gone. The same code may then be made anew.
  deleted_at integer,
  changed_at integer not null
) without rowid;
create unique index discount_codes_by_id on discount_codes (id);
create index discount_codes_by_promotion on discount_codes (promotion_id, code) where deleted_at is null;
create index discount_codes_by_batch on discount_codes (batch_id, code) where deleted_at is null;

-- What one request made or imported. A repetition of the request goes on where a crash has cut it off.
create table code_batches (
  id text primary key,
  promotion_id text not null,
  made integer not null,
  created_at integer not null
) without rowid;
