-- The read model of orders (the truth is the Order object), kept from their events.
create table orders (
  id text primary key,
  checkout_id text not null,
  number text not null,
  status text not null,
  email text,
  currency text not null,
  total_minor integer not null,
  captured_minor integer not null,
  payment_provider text not null,
  quantity integer not null,
  placed_at integer not null,
  sequence integer not null
) without rowid;
create index orders_placed_at on orders (placed_at desc, id desc);
create index orders_status on orders (status, placed_at desc, id desc);
create index orders_email on orders (email, placed_at desc, id desc);

create table inbox_events (
  event_id text primary key,
  handled_at integer not null
) without rowid;
