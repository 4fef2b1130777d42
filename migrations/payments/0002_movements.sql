-- The ledger of each payment: what was authorized, captured, refunded and charged back, and what was asked for, as one list
-- that is written with the row under its version. The balances beside it are what the list adds up to.
ALTER TABLE payments ADD COLUMN movements TEXT NOT NULL DEFAULT '[]';
ALTER TABLE payments ADD COLUMN charged_back_minor INTEGER NOT NULL DEFAULT 0;
-- Whether a request of ours waits for an answer.
ALTER TABLE payments ADD COLUMN has_pending INTEGER NOT NULL DEFAULT 0;
-- When a reconciliation last asked the provider (milliseconds since 1970).
ALTER TABLE payments ADD COLUMN checked_at INTEGER NOT NULL DEFAULT 0;

-- What is known of payments from before there were movements, as totals: their authorization, capture and refund.
UPDATE payments SET movements = json_insert(movements, '$[#]',
  json_object('type', 'authorize', 'ref', '~authorization', 'amountMinor', amount_minor, 'at', updated_at))
  WHERE amount_minor IS NOT NULL AND (status IN ('authorized', 'captured') OR captured_minor > 0);
UPDATE payments SET movements = json_insert(movements, '$[#]',
  json_object('type', 'capture', 'ref', '~total/' || captured_minor, 'amountMinor', captured_minor, 'at', updated_at))
  WHERE captured_minor > 0;
UPDATE payments SET movements = json_insert(movements, '$[#]',
  json_object('type', 'void', 'ref', '~rest/' || (amount_minor - captured_minor), 'amountMinor', amount_minor - captured_minor,
    'at', updated_at))
  WHERE status IN ('captured', 'voided') AND captured_minor > 0 AND amount_minor > captured_minor;
UPDATE payments SET movements = json_insert(movements, '$[#]',
  json_object('type', 'refund', 'ref', '~carried-over', 'amountMinor', refunded_minor, 'at', updated_at))
  WHERE refunded_minor > 0;

CREATE INDEX payments_updated_at ON payments (updated_at, checked_at);
CREATE INDEX payments_unsettled ON payments (checked_at)
  WHERE status IN ('created', 'requires_action', 'authorized') OR has_pending = 1;

-- One row per comparison of the whole ledger with the providers; it goes on where it stopped until it is finished.
CREATE TABLE reconciliation_runs (
  run_id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  checked INTEGER NOT NULL DEFAULT 0,
  repaired INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX reconciliation_runs_started_at ON reconciliation_runs (started_at);

-- What a run could not explain, for a person to settle.
CREATE TABLE reconciliation_findings (
  run_id TEXT NOT NULL,
  payment_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  ledger_minor INTEGER,
  provider_minor INTEGER,
  currency TEXT,
  found_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, payment_key, kind)
) WITHOUT ROWID;

-- The answers to requests that came with an Idempotency-Key.
CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  -- Who runs the request; only the owner stores its answer.
  owner TEXT NOT NULL,
  -- Null while the request runs.
  status INTEGER,
  headers TEXT,
  body TEXT,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
