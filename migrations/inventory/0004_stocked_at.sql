-- Where something lies, by location: whether a location may be closed is then one step in an index.
create table stocked_at (
  stock_unit_id text not null,
  location_id text not null,
  primary key (stock_unit_id, location_id)
) without rowid;
create index stocked_at_by_location on stocked_at (location_id);
insert into stocked_at (stock_unit_id, location_id)
  select stock_units.id, level.value ->> 'locationId' from stock_units, json_each(stock_units.levels) as level
  where level.value ->> 'onHand' > 0 or level.value ->> 'held' > 0 or level.value ->> 'committed' > 0;

create index inbox_events_by_age on inbox_events (handled_at);
