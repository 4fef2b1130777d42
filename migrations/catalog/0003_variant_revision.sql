-- Counts every change of what carts are told of variants: the snapshots, and the collections that hold their products. What
-- is remembered elsewhere is right as long as this number stays. Triggers count, so that no statement can forget to.
-- D1 cuts a file into statements, and takes a trigger for one where it is in capitals and on one line.
create table variant_revision (
  id integer primary key check (id = 1),
  revision integer not null
);
insert into variant_revision (id, revision) values (1, 0);
CREATE TRIGGER variants_inserted AFTER INSERT ON variants BEGIN UPDATE variant_revision SET revision = revision + 1; END;
CREATE TRIGGER variants_updated AFTER UPDATE ON variants BEGIN UPDATE variant_revision SET revision = revision + 1; END;
CREATE TRIGGER variants_deleted AFTER DELETE ON variants BEGIN UPDATE variant_revision SET revision = revision + 1; END;
CREATE TRIGGER collection_products_inserted AFTER INSERT ON collection_products BEGIN UPDATE variant_revision SET revision = revision + 1; END;
CREATE TRIGGER collection_products_updated AFTER UPDATE ON collection_products BEGIN UPDATE variant_revision SET revision = revision + 1; END;
CREATE TRIGGER collection_products_deleted AFTER DELETE ON collection_products BEGIN UPDATE variant_revision SET revision = revision + 1; END;
