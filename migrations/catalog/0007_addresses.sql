-- What a file calls a product. It stays when the product gets another address, so the file finds the product again.
alter table products add column import_handle text;
create unique index products_by_import_handle on products (import_handle) where import_handle is not null;

-- Addresses that products and collections had before. They lead to where these are now, until another one takes the address.
create table product_redirects (
  handle text primary key,
  product_id text not null references products (id) on delete cascade
) without rowid;
create index product_redirects_by_product on product_redirects (product_id);
create table collection_redirects (
  handle text primary key,
  collection_id text not null references collections (id) on delete cascade
) without rowid;
create index collection_redirects_by_collection on collection_redirects (collection_id);

-- Triggers keep them, so that no statement can forget to.
CREATE TRIGGER products_placed AFTER INSERT ON products BEGIN DELETE FROM product_redirects WHERE handle = NEW.handle; END;
CREATE TRIGGER products_moved AFTER UPDATE OF handle ON products WHEN OLD.handle <> NEW.handle BEGIN DELETE FROM product_redirects WHERE handle = NEW.handle; INSERT INTO product_redirects (handle, product_id) VALUES (OLD.handle, NEW.id); END;
CREATE TRIGGER collections_placed AFTER INSERT ON collections BEGIN DELETE FROM collection_redirects WHERE handle = NEW.handle; END;
CREATE TRIGGER collections_moved AFTER UPDATE OF handle ON collections WHEN OLD.handle <> NEW.handle BEGIN DELETE FROM collection_redirects WHERE handle = NEW.handle; INSERT INTO collection_redirects (handle, collection_id) VALUES (OLD.handle, NEW.id); END;
