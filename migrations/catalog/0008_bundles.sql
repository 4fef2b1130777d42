-- Variants of which one takes several units of others. A bundle has no stock of its own: what can be sold of it is kept in
-- `availability` under its own stock unit, worked out from its components whenever they change.
create table variant_components (
  variant_id text not null,
  component_id text not null,
  -- Also how a commit refuses itself that would leave a bundle without one of its components.
  quantity integer not null constraint components_are_there check (quantity > 0),
  primary key (variant_id, component_id)
) without rowid;
create index variant_components_by_component on variant_components (component_id);

