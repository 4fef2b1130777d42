-- What the merchant lets shoppers do with their orders by themselves: one row, of the settings that differ from the usual.
create table order_policy (
  id integer primary key check (id = 1),
  settings text not null,
  updated_at integer not null,
  updated_by text not null
);
-- Links that were sent by e-mail and open an order once. The database has a hash of each token only.
create table order_links (
  token_hash text primary key,
  order_id text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) without rowid;
create index order_links_by_order on order_links (order_id, created_at);
create index order_links_by_expiry on order_links (expires_at);
