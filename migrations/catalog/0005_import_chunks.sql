-- The rows of imported files that are still to be done: packed chunks, one commit each. An import goes on with the chunk that
-- is next, whoever ended in between.
alter table imports add column settings text not null default '{}';
alter table imports add column chunks_total integer not null default 0;
alter table imports add column chunks_done integer not null default 0;
alter table imports add column attempts integer not null default 0;
create table import_chunks (
  import_id text not null,
  number integer not null,
  rows text not null,
  primary key (import_id, number)
);
