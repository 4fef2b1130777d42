/**
 * Which products belong to which rule-based collection. The rules are evaluated in one place only, here and in SQL, so a
 * change of a product and a change of a collection cannot disagree about what a rule means.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';

/** What has changed: some products (SQL lists of ids; `known` are those that existed before) or one collection. */
export type Changed = { readonly products: SQL; readonly known: SQL | null } | { readonly collectionId: string };

/**
 * Whether the product `p` fits the rule `r` (a row of `json_each`). The facts of a product hold every text as a list in
 * lower case and its lowest price per currency; the values of rules are in lower case too.
 */
const fits: SQL = sql`case r.value ->> 'field'
  when 'price' then coalesce(case r.value ->> 'relation'
    when 'less-than' then json_extract(p.facts, '$.price.' || (r.value ->> '$.value.currency')) < r.value ->> '$.value.amount'
    when 'greater-than' then json_extract(p.facts, '$.price.' || (r.value ->> '$.value.currency')) > r.value ->> '$.value.amount'
    else json_extract(p.facts, '$.price.' || (r.value ->> '$.value.currency')) = r.value ->> '$.value.amount' end, 0)
  else case r.value ->> 'relation'
    when 'not-equals' then not exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where f.value = r.value ->> 'value')
    when 'not-contains' then not exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where instr(f.value, r.value ->> 'value') > 0)
    else exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where case r.value ->> 'relation'
      when 'equals' then f.value = r.value ->> 'value'
      when 'contains' then instr(f.value, r.value ->> 'value') > 0
      when 'starts-with' then substr(f.value, 1, length(r.value ->> 'value')) = r.value ->> 'value'
      else substr(f.value, -length(r.value ->> 'value')) = r.value ->> 'value' end) end
  end`;

/** Brings the membership of rule-based collections up to date after a change, in the commit of that change. */
export function membershipOf(db: DrizzleD1Database, changed: Changed): Statement[] {
  const fresh = 'products' in changed ? sql`p.id in ${changed.products}` : sql`c.id = ${changed.collectionId}`;
  return [
    ...clear(db, changed),
    db.run(sql`insert into collection_products (collection_id, product_id, position)
      select c.id, p.id, 0 from collections c cross join products p
      where c.kind = 'rules' and ${fresh} and case c.match
        when 'all' then not exists (select 1 from json_each(c.rules) r where not (${fits}))
        else exists (select 1 from json_each(c.rules) r where ${fits}) end`),
  ];
}

function clear(db: DrizzleD1Database, changed: Changed): Statement[] {
  if ('collectionId' in changed) {
    return [db.run(sql`delete from collection_products where collection_id = ${changed.collectionId}`)];
  }
  if (changed.known === null) return [];
  return [
    db.run(sql`delete from collection_products where product_id in ${changed.known}
      and collection_id in (select id from collections where kind = 'rules')`),
  ];
}
