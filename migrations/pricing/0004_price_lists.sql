-- Price lists, and their entries. The lists are held in memory; the entries are too many for that and are looked up.
create table price_lists (
  id text primary key,
  body text not null check (json_valid(body)),
  version integer not null
) without rowid;

-- An entry is valid from the version of the settings `since` and before `until`; null: until further notice. What it was
-- before stays, so that a cart can be priced as its shopper saw it.
create table list_prices (
  list_id text not null,
  variant_id text not null,
  currency text not null,
  since integer not null,
  until integer,
  amount integer not null,
  compare_at_amount integer,
  tiers text not null check (json_valid(tiers)),
  primary key (list_id, variant_id, currency, since)
) without rowid;
