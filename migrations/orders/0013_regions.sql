-- Orders are chosen by the region that they go to. The indexes in the order of a list hold it too, so that any combination with it
-- is decided from one of them alone.
create index orders_region on orders (country, region, placed_at desc, id desc);
drop index orders_placed_at;
create index orders_placed_at on orders
  (placed_at, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, region);
drop index orders_by_updated_at;
create index orders_by_updated_at on orders
  (updated_at, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at, region);
drop index orders_by_total;
create index orders_by_total on orders
  (total_minor, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at, region);
drop index orders_by_number;
create index orders_by_number on orders
  (number, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at, region);
