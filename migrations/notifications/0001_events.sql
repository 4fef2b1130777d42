-- The log of every event of the shop. The row of an event is also the proof that it was handled, so there is no inbox table.
CREATE TABLE events (
  -- The order of arrival. AUTOINCREMENT: a position is never given twice, whatever is deleted.
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Counts per subject, from its source.
  sequence INTEGER NOT NULL,
  -- When it happened (RFC 3339), told by its source.
  time TEXT NOT NULL,
  -- The whole CloudEvents envelope.
  envelope TEXT NOT NULL,
  received_at INTEGER NOT NULL
);

-- SQLite appends the position to each entry, so these also order a filtered feed.
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX events_by_type ON events (type);
