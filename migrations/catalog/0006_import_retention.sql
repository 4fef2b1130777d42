-- Reports of old imports are dropped when another one begins: this finds the oldest of them.
create index imports_by_end on imports (finished_at) where finished_at is not null;
