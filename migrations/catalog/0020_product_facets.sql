-- What lists are filtered by: every tag of a product, its vendor and its type, in lower case.
create table product_facets (
  facet text not null check (facet in ('tag', 'vendor', 'type')),
  value text not null,
  product_id text not null references products (id) on delete cascade,
  primary key (facet, value, product_id)
) without rowid;
create index product_facets_by_product on product_facets (product_id);
insert or ignore into product_facets (facet, value, product_id)
  select f.key, v.value, p.id from products p, json_each(p.facts) f, json_each(f.value) v
  where f.key in ('tag', 'vendor', 'type') and v.value <> '';

-- A product is sold in a currency as soon as one of its variants is; until now only if all were.
insert or ignore into product_keys (product_id, sort, key)
  select p.id, price.value ->> 'currency', min(price.value ->> 'amount') from products p,
    json_each(p.document, '$.variants') v, json_each(v.value, '$.prices') price
  where p.status = 'active' group by 1, 2;
delete from product_keys where sort >= '=' and sort < '>' and exists (select 1 from products p
  join product_keys k on k.product_id = p.id and k.sort = p.currency where p.id = product_keys.product_id);
insert into product_keys (product_id, sort, key)
  select p.id, '=' || (select group_concat(sort) from (select k.sort from product_keys k
      where k.product_id = p.id and length(k.sort) = 3 order by k.sort)),
    own.key
  from products p join product_keys own on own.product_id = p.id and own.sort = p.currency where p.status = 'active';
update products set facts = json_set(facts, '$.price', (select json_group_object(currency, lowest) from (
  select price.value ->> 'currency' as currency, min(price.value ->> 'amount') as lowest
  from json_each(document, '$.variants') v, json_each(v.value, '$.prices') price group by 1)));
