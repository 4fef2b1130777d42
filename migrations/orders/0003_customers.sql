-- Who ordered, as quotes name them: a hash of the e-mail address. Older rows learn it with the next event of their order.
alter table orders add column customer text;
create index orders_customer on orders (customer, placed_at);
