-- Gift cards that the sale of a product issues, one for each unit of a line of an order, and which events pricing has handled.
alter table gift_cards add column order_id text;
alter table gift_cards add column line_id text;
-- Counts from 1 within the line.
alter table gift_cards add column unit integer;
create unique index gift_cards_by_unit on gift_cards (order_id, line_id, unit) where order_id is not null;
create index gift_cards_by_order on gift_cards (order_id, id) where order_id is not null;

create table inbox_events (
  event_id text primary key,
  handled_at integer not null
) without rowid;
create index inbox_events_by_age on inbox_events (handled_at);
