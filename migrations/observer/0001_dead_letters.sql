-- Messages that an inbox gave up on. One letter per queue and body: the same message dead again counts as another death of
-- its letter, so an event that a relay keeps sending fills one row and not the table.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  -- The dead-letter queue it came from.
  queue TEXT NOT NULL,
  -- Whose inbox gave up; null for a queue that this version does not know.
  subscriber TEXT,
  body_sha256 TEXT NOT NULL,
  -- As JSON text.
  body TEXT NOT NULL,
  -- Read from the body where it is an event.
  event_id TEXT,
  event_type TEXT,
  -- The queue's id of the newest message, so that the same delivery twice is one death.
  message_id TEXT NOT NULL,
  deaths INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'replayed')),
  first_dead_at INTEGER NOT NULL,
  dead_at INTEGER NOT NULL,
  replayed_at INTEGER,
  -- The idempotency key of the newest replay: a retry of that request gets its answer again.
  replay_key TEXT,
  UNIQUE (queue, body_sha256)
) WITHOUT ROWID;

CREATE INDEX dead_letters_by_status ON dead_letters (status, id);
