-- Products, variants, collections, availability and imports. A product's `document` is its whole present state: a product
-- page reads one row. Everything beside it is an index of some kind and is written in the same batch.

create table products (
  id text primary key,
  handle text not null unique,
  title text not null,
  -- The beginning of the title in lower case: what lists are sorted by, short enough for a cursor.
  sort_title text not null,
  status text not null check (status in ('active', 'draft', 'archived')),
  vendor text not null,
  type text not null,
  -- Lower-case texts and lowest prices, for the rules of collections.
  facts text not null,
  document text not null,
  version integer not null check (version > 0),
  created_at integer not null,
  updated_at integer not null,
  -- When it first became active.
  published_at integer
);
create index products_by_title on products (status, sort_title, id);
create index products_by_publication on products (status, published_at, id);
create index products_by_creation on products (created_at, id);
create index products_by_status_and_creation on products (status, created_at, id);

create table variants (
  id text primary key,
  product_id text not null references products (id) on delete cascade,
  sku text not null unique,
  stock_unit_id text not null unique,
  -- The lowest `available` may fall to.
  floor integer not null,
  position integer not null,
  -- What carts need to know, as JSON.
  snapshot text not null
);
create index variants_by_product on variants (product_id, position);

-- The lowest price of an active product per currency in which all its variants are sold. The currency '' stands for the
-- product's first one, so that every active product has a row there.
create table product_prices (
  product_id text not null references products (id) on delete cascade,
  currency text not null,
  price_minor integer not null,
  primary key (product_id, currency)
) without rowid;
create index product_prices_by_price on product_prices (currency, price_minor, product_id);

-- What the inventory last told about each stock unit. A unit may be told of before its product is committed.
create table availability (
  stock_unit_id text primary key,
  product_id text,
  available integer not null,
  as_of integer not null,
  sequence integer not null
) without rowid;
create index availability_by_product on availability (product_id);

create table collections (
  id text primary key,
  handle text not null unique,
  title text not null,
  sort_title text not null,
  description_html text not null,
  kind text not null check (kind in ('manual', 'rules')),
  match text not null check (match in ('all', 'any')),
  -- JSON, with the texts to compare in lower case.
  rules text not null,
  version integer not null check (version > 0),
  created_at integer not null,
  updated_at integer not null
);
create index collections_by_title on collections (sort_title, id);

create table collection_products (
  collection_id text not null references collections (id) on delete cascade,
  product_id text not null references products (id) on delete cascade,
  position integer not null,
  primary key (collection_id, product_id)
) without rowid;
create index collection_products_by_position on collection_products (collection_id, position, product_id);
create index collection_products_by_product on collection_products (product_id);

create table imports (
  id text primary key,
  status text not null check (status in ('running', 'done', 'failed')),
  started_at integer not null,
  -- A running import whose heartbeat is old was cut off and counts as failed.
  heartbeat_at integer not null,
  finished_at integer,
  rows_total integer not null,
  rows_done integer not null,
  rows_rejected integer not null,
  created integer not null,
  updated integer not null,
  unchanged integer not null,
  rejected integer not null,
  faults integer not null,
  error text
);
create index imports_by_status on imports (status, heartbeat_at);

create table import_faults (
  import_id text not null references imports (id) on delete cascade,
  number integer not null,
  line integer not null,
  column_name text,
  handle text not null,
  severity text not null check (severity in ('rejected', 'adjusted')),
  reason text not null,
  primary key (import_id, number)
) without rowid;

create table outbox (
  event_id text primary key,
  envelope text not null,
  pending text not null,
  created_at integer not null
);
create index outbox_by_age on outbox (created_at);

create table inbox_events (
  event_id text primary key,
  handled_at integer not null
) without rowid;
create index inbox_events_by_age on inbox_events (handled_at);

create table idempotency_keys (
  key text primary key,
  fingerprint text not null,
  -- Who runs the request; only the owner stores its answer.
  owner text not null,
  -- Null while the request runs.
  status integer,
  headers text,
  body text,
  expires_at integer not null
) without rowid;
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
