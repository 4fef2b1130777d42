-- Orders are found by what people know of them. Older rows learn names, country and tags with the next event of their order.
alter table orders add column email_key text;
alter table orders add column phone text;
alter table orders add column name text;
alter table orders add column country text;
alter table orders add column region text;
alter table orders add column tags text not null default '[]';
alter table orders add column updated_at integer not null default 0;
-- Its place in `order_texts`.
alter table orders add column document integer;
update orders set email_key = lower(email), updated_at = placed_at;

-- What an order is found by, in the form in which it is searched. The words are kept beside the index, so that it can be built anew.
create table order_texts (
  document integer primary key,
  id text not null unique,
  number text not null,
  contact text not null,
  names text not null,
  goods text not null,
  -- SKUs and tags, each as one word.
  exact text not null
);
create virtual table order_words using fts5(
  number, contact, names, goods, exact,
  content = 'order_texts', content_rowid = 'document', prefix = '1 2 3',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
CREATE TRIGGER order_texts_added AFTER INSERT ON order_texts BEGIN INSERT INTO order_words (rowid, number, contact, names, goods, exact) VALUES (new.document, new.number, new.contact, new.names, new.goods, new.exact); END;
CREATE TRIGGER order_texts_removed AFTER DELETE ON order_texts BEGIN INSERT INTO order_words (order_words, rowid, number, contact, names, goods, exact) VALUES ('delete', old.document, old.number, old.contact, old.names, old.goods, old.exact); END;
CREATE TRIGGER order_texts_changed AFTER UPDATE ON order_texts BEGIN INSERT INTO order_words (order_words, rowid, number, contact, names, goods, exact) VALUES ('delete', old.document, old.number, old.contact, old.names, old.goods, old.exact); INSERT INTO order_words (rowid, number, contact, names, goods, exact) VALUES (new.document, new.number, new.contact, new.names, new.goods, new.exact); END;
insert into order_texts (id, number, contact, names, goods, exact)
  select id, lower(replace(number, '-', ' ')), '', '', '', '' from orders;
update orders set document = (select t.document from order_texts t where t.id = orders.id);
create unique index orders_document on orders (document);

drop index orders_email;
create index orders_email on orders (email_key, placed_at desc, id desc);
create index orders_country on orders (country, placed_at desc, id desc);
-- One index per order of a list that holds all that orders are filtered by: whatever is combined is decided from it alone.
drop index orders_placed_at;
create index orders_placed_at on orders
  (placed_at, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document);
create index orders_by_updated_at on orders
  (updated_at, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at);
create index orders_by_total on orders
  (total_minor, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at);
create index orders_by_number on orders
  (number, id, status, payment_status, fulfillment_status, country, customer_id, outstanding_minor, document, placed_at);
