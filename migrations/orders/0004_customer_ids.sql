-- Who ordered, as the merchant's system knows a customer. Older orders were all of guests.
alter table orders add column customer_id text;
create index orders_customer_id on orders (customer_id, placed_at desc, id desc);
