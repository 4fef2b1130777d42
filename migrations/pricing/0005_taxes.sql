-- Tax rates by zone and class of products. A market's flat rate stays what holds where none of them does.
create table tax_rates (
  id text primary key,
  body text not null check (json_valid(body)),
  version integer not null
) without rowid;

alter table markets add column shipping_tax text not null default 'standard' check (shipping_tax in ('standard', 'weighted'));
alter table markets add column has_reverse_charge integer not null default 0;
