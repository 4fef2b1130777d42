-- The settings row by row, each as it was from one version on and before another; null: until further notice. An edit costs
-- what it changes, and the settings of any former version are the rows that were valid then.
create table settings_rows (
  -- As the fields of the settings are called: markets, shippingRates, promotions, priceLists, taxRates.
  kind text not null,
  id text not null,
  since integer not null,
  until integer,
  body text not null check (json_valid(body)),
  primary key (kind, id, since)
);
create index settings_rows_by_end on settings_rows (until, kind, id);

insert into settings_rows (kind, id, since, until, body)
  select 'markets', id, (select max(version) from settings_versions), null, json_object('id', id, 'name', name,
    'countries', json(countries), 'currencies', json(currencies), 'taxRate', tax_rate,
    'pricesIncludeTax', json(iif(prices_include_tax, 'true', 'false')),
    'rounding', json_object('mode', rounding_mode, 'level', rounding_level), 'shippingTax', shipping_tax,
    'hasReverseCharge', json(iif(has_reverse_charge, 'true', 'false')),
    'isDefault', json(iif(is_default, 'true', 'false')), 'isFallback', json(iif(is_fallback, 'true', 'false')),
    'version', version)
  from markets;
insert into settings_rows (kind, id, since, until, body)
  select 'shippingRates', id, (select max(version) from settings_versions), null, json_patch(rules, json_object('id', id,
    'marketId', market_id, 'name', name, 'prices', json(prices), 'freeFrom', json(free_from), 'version', version))
  from shipping_rates;
insert into settings_rows (kind, id, since, until, body)
  select kind, id, (select max(version) from settings_versions), null, json_patch(body, json_object('id', id, 'version', version))
  from (select 'promotions' as kind, id, body, version from promotions
    union all select 'priceLists', id, body, version from price_lists
    union all select 'taxRates', id, body, version from tax_rates);

drop table shipping_rates;
drop table markets;
drop table promotions;
drop table price_lists;
drop table tax_rates;
alter table settings_versions drop column settings;
create index settings_versions_by_time on settings_versions (changed_at, version);

-- The entries that are valid now, for lists and for the end of what is replaced.
create index list_prices_present on list_prices (list_id, variant_id, currency) where until is null;
