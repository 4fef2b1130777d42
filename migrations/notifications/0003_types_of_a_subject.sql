-- A stock unit that sells all day has many thousand events, of which a feed may want the few of one type.
CREATE INDEX events_by_subject_and_type ON events (subject, type);
