-- How merchants rank their locations (the lowest gives first) and which are in use. The revision counts changes of ranks, so
-- that the Stock objects can tell an older list from a newer one.
alter table locations add column rank integer not null default 0;
alter table locations add column is_active integer not null default 1;
alter table locations add column revision integer not null default 0;

-- Transfers of goods between two locations. What they do to stock is in the ledgers of the units; this is what was asked
-- for, and how far it has come.
create table transfers (
  id text primary key,
  from_location_id text not null,
  to_location_id text not null,
  status text not null,
  -- JSON: [{sku, stockUnitId, quantity, received}]
  items text not null,
  note text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null
) without rowid;
create index transfers_by_time on transfers (created_at, id);
