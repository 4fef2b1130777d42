/**
 * Pricing settings in D1, row by row: a row is valid from one version and before another, so an edit writes what it changes and
 * every former version can still be read. Each edit inserts the next row of `settings_versions` in its commit: of two writers
 * that decided on the same version one fails, whatever they changed.
 */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import { codesByText } from '../codes/store.ts';
import type { Change } from '../domain/edit.ts';
import type { PricingSettings, RowKind } from '../domain/settings.ts';
import { type FoundPrice, findListPrices, listPriceStatements, type WantedPrices } from './list-prices.ts';

interface Write {
  readonly version: number;
  readonly change: Change<unknown>;
  /** Committed together with the change. */
  readonly also: readonly Statement[];
  /** Names the caller, for the record of who changed what version. */
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const kinds = [
  'markets',
  'shippingRates',
  'promotions',
  'priceLists',
  'taxRates',
  'paymentMethods',
] as const satisfies RowKind[];

interface Version {
  readonly version: number;
  readonly changedAt: number;
}

interface StoredRow {
  readonly kind: RowKind;
  readonly body: string;
}

/** What quotes read, from one database. */
export function settingsSourceOf(db: DrizzleD1Database) {
  return {
    version: () => currentVersion(db),
    load: () => loadSettings(db),
    settingsAt: (moment: number) => settingsAt(db, moment),
    uniqueCodes: (codes: readonly string[]) => codesByText(db, codes),
    listPrices: (wanted: WantedPrices): Promise<readonly FoundPrice[]> => findListPrices(db, wanted),
  };
}

export async function currentVersion(db: DrizzleD1Database): Promise<number> {
  const [row] = await db.all<{ version: number | null }>(sql`select max(version) as version from settings_versions`);
  return row?.version ?? 0;
}

/** The present settings. */
export async function loadSettings(db: DrizzleD1Database): Promise<PricingSettings> {
  // One statement, so that the version and the rows are of the same moment.
  const rows = await db.all<StoredRow & Version>(sql`
    select kind, body, version, changed_at as changedAt from settings_rows
    cross join (select version, changed_at from settings_versions order by version desc limit 1)
    where until is null`);
  const [{ version, changedAt } = { version: 0, changedAt: 0 }] = rows;
  return settingsOf({ version, changedAt }, rows);
}

/** The settings as they were at a moment; null before there were any. */
async function settingsAt(db: DrizzleD1Database, moment: number): Promise<PricingSettings | null> {
  const [found] = await db.all<Version>(sql`select version, changed_at as changedAt from settings_versions
    where changed_at <= ${moment} order by changed_at desc, version desc limit 1`);
  if (found === undefined) return null;
  const { version } = found;
  // The second part reads as many rows as were changed since that version.
  const rows = await db.all<StoredRow>(sql`
    select kind, body from settings_rows where until is null and since <= ${version}
    union all select kind, body from settings_rows where until > ${version} and since <= ${version}`);
  return settingsOf(found, rows);
}

/** Commits a write. False when another took its version first. */
export async function saveSettings(
  db: DrizzleD1Database,
  { version, change, also, changedBy, now }: Write,
): Promise<boolean> {
  const { saved, removedIds, listPrices } = change;
  const begun = kinds.flatMap((kind) => (saved[kind] ?? []).map((row) => [kind, row.id, row] as const));
  const removed = kinds.flatMap((kind) => (removedIds[kind] ?? []).map((id) => [kind, id] as const));
  const ended = [...begun.map(([kind, id]) => [kind, id] as const), ...removed];
  try {
    await commit(db, [
      db.run(
        sql`insert into settings_versions (version, changed_at, changed_by) values (${version}, ${now}, ${changedBy})`,
      ),
      db.run(sql`update settings_rows set until = ${version} where until is null
        and (kind, id) in (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(ended)}))`),
      db.run(sql`insert into settings_rows (kind, id, since, until, body)
        select value ->> 0, value ->> 1, ${version}, null, value -> 2 from json_each(${JSON.stringify(begun)})`),
      ...(listPrices === null ? [] : listPriceStatements(listPrices, version).map((statement) => db.run(statement))),
      ...also,
    ]);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

function settingsOf({ version, changedAt }: Version, rows: readonly StoredRow[]): PricingSettings {
  const of = <Row extends { readonly id: string }>(kind: RowKind): Row[] =>
    rows
      .filter((row) => row.kind === kind)
      .map(({ body }): Row => JSON.parse(body))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    ...{ version, changedAt, markets: of('markets'), shippingRates: of('shippingRates') },
    ...{ promotions: of('promotions'), priceLists: of('priceLists'), taxRates: of('taxRates') },
    paymentMethods: of('paymentMethods'),
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('UNIQUE constraint failed: settings_versions.version');
}
