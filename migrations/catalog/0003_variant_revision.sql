-- Counts every change of what carts are told of variants: the snapshots, and the collections that hold their products. What
-- is remembered elsewhere is right as long as this number stays. Triggers count, so that no statement can forget to.
create table variant_revision (
  id integer primary key check (id = 1),
  revision integer not null
);
insert into variant_revision (id, revision) values (1, 0);

create trigger variants_inserted after insert on variants begin
  update variant_revision set revision = revision + 1;
end;
create trigger variants_updated after update on variants begin
  update variant_revision set revision = revision + 1;
end;
create trigger variants_deleted after delete on variants begin
  update variant_revision set revision = revision + 1;
end;
create trigger collection_products_inserted after insert on collection_products begin
  update variant_revision set revision = revision + 1;
end;
create trigger collection_products_updated after update on collection_products begin
  update variant_revision set revision = revision + 1;
end;
create trigger collection_products_deleted after delete on collection_products begin
  update variant_revision set revision = revision + 1;
end;
