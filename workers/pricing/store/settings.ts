/**
 * Pricing settings in D1. Every write inserts the next row of `settings_versions` in the same commit, so two writers that
 * decided on the same version cannot both succeed, whatever they changed.
 */
import { asc, desc, eq, lte, max, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import type { Change } from '../domain/edit.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { type FoundPrice, findListPrices, listPriceStatements, type WantedPrices } from './list-prices.ts';
import * as tables from './tables.ts';

export interface Write {
  readonly version: number;
  readonly replaced: PricingSettings;
  readonly change: Change<unknown>;
  /** What is committed beside it. */
  readonly also: readonly Statement[];
  /** Names the caller, for the record of who changed what version. */
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A database as quotes read it. */
export function settingsSourceOf(db: DrizzleD1Database) {
  return {
    version: () => currentVersion(db),
    load: () => loadSettings(db),
    settingsAt: (moment: number) => settingsAt(db, moment),
    listPrices: (wanted: WantedPrices): Promise<readonly FoundPrice[]> => findListPrices(db, wanted),
  };
}

export async function currentVersion(db: DrizzleD1Database): Promise<number> {
  const { settingsVersions } = tables;
  const [row] = await db.select({ version: max(settingsVersions.version) }).from(settingsVersions);
  return row?.version ?? 0;
}

/** Everything at one version: a batch is one transaction. */
export async function loadSettings(db: DrizzleD1Database): Promise<PricingSettings> {
  const { settingsVersions, markets, shippingRates, promotions, priceLists, taxRates } = tables;
  const [versions, marketRows, rateRows, promotionRows, listRows, taxRows] = await db.batch([
    db.select().from(settingsVersions).orderBy(desc(settingsVersions.version)).limit(1),
    db.select().from(markets).orderBy(asc(markets.id)),
    db.select().from(shippingRates).orderBy(asc(shippingRates.id)),
    db.select().from(promotions).orderBy(asc(promotions.id)),
    db.select().from(priceLists).orderBy(asc(priceLists.id)),
    db.select().from(taxRates).orderBy(asc(taxRates.id)),
  ]);
  const { version = 0, changedAt = 0 } = versions[0] ?? {};
  return {
    version,
    changedAt,
    markets: marketRows.map(tables.marketOf),
    shippingRates: rateRows.map(tables.shippingRateOf),
    promotions: promotionRows.map(tables.fromDocument),
    priceLists: listRows.map(tables.fromDocument),
    taxRates: taxRows.map(tables.fromDocument),
  };
}

/** The settings as they were at a moment; null when they are the present ones, or were never kept. */
export async function settingsAt(db: DrizzleD1Database, moment: number): Promise<PricingSettings | null> {
  const { settingsVersions } = tables;
  const [row] = await db
    .select({ settings: settingsVersions.settings })
    .from(settingsVersions)
    .where(lte(settingsVersions.changedAt, moment))
    .orderBy(desc(settingsVersions.version))
    .limit(1);
  return row?.settings ?? null;
}

/** Commits a write. False when another took its version first. */
export async function saveSettings(
  db: DrizzleD1Database,
  { version, replaced, change, also, changedBy, now }: Write,
): Promise<boolean> {
  const { settingsVersions } = tables;
  try {
    await commit(db, [
      db.insert(settingsVersions).values({ version, changedAt: now, changedBy }),
      db.update(settingsVersions).set({ settings: replaced }).where(eq(settingsVersions.version, replaced.version)),
      ...savedRows(db, change),
      ...removedRows(db, change),
      ...(change.listPrices === null
        ? []
        : listPriceStatements(change.listPrices, version).map((statement) => db.run(statement))),
      ...also,
    ]);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

function savedRows(db: DrizzleD1Database, { saved }: Change<unknown>): Statement[] {
  const { markets, shippingRates } = tables;
  return [
    ...(saved.markets ?? []).map((market) => {
      const row = tables.marketRow(market);
      return db.insert(markets).values(row).onConflictDoUpdate({ target: markets.id, set: row });
    }),
    ...(saved.shippingRates ?? []).map((rate) => {
      const row = tables.shippingRateRow(rate);
      return db.insert(shippingRates).values(row).onConflictDoUpdate({ target: shippingRates.id, set: row });
    }),
    ...(['promotions', 'priceLists', 'taxRates'] as const).flatMap((kind) =>
      (saved[kind] ?? []).map(({ id, version, ...body }) =>
        db.run(sql`
          insert into ${tableOf[kind]} (id, body, version) values (${id}, ${JSON.stringify(body)}, ${version})
          on conflict (id) do update set body = excluded.body, version = excluded.version`),
      ),
    ),
  ];
}

function removedRows(db: DrizzleD1Database, { removedIds }: Change<unknown>): Statement[] {
  const kinds = ['shippingRates', 'promotions', 'priceLists', 'taxRates'] as const;
  return kinds.flatMap((kind) => {
    const ids = removedIds[kind] ?? [];
    if (ids.length === 0) return [];
    return [
      db.run(sql`delete from ${tableOf[kind]} where id in (select value from json_each(${JSON.stringify(ids)}))`),
    ];
  });
}
const tableOf = {
  shippingRates: tables.shippingRates,
  promotions: tables.promotions,
  priceLists: tables.priceLists,
  taxRates: tables.taxRates,
};

function isTaken(error: unknown): boolean {
  const taken = /UNIQUE constraint failed: settings_versions\.version/;
  return error instanceof Error && taken.test(error.message);
}
