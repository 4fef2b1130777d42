/** Markets and shipping rates as merchants see them. */
import * as z from 'zod';
import { RealCountry } from '../../values/countries.ts';
import { Id } from '../../values/ids.ts';
import { LineQuantity } from '../../values/quantity.ts';
import { ClassName, filledText } from '../../values/text.ts';
import { Currencies, doMeet, isDistinct, Prices, refuseEqualSteps, TaxRate, Zone } from './places.ts';
import { ItemSelection } from './promotions.ts';

/** More countries than there are: it only bounds a row. */
const countriesMax = 300;
const stepsMax = 50;
const zonesMax = 50;
const profilesMax = 20;
const variantMaximumsMax = 100;
const weightMaxGrams = 100_000_000;

/** Where and how a fraction of a minor unit is rounded: per line, or once per order. */
export const Rounding = z.strictObject({ mode: z.enum(['half-up', 'down']), level: z.enum(['line', 'order']) });
export type Rounding = z.infer<typeof Rounding>;

/**
 * How shipping is taxed where no rate of the class `shipping` says so: like a standard product, or in the proportions of
 * what is paid for the goods that are sent, after their discounts.
 */
const ShippingTax = z.enum(['standard', 'weighted']);

const marketFields = {
  name: filledText(100),
  /** Empty only for the fallback market, which takes every country that no market names. */
  countries: z.array(RealCountry).max(countriesMax).refine(isDistinct, { error: 'A country is listed twice.' }),
  /** The first is the one a shopper gets who asks for none. */
  currencies: Currencies,
  /** Where no tax rate of the country says otherwise. */
  taxRate: TaxRate,
  pricesIncludeTax: z.boolean(),
  rounding: Rounding,
  shippingTax: ShippingTax,
  /** A business with a VAT id of the country it is sent to owes the tax itself and is charged none. */
  hasReverseCharge: z.boolean(),
  orderMinimums: Prices.describe(
    'What the lines of an order must come to after their discounts, per currency; in a currency without one, anything. A checkout below it is refused.',
  ),
  variantMaximums: z
    .array(z.strictObject({ items: ItemSelection.prefault({}), quantityMax: LineQuantity }))
    .max(variantMaximumsMax)
    .describe(
      'How many units of one variant an order may hold, over all its lines: of each variant that fits `items`, or of every variant where `items` is empty. Of several that fit, the smallest counts.',
    ),
  isDefault: z.boolean(),
  isFallback: z.boolean(),
};

export const Market = z.strictObject({ id: Id('market'), ...marketFields, version: z.int() });
export type Market = z.infer<typeof Market>;

export const MarketDraft = z.strictObject({
  ...marketFields,
  rounding: Rounding.default({ mode: 'half-up', level: 'line' }),
  shippingTax: ShippingTax.default('standard'),
  hasReverseCharge: z.boolean().default(false),
  orderMinimums: marketFields.orderMinimums.default([]),
  variantMaximums: marketFields.variantMaximums.default([]),
  isDefault: z.boolean().default(false),
  isFallback: z.boolean().default(false),
});
export type MarketDraft = z.infer<typeof MarketDraft>;

export const MarketPatch = z.strictObject(marketFields).partial();
export type MarketPatch = z.infer<typeof MarketPatch>;

/** From this weight, and from this subtotal, the rate costs these prices. The reached step that begins highest counts, in whatever order. */
const ShippingStep = z.strictObject({
  fromGrams: z.int().min(0).max(weightMaxGrams).default(0),
  fromSubtotals: Prices.default([]),
  prices: Prices.min(1),
});

type ShippingStep = z.infer<typeof ShippingStep>;

const beginAlike = (one: ShippingStep, other: ShippingStep): boolean =>
  one.fromGrams === other.fromGrams && doMeet(one.fromSubtotals, other.fromSubtotals);

/** What narrows a shipping rate down, and how its price grows. */
const shippingRules = {
  kind: z.enum(['delivery', 'pickup']),
  /** None: the whole market. */
  zones: z.array(Zone).max(zonesMax),
  /** The shipping profiles it can carry; none: all of them. */
  profiles: z.array(ClassName).max(profilesMax),
  /** What weighs more cannot be sent so. */
  weightMaxGrams: z.int().min(1).max(weightMaxGrams).nullable(),
  steps: z.array(ShippingStep).max(stepsMax).superRefine(refuseEqualSteps(beginAlike)),
  /** What `freeFrom` and `fromSubtotals` are compared with: the goods that ship, after or before their discounts. */
  subtotalCounts: z
    .enum(['after-discounts', 'before-discounts'])
    .describe(
      'What `freeFrom` and the `fromSubtotals` of steps are compared with: what is paid for the goods that ship, or what they are listed at before discounts. Goods that do not ship never count.',
    ),
};

const shippingRateFields = {
  marketId: Id('market'),
  name: filledText(100),
  /** One price per currency; in a currency without one the rate is not offered. */
  prices: Prices.min(1),
  /** The subtotal of the goods that ship from which the rate costs nothing, per currency; in a currency without one it always costs its price. */
  freeFrom: Prices,
  ...shippingRules,
};

export const ShippingRate = z.strictObject({ id: Id('shippingRate'), ...shippingRateFields, version: z.int() });
export type ShippingRate = z.infer<typeof ShippingRate>;

export const ShippingRateDraft = z.strictObject({
  ...shippingRateFields,
  freeFrom: Prices.default([]),
  kind: shippingRules.kind.default('delivery'),
  zones: shippingRules.zones.default([]),
  profiles: shippingRules.profiles.default([]),
  weightMaxGrams: shippingRules.weightMaxGrams.default(null),
  steps: shippingRules.steps.default([]),
  subtotalCounts: shippingRules.subtotalCounts.default('after-discounts'),
});
export type ShippingRateDraft = z.infer<typeof ShippingRateDraft>;

export const ShippingRatePatch = z.strictObject(shippingRateFields).partial();
export type ShippingRatePatch = z.infer<typeof ShippingRatePatch>;
