/**
 * The entries of price lists in D1. They are never overwritten: a change ends what was valid and adds what is valid now, so
 * every version of the settings still finds its own prices.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { type ListPrice, ListPrice as ListPriceSchema } from '../../../shared/contracts/pricing/price-lists.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { ListPricesChange } from '../domain/edit.ts';

export interface WantedPrices {
  readonly listIds: readonly string[];
  readonly variantIds: readonly string[];
  readonly currency: Currency;
  /** The version of the settings that the prices belong to. */
  readonly version: number;
}

export interface FoundPrice {
  readonly listId: string;
  readonly price: ListPrice;
}

interface Row {
  readonly list_id: string;
  readonly variant_id: string;
  readonly currency: string;
  readonly amount: number;
  readonly compare_at_amount: number | null;
  readonly tiers: string;
}

const columns = sql.raw('list_id, variant_id, currency, amount, compare_at_amount, tiers');

/** All entries of some variants in some lists, in one query. */
export async function findListPrices(db: DrizzleD1Database, wanted: WantedPrices): Promise<readonly FoundPrice[]> {
  const { listIds, variantIds, currency, version } = wanted;
  // The newest row up to the version, however often the entry was changed; it may have ended without another one.
  const rows = await db.all<Row>(sql`
    select ${columns} from json_each(${JSON.stringify(listIds)}) as list cross join json_each(${JSON.stringify(variantIds)}) as variant
    cross join list_prices on list_id = list.value and variant_id = variant.value and currency = ${currency}
      and since = (select max(other.since) from list_prices as other where other.list_id = list.value
        and other.variant_id = variant.value and other.currency = ${currency} and other.since <= ${version})
    where until is null or until > ${version}`);
  return rows.map((row) => ({ listId: row.list_id, price: priceOf(row) }));
}

/** Entries of one list that are valid now, by variant and currency, after a position. */
export async function pageOfListPrices(
  db: DrizzleD1Database,
  listId: string,
  after: readonly [variantId: string, currency: string],
  limit: number,
): Promise<readonly ListPrice[]> {
  const [variantId, currency] = after;
  const rows = await db.all<Row>(sql`
    select ${columns} from list_prices
    where list_id = ${listId} and until is null and (variant_id, currency) > (${variantId}, ${currency})
    order by variant_id, currency limit ${limit}`);
  return rows.map(priceOf);
}

/** The statements of a change that becomes valid with a version. */
export function listPriceStatements({ listId, set, remove }: ListPricesChange, version: number): SQL[] {
  if (remove === 'all') {
    return [sql`update list_prices set until = ${version} where list_id = ${listId} and until is null`];
  }
  const ended = [...set, ...remove].map(({ variantId, currency }) => [variantId, currency]);
  const begun = set.map((one) => [one.variantId, one.currency, one.amount, one.compareAtAmount, one.tiers]);
  return [
    sql`update list_prices set until = ${version} where list_id = ${listId} and until is null
      and (variant_id, currency) in (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(ended)}))`,
    sql`insert into list_prices (list_id, variant_id, currency, since, until, amount, compare_at_amount, tiers)
      select ${listId}, value ->> 0, value ->> 1, ${version}, null, value ->> 2, value ->> 3, value -> 4
      from json_each(${JSON.stringify(begun)})`,
  ];
}

function priceOf(row: Row): ListPrice {
  return ListPriceSchema.parse({
    variantId: row.variant_id,
    currency: row.currency,
    amount: row.amount,
    compareAtAmount: row.compare_at_amount,
    tiers: JSON.parse(row.tiers),
  });
}
