-- What exports show of an order beside its row: money, addresses, lines and refunds, as JSON. Older orders learn it with their next
-- event.
create table order_details (
  id text primary key,
  details text not null
) without rowid;
