-- One row per payment: the shop's mirror of what the provider knows. The key is the order id, so an order is paid once.
-- A voided row without a provider_ref is a tombstone: it bars an authorization that has yet to arrive.
CREATE TABLE payments (
  payment_key TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  provider_ref TEXT,
  status TEXT NOT NULL CHECK (status IN ('created', 'requires_action', 'declined', 'authorized', 'captured', 'voided')),
  reason TEXT,
  amount_minor INTEGER,
  currency TEXT,
  captured_minor INTEGER NOT NULL CHECK (captured_minor >= 0),
  refunded_minor INTEGER NOT NULL CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- Names the change that wrote the row last: the statements of one commit find out by it whether their change was made.
  change_id TEXT NOT NULL
) WITHOUT ROWID;

-- The double-entry ledger: append only, and the entries of one transaction add up to zero. Debits are positive.
-- The amount after the last slash of a transaction id is the total captured or refunded so far, so no total is booked twice.
CREATE TABLE ledger_entries (
  payment_key TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  account TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (payment_key, transaction_id, account)
) WITHOUT ROWID;

-- Events of providers that were seen, so that a second delivery does nothing.
CREATE TABLE provider_events (
  event_id TEXT PRIMARY KEY,
  received_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX provider_events_received_at ON provider_events (received_at);

-- Events that wait for proof that their subscribers handled them.
CREATE TABLE outbox (
  event_id TEXT PRIMARY KEY,
  envelope TEXT NOT NULL,
  pending TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX outbox_created_at ON outbox (created_at);
