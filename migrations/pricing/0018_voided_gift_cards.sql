-- Sold gift cards whose units were refunded or canceled: under which key, what was taken out of each, and whether it was blocked before.
alter table gift_cards add column void_key text;
alter table gift_cards add column void_minor integer;
alter table gift_cards add column void_was_disabled integer;
create index gift_cards_by_void on gift_cards (void_key) where void_key is not null;
