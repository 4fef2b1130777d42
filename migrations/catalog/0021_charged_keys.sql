-- Where price lists hold, lists by price and rules about prices go by what is charged. Its keys lie in `product_keys` beside
-- those of the catalogue's prices, under a sort of their own; here is which sorts there are, and how far each is.
create table charged_keys (
  -- The currency, `@` and the market.
  sort text primary key,
  market_id text not null,
  currency text not null,
  -- Names what the lists say; another name begins the walk anew. Empty: no list holds any more, and the keys are removed.
  tag text not null,
  -- Products with ids up to here have the keys of this tag; null when all have.
  after_id text,
  -- Whether lists go by these keys: they have been complete once.
  is_ready integer not null,
  -- Whether the rules of collections take prices in this currency from here: the market is the one of who asks for the currency.
  is_for_rules integer not null
) without rowid;

-- Products that were edited while lists hold: their keys are those of the catalogue until they are looked at.
create table charged_work (
  product_id text primary key references products (id) on delete cascade,
  -- Counts edits: one that comes while the product is looked at is not lost.
  edit integer not null
) without rowid;
