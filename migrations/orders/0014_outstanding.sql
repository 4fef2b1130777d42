-- Orders of which money is owed are counted before they are read: the index says by itself that they are.
drop index orders_outstanding;
create index orders_outstanding on orders (placed_at desc, id desc, outstanding_minor) where outstanding_minor > 0;
