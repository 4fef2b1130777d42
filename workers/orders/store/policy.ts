/** What the merchant lets shoppers do with their orders, in one row. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { OrderPolicy } from '../../../shared/contracts/orders/policy-http.ts';

/** Settings as they were given; null where none ever was. */
export async function readPolicy(db: DrizzleD1Database): Promise<Partial<OrderPolicy> | null> {
  const row = await db.get<{ settings: string } | undefined>(sql`select settings from order_policy where id = 1`);
  return row === undefined ? null : JSON.parse(row.settings);
}

/** Changes what is given, in one statement, so that two writers of different settings both get through. */
export async function changePolicy(
  db: DrizzleD1Database,
  change: Partial<OrderPolicy>,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<void> {
  const settings = JSON.stringify(change);
  await db.run(sql`insert into order_policy (id, settings, updated_at, updated_by) values (1, ${settings}, ${now}, ${by})
    on conflict (id) do update set settings = json_patch(settings, excluded.settings), updated_at = excluded.updated_at,
      updated_by = excluded.updated_by`);
}
