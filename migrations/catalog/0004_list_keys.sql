-- Every list is one range of an index, however many products there are. An active product has a key per order in which lists
-- are sorted: `title`, `newest`, the lowest price in each currency in which all its variants are sold (sort `EUR`), and its own
-- first price under the set of those currencies (sort `=EUR,USD`), for lists in a currency in which it is not sold.
drop index products_by_title;
drop index products_by_publication;
drop table product_prices;
create table product_keys (
  product_id text not null references products (id) on delete cascade,
  sort text not null,
  -- A text or a number. Without a declared type SQLite keeps a title that looks like a number as a text.
  key not null,
  primary key (product_id, sort)
) without rowid;
create index product_keys_in_order on product_keys (sort, key, product_id);

-- A collection may outlive its row for a moment: its members are removed in small steps.
drop table collection_products;
create table collection_products (
  collection_id text not null,
  product_id text not null references products (id) on delete cascade,
  -- The order of a collection that is kept by hand; 0 where rules found the product.
  position integer not null,
  primary key (collection_id, product_id)
) without rowid;
create index collection_products_by_product on collection_products (product_id);
create index collections_by_kind on collections (kind);

-- The keys of the products of a collection, and their positions (sort `manual`).
create table collection_keys (
  collection_id text not null,
  sort text not null,
  key not null,
  product_id text not null,
  primary key (collection_id, sort, key, product_id)
) without rowid;

create table collection_totals (
  collection_id text primary key references collections (id) on delete cascade,
  products integer not null,
  position_last integer not null
) without rowid;

-- Collections whose members are being brought in line with their row, in the order of product ids.
create table membership_work (
  collection_id text primary key,
  -- Counts edits of the collection: one that comes while its members are worked on begins anew.
  edit integer not null,
  -- Products with ids up to here are done.
  after_id text not null
) without rowid;

-- Triggers keep the keys and totals of collections, so that no statement can forget to.
CREATE TRIGGER collections_created AFTER INSERT ON collections BEGIN INSERT INTO collection_totals (collection_id, products, position_last) VALUES (NEW.id, 0, 0); END;
CREATE TRIGGER members_added AFTER INSERT ON collection_products BEGIN UPDATE variant_revision SET revision = revision + 1; UPDATE collection_totals SET products = products + 1, position_last = max(position_last, NEW.position) WHERE collection_id = NEW.collection_id; INSERT INTO collection_keys (collection_id, sort, key, product_id) SELECT NEW.collection_id, sort, key, product_id FROM product_keys WHERE product_id = NEW.product_id; INSERT INTO collection_keys (collection_id, sort, key, product_id) SELECT NEW.collection_id, 'manual', NEW.position, NEW.product_id FROM product_keys WHERE product_id = NEW.product_id AND sort = 'title'; END;
CREATE TRIGGER members_removed AFTER DELETE ON collection_products BEGIN UPDATE variant_revision SET revision = revision + 1; UPDATE collection_totals SET products = products - 1 WHERE collection_id = OLD.collection_id; DELETE FROM collection_keys WHERE collection_id = OLD.collection_id AND sort = 'manual' AND key = OLD.position AND product_id = OLD.product_id; DELETE FROM collection_keys WHERE (collection_id, sort, key, product_id) IN (SELECT OLD.collection_id, sort, key, product_id FROM product_keys WHERE product_id = OLD.product_id); END;
CREATE TRIGGER keys_added AFTER INSERT ON product_keys BEGIN INSERT INTO collection_keys (collection_id, sort, key, product_id) SELECT collection_id, NEW.sort, NEW.key, NEW.product_id FROM collection_products WHERE product_id = NEW.product_id; INSERT INTO collection_keys (collection_id, sort, key, product_id) SELECT collection_id, 'manual', position, product_id FROM collection_products WHERE product_id = NEW.product_id AND NEW.sort = 'title'; END;
CREATE TRIGGER keys_removed AFTER DELETE ON product_keys BEGIN DELETE FROM collection_keys WHERE (collection_id, sort, key, product_id) IN (SELECT collection_id, OLD.sort, OLD.key, OLD.product_id FROM collection_products WHERE product_id = OLD.product_id); DELETE FROM collection_keys WHERE OLD.sort = 'title' AND (collection_id, sort, key, product_id) IN (SELECT collection_id, 'manual', position, product_id FROM collection_products WHERE product_id = OLD.product_id); END;
