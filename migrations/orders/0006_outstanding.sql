-- What is owed of an order beyond what is authorized, and a word for orders whose checkout is over and whose money is not all there.
-- Older rows learn what is owed with the next event of their order.
alter table orders add column outstanding_minor integer not null default 0;
update orders set status = 'confirmed' where status = 'placed' and payment_status in ('authorized', 'partially-captured');
create index orders_outstanding on orders (placed_at desc, id desc) where outstanding_minor > 0;
