-- Long lists of prices: one row per job, and its rows in packed parts. A part that was taken holds the results of its rows instead.
create table bulk_jobs (
  id text primary key,
  status text not null check (status in ('running', 'done', 'failed')),
  started_at integer not null,
  heartbeat_at integer not null,
  finished_at integer,
  rows_total integer not null,
  rows_done integer not null default 0,
  done integer not null default 0,
  unchanged integer not null default 0,
  rejected integer not null default 0,
  error text,
  parts_total integer not null,
  parts_done integer not null default 0,
  -- Failed attempts at the next part.
  attempts integer not null default 0,
  -- Who sent the list, and why.
  settings text not null
);
create index bulk_jobs_by_status on bulk_jobs (status, id);
create index bulk_jobs_by_end on bulk_jobs (finished_at) where finished_at is not null;
create table bulk_parts (
  job_id text not null references bulk_jobs (id) on delete cascade,
  number integer not null,
  rows text,
  results text,
  primary key (job_id, number)
);
