-- By how much more is promised of a unit than is there. Few units have any: this finds them.
alter table stock_units add column shortfall integer not null default 0;
create index stock_units_short on stock_units (sku) where shortfall > 0;
