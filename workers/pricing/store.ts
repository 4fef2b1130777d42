/**
 * Pricing settings in D1. Every write inserts the next row of `settings_versions` in the same commit, so two writers that
 * decided on the same version cannot both succeed, whatever they changed.
 */
import { asc, desc, eq, inArray, lt, lte, max } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { idempotencyTtlMs } from '../../shared/http/idempotency.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import type { Currency } from '../../shared/values/money.ts';
import type { Change } from './domain/edit.ts';
import type { CurrencyAmount, Market, PricingSettings, Rounding } from './domain/settings.ts';

const settingsVersions = sqliteTable('settings_versions', {
  version: integer('version').primaryKey(),
  changedAt: integer('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
  /** What they were, kept when the next version replaced them; null for the newest. */
  settings: text('settings', { mode: 'json' }).$type<PricingSettings>(),
});

const markets = sqliteTable('markets', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  countries: text('countries', { mode: 'json' }).$type<readonly string[]>().notNull(),
  currencies: text('currencies', { mode: 'json' }).$type<readonly Currency[]>().notNull(),
  taxRate: text('tax_rate').notNull(),
  pricesIncludeTax: integer('prices_include_tax', { mode: 'boolean' }).notNull(),
  roundingMode: text('rounding_mode').$type<Rounding['mode']>().notNull(),
  roundingLevel: text('rounding_level').$type<Rounding['level']>().notNull(),
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  isFallback: integer('is_fallback', { mode: 'boolean' }).notNull(),
  version: integer('version').notNull(),
});

const shippingRates = sqliteTable('shipping_rates', {
  id: text('id').primaryKey(),
  marketId: text('market_id').notNull(),
  name: text('name').notNull(),
  prices: text('prices', { mode: 'json' }).$type<readonly CurrencyAmount[]>().notNull(),
  freeFrom: text('free_from', { mode: 'json' }).$type<readonly CurrencyAmount[]>().notNull(),
  version: integer('version').notNull(),
});

const idempotencyAnswers = sqliteTable('idempotency_answers', {
  key: text('key').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  status: integer('status').notNull(),
  version: integer('version').notNull(),
  body: text('body').notNull(),
  createdAt: integer('created_at').notNull(),
});

/** An answer that was given under an idempotency key, kept to be given again. */
export interface StoredAnswer {
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  /** The version of what was written, for its ETag. */
  readonly version: number;
  readonly body: string;
}

export interface Write {
  readonly version: number;
  readonly replaced: PricingSettings;
  readonly change: Change<unknown>;
  readonly answer: StoredAnswer | null;
  /** Names the caller, for the record of who changed what version. */
  readonly changedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export class PricingStore {
  readonly #db: DrizzleD1Database;

  constructor(db: DrizzleD1Database) {
    this.#db = db;
  }

  async version(): Promise<number> {
    const [row] = await this.#db.select({ version: max(settingsVersions.version) }).from(settingsVersions);
    return row?.version ?? 0;
  }

  /** Everything at one version: a batch is one transaction. */
  async load(): Promise<PricingSettings> {
    const [versions, marketRows, rateRows] = await this.#db.batch([
      this.#db.select().from(settingsVersions).orderBy(desc(settingsVersions.version)).limit(1),
      this.#db.select().from(markets).orderBy(asc(markets.id)),
      this.#db.select().from(shippingRates).orderBy(asc(shippingRates.id)),
    ]);
    const { version = 0, changedAt = 0 } = versions[0] ?? {};
    return { version, changedAt, markets: marketRows.map(marketOf), shippingRates: rateRows };
  }

  /** The settings as they were at a moment; null when they are the present ones, or were never kept. */
  async settingsAt(moment: number): Promise<PricingSettings | null> {
    const [row] = await this.#db
      .select({ settings: settingsVersions.settings })
      .from(settingsVersions)
      .where(lte(settingsVersions.changedAt, moment))
      .orderBy(desc(settingsVersions.version))
      .limit(1);
    return row?.settings ?? null;
  }

  async answerTo(key: string): Promise<StoredAnswer | null> {
    const [row] = await this.#db.select().from(idempotencyAnswers).where(eq(idempotencyAnswers.key, key));
    return row ?? null;
  }

  /** Commits a write. False when another took its version, or gave an answer under its key, first. */
  async save({ version, replaced, change, answer, changedBy, now }: Write): Promise<boolean> {
    try {
      await this.#db.batch([
        this.#db.insert(settingsVersions).values({ version, changedAt: now, changedBy }),
        this.#db
          .update(settingsVersions)
          .set({ settings: replaced })
          .where(eq(settingsVersions.version, replaced.version)),
        ...this.#rows(change),
        ...(answer === null ? [] : [this.#db.insert(idempotencyAnswers).values({ ...answer, createdAt: now })]),
        this.#db.delete(idempotencyAnswers).where(lt(idempotencyAnswers.createdAt, now - idempotencyTtlMs)),
      ]);
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  #rows(change: Change<unknown>): Statement[] {
    return [
      ...change.markets.map((market) => {
        const row = rowOf(market);
        return this.#db.insert(markets).values(row).onConflictDoUpdate({ target: markets.id, set: row });
      }),
      ...change.shippingRates.map((rate) =>
        this.#db.insert(shippingRates).values(rate).onConflictDoUpdate({ target: shippingRates.id, set: rate }),
      ),
      ...(change.removedShippingRateIds.length === 0
        ? []
        : [this.#db.delete(shippingRates).where(inArray(shippingRates.id, [...change.removedShippingRateIds]))]),
    ];
  }
}

function marketOf({ roundingMode, roundingLevel, ...row }: typeof markets.$inferSelect): Market {
  return { ...row, rounding: { mode: roundingMode, level: roundingLevel } };
}

function rowOf({ rounding, ...market }: Market): typeof markets.$inferInsert {
  return { ...market, roundingMode: rounding.mode, roundingLevel: rounding.level };
}

/** Drizzle wraps what D1 says, so the cause is read too. */
function isTaken(error: unknown): boolean {
  const said =
    error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : '';
  return /UNIQUE constraint failed: (?:settings_versions\.version|idempotency_answers\.key)/.test(said);
}
