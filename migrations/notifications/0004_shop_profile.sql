-- The name and addresses under which the shop speaks to its shoppers: one row, as JSON of the fields that were told.
create table shop_profile (
  id integer primary key check (id = 1),
  profile text not null,
  -- Counts changes; each one is written only over the version that it was decided on.
  version integer not null,
  updated_at integer not null,
  updated_by text not null
);
