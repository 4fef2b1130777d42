-- Lists of orders by two or three of their states at once, and the age of handled events. Without an index of its own a
-- combination that few orders have is looked for among all orders that have one of its states.
create index orders_by_status_and_payment on orders (status, payment_status, placed_at desc, id desc);
create index orders_by_status_and_fulfillment on orders (status, fulfillment_status, placed_at desc, id desc);
create index orders_by_payment_and_fulfillment on orders (payment_status, fulfillment_status, placed_at desc, id desc);
create index orders_by_states on orders (status, payment_status, fulfillment_status, placed_at desc, id desc);
create index inbox_events_by_age on inbox_events (handled_at);
