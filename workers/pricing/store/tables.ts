/** The tables of the settings. What is only ever read whole, to be held in memory, is a document in a row. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type {
  CurrencyAmount,
  Market,
  PricingSettings,
  Rounding,
  ShippingRate,
  ShippingRules,
} from '../domain/settings.ts';

export const settingsVersions = sqliteTable('settings_versions', {
  version: integer('version').primaryKey(),
  changedAt: integer('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
  /** What they were, kept when the next version replaced them; null for the newest. */
  settings: text('settings', { mode: 'json' }).$type<PricingSettings>(),
});

export const markets = sqliteTable('markets', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  countries: text('countries', { mode: 'json' }).$type<readonly string[]>().notNull(),
  currencies: text('currencies', { mode: 'json' }).$type<readonly Currency[]>().notNull(),
  taxRate: text('tax_rate').notNull(),
  pricesIncludeTax: integer('prices_include_tax', { mode: 'boolean' }).notNull(),
  roundingMode: text('rounding_mode').$type<Rounding['mode']>().notNull(),
  roundingLevel: text('rounding_level').$type<Rounding['level']>().notNull(),
  shippingTax: text('shipping_tax').$type<NonNullable<Market['shippingTax']>>().notNull().default('standard'),
  hasReverseCharge: integer('has_reverse_charge', { mode: 'boolean' }).notNull().default(false),
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  isFallback: integer('is_fallback', { mode: 'boolean' }).notNull(),
  version: integer('version').notNull(),
});

export const shippingRates = sqliteTable('shipping_rates', {
  id: text('id').primaryKey(),
  marketId: text('market_id').notNull(),
  name: text('name').notNull(),
  prices: text('prices', { mode: 'json' }).$type<readonly CurrencyAmount[]>().notNull(),
  freeFrom: text('free_from', { mode: 'json' }).$type<readonly CurrencyAmount[]>().notNull(),
  rules: text('rules', { mode: 'json' }).$type<Partial<ShippingRules>>().notNull(),
  version: integer('version').notNull(),
});

type Document<Row> = Omit<Row, 'id' | 'version'>;

const documentColumns = <Row>() => ({
  id: text('id').primaryKey(),
  body: text('body', { mode: 'json' }).$type<Document<Row>>().notNull(),
  version: integer('version').notNull(),
});

export const promotions = sqliteTable('promotions', documentColumns<Promotion>());
export const priceLists = sqliteTable('price_lists', documentColumns<PriceList>());
export const taxRates = sqliteTable('tax_rates', documentColumns<TaxRateRow>());

export function marketOf({ roundingMode, roundingLevel, ...row }: typeof markets.$inferSelect): Market {
  return { ...row, rounding: { mode: roundingMode, level: roundingLevel } };
}

export function marketRow({ rounding, ...market }: Market): typeof markets.$inferInsert {
  return { ...market, roundingMode: rounding.mode, roundingLevel: rounding.level };
}

export function shippingRateOf({ rules, version, ...row }: typeof shippingRates.$inferSelect): ShippingRate {
  return { ...row, ...rules, version };
}

export function shippingRateRow(rate: ShippingRate): typeof shippingRates.$inferInsert {
  const { id, marketId, name, prices, freeFrom, version, ...rules } = rate;
  return { id, marketId, name, prices, freeFrom, rules, version };
}

/** A row and its document are one thing everywhere but in the table. */
export function fromDocument<Body extends object>(row: {
  readonly id: string;
  readonly body: Body;
  readonly version: number;
}): Body & { readonly id: string; readonly version: number } {
  return { ...row.body, id: row.id, version: row.version };
}
