-- Promotions. They are only ever read together, to be held in memory, so a row is a document.
create table promotions (
  id text primary key,
  body text not null check (json_valid(body)),
  version integer not null
) without rowid;
