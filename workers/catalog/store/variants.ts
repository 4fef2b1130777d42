/** Variants as carts and the inventory need them: snapshots by id or SKU, and the figures of their stock units. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { VariantRequest, VariantSnapshot } from '../../../shared/contracts/catalog.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';

export async function loadVariants(db: DrizzleD1Database, request: VariantRequest): Promise<VariantSnapshot[]> {
  const [column, keys] = 'skus' in request ? [sql`sku`, request.skus] : [sql`id`, request.variantIds];
  const rows = await db.all<{ snapshot: string }>(sql`select snapshot from variants where ${column} in
    (select value from json_each(${JSON.stringify(keys)}))`);
  return rows.map(({ snapshot }) => {
    const parsed: VariantSnapshot = JSON.parse(snapshot);
    return parsed;
  });
}

export interface StockNote {
  readonly stockUnitId: string;
  readonly available: number;
  /** Milliseconds since 1970. */
  readonly asOf: number;
  readonly sequence: number;
}

/** Notes what the inventory told of a stock unit, unless something newer is known. */
export function noteStock(db: DrizzleD1Database, figure: StockNote): Statement {
  return db.run(sql`insert into availability (stock_unit_id, product_id, available, as_of, sequence)
    values (${figure.stockUnitId}, (select product_id from variants where stock_unit_id = ${figure.stockUnitId}),
      ${figure.available}, ${figure.asOf}, ${figure.sequence})
    on conflict (stock_unit_id) do update set available = excluded.available, as_of = excluded.as_of, sequence = excluded.sequence
    where excluded.sequence > availability.sequence`);
}
