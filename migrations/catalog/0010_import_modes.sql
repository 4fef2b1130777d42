-- An import that only tells what it would do, and how many variants an import has removed.
alter table imports add column dry_run integer not null default 0;
alter table imports add column variants_removed integer not null default 0;
