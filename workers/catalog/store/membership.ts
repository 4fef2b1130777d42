/**
 * Which products belong to which rule-based collection. The rules are evaluated in one place only, here and in SQL, so a
 * change of a product and a change of a collection cannot disagree about what a rule means. A change of a collection looks at
 * every product of the shop, so it is done in steps: each is one short commit, and the next one knows where it ended.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';

/**
 * The lowest price of the product `p` in the currency of the rule `r`: what is charged where price lists hold, in the market of who
 * asks for the currency; else the catalogue's.
 */
const chargedPrice: SQL = sql`coalesce((select k.key from charged_keys g cross join product_keys k
    on k.product_id = p.id and k.sort = g.sort where g.currency = r.value ->> '$.value.currency' and g.is_for_rules = 1),
  json_extract(p.facts, '$.price.' || (r.value ->> '$.value.currency')))`;

/**
 * Whether the product `p` fits the rule `r` (a row of `json_each`). The facts of a product hold every text as a list in
 * lower case and its lowest price per currency; the values of rules are in lower case too.
 */
const fits: SQL = sql`case r.value ->> 'field'
  when 'price' then coalesce(case r.value ->> 'relation'
    when 'less-than' then ${chargedPrice} < r.value ->> '$.value.amount'
    when 'greater-than' then ${chargedPrice} > r.value ->> '$.value.amount'
    else ${chargedPrice} = r.value ->> '$.value.amount' end, 0)
  else case r.value ->> 'relation'
    when 'not-equals' then not exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where f.value = r.value ->> 'value')
    when 'not-contains' then not exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where instr(f.value, r.value ->> 'value') > 0)
    else exists (select 1 from json_each(p.facts, '$.' || (r.value ->> 'field')) f where case r.value ->> 'relation'
      when 'equals' then f.value = r.value ->> 'value'
      when 'contains' then instr(f.value, r.value ->> 'value') > 0
      when 'starts-with' then substr(f.value, 1, length(r.value ->> 'value')) = r.value ->> 'value'
      else substr(f.value, -length(r.value ->> 'value')) = r.value ->> 'value' end) end
  end`;

const fitsAll: SQL = sql`case c.match
  when 'all' then not exists (select 1 from json_each(c.rules) r where not (${fits}))
  else exists (select 1 from json_each(c.rules) r where ${fits}) end`;

/**
 * Puts products that have changed into the rule-based collections that they fit, in the commit of their change.
 *
 * @param products a SQL list of their ids, and `known` of those that existed before
 */
export function rulesApplied(db: DrizzleD1Database, products: SQL, known: SQL | null): Statement[] {
  const clear = sql`delete from collection_products where product_id in ${known}
    and collection_id in (select id from collections where kind = 'rules')`;
  return [
    ...(known === null ? [] : [db.run(clear)]),
    db.run(sql`insert into collection_products (collection_id, product_id, position)
      select c.id, p.id, 0 from collections c cross join products p
      where c.kind = 'rules' and p.id in ${products} and ${fitsAll}`),
  ];
}

/** Products per step: it occupies the database for about ten milliseconds, in which no shopper can read. */
const stepProducts = 250;
/** Sorts behind every id. */
const lastId = '~';

/** Notes that the members of a collection do not match its row any more. The steps below make them match. */
export function membershipStale(db: DrizzleD1Database, collectionId: string): Statement {
  return db.run(sql`insert into membership_work (collection_id, edit, after_id) values (${collectionId}, 1, '')
    on conflict (collection_id) do update set edit = edit + 1, after_id = ''`);
}

/** The next products of a collection whose membership has to be looked at. */
interface MembershipStep {
  readonly collectionId: string;
  readonly edit: number;
  /** The step covers products with ids after `afterId`, up to and with `upToId`. */
  readonly afterId: string;
  readonly upToId: string;
}

/** The next step for a collection, or for any; null when there is nothing to do. */
export async function nextStep(db: DrizzleD1Database, collectionId: string | null): Promise<MembershipStep | null> {
  const which = collectionId === null ? sql`true` : sql`w.collection_id = ${collectionId}`;
  // A collection without rules, or one that was deleted, only loses members: the steps walk those instead of all products.
  const [row] = await db.all<Omit<MembershipStep, 'upToId'> & { readonly upToId: string | null }>(sql`
    select w.collection_id as collectionId, w.edit as edit, w.after_id as afterId,
      case when exists (select 1 from collections c where c.id = w.collection_id and c.kind = 'rules')
        then (select p.id from products p where p.id > w.after_id order by p.id limit 1 offset ${stepProducts - 1})
        else (select m.product_id from collection_products m where m.collection_id = w.collection_id
          and m.product_id > w.after_id order by m.product_id limit 1 offset ${stepProducts - 1}) end as upToId
    from membership_work w where ${which} order by w.collection_id limit 1`);
  return row === undefined ? null : { ...row, upToId: row.upToId ?? lastId };
}

/**
 * One step, for one commit. It reads the collection as it is at that moment, so a step of an edit that was overtaken does
 * no harm: its products are looked at again. A product that is edited meanwhile is already where it belongs.
 */
export function stepTaken(db: DrizzleD1Database, { collectionId, edit, afterId, upToId }: MembershipStep): Statement[] {
  const mine = sql`collection_id = ${collectionId} and edit = ${edit} and after_id = ${afterId}`;
  return [
    // Those that were put there by hand have a position, and stay as long as the collection is kept by hand.
    db.run(sql`delete from collection_products
      where collection_id = ${collectionId} and product_id > ${afterId} and product_id <= ${upToId}
      and (position = 0 or not exists (select 1 from collections where id = ${collectionId} and kind = 'manual'))`),
    db.run(sql`insert into collection_products (collection_id, product_id, position)
      select c.id, p.id, 0 from collections c cross join products p
      where c.id = ${collectionId} and c.kind = 'rules' and p.id > ${afterId} and p.id <= ${upToId} and ${fitsAll}`),
    upToId === lastId
      ? db.run(sql`delete from membership_work where ${mine}`)
      : db.run(sql`update membership_work set after_id = ${upToId} where ${mine}`),
  ];
}
