-- Where the money and the goods of an order stand, to list orders by. Older rows say what their status implies.
alter table orders add column refunded_minor integer not null default 0;
alter table orders add column payment_status text not null default 'captured';
alter table orders add column fulfillment_status text not null default 'unfulfilled';
update orders set payment_status = 'authorized' where status = 'placed';
update orders set payment_status = 'voided', fulfillment_status = 'canceled' where status = 'canceled';
create index orders_payment_status on orders (payment_status, placed_at desc, id desc);
create index orders_fulfillment_status on orders (fulfillment_status, placed_at desc, id desc);
