-- The answers to requests that came with an Idempotency-Key.
create table idempotency_keys (
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
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
