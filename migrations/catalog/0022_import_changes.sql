-- What an import changes, product by product: counts and the first examples of each kind, and the whole list in parts, one for
-- each chunk of the file, packed.
alter table imports add column changes text not null default '{}';
alter table imports add column examples text not null default '[]';
create table import_reports (
  import_id text not null references imports (id) on delete cascade,
  number integer not null,
  entries text not null,
  primary key (import_id, number)
);
-- What the chunks that a dry run has done would have changed for those behind them: addresses and SKUs that are taken, SKUs
-- that are free (without a product), and bundles that have another SKU or are gone (without one). Emptied when it ends.
create table import_foreseen (
  import_id text not null,
  kind text not null check (kind in ('handle', 'sku', 'bundle')),
  name text not null,
  product_id text,
  value text,
  primary key (import_id, kind, name)
) without rowid;
