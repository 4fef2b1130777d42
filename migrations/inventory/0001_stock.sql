-- Stock units with the SKU code by which people look them up, what was there when they came into being, and the read model
-- of their levels (the truth is the Stock object).
create table stock_units (
  id text primary key,
  sku text,
  opening_quantity integer not null,
  floor integer not null,
  on_hand integer not null,
  held integer not null default 0,
  committed integer not null default 0,
  available integer not null,
  levels text not null default '[]',
  sequence integer not null default 0,
  as_of integer not null
) without rowid;
create unique index stock_units_sku on stock_units (sku) where sku is not null;

create table locations (
  id text primary key,
  name text not null,
  position integer not null
) without rowid;
insert into locations (id, name, position) values ('loc_main', 'Main warehouse', 0);

create table inbox_events (
  event_id text primary key,
  handled_at integer not null
) without rowid;
