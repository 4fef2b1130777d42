/** Cases of `totals`: a whole cart through the pricing engine. Fields that a case leaves out ask for nothing. */
import * as z from 'zod';
import type { Cart } from '../../workers/pricing/domain/cart.ts';
import { price } from '../../workers/pricing/domain/price.ts';
import { area } from './area.ts';

const amountMinor = z.int();
const rate = z.string().regex(/^\d+(?:\.\d+)?$/);
const taxRates = z.array(z.strictObject({ name: z.string(), rate }));
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);
const keys = optional(z.array(z.string()));
const tag = optional(z.string());
const maxQuantity = optional(z.int().min(0));
const scope = z.enum(['lines', 'lines+shipping']).default('lines');

const promotionFields = {
  key: z.string(),
  conditions: z
    .strictObject({
      code: optional(z.string()),
      minSubtotalMinor: optional(amountMinor),
      minLineQuantity: optional(z.int()),
      containsKey: optional(z.string()),
    })
    .prefault({}),
};

const Promotion = z.discriminatedUnion('kind', [
  z.strictObject({ ...promotionFields, kind: z.literal('percentOffOrder'), rate, scope }),
  z.strictObject({ ...promotionFields, kind: z.literal('fixedOffOrder'), amountMinor, scope }),
  z.strictObject({ ...promotionFields, kind: z.literal('orderFixedPrice'), amountMinor }),
  z.strictObject({ ...promotionFields, kind: z.literal('percentOffItems'), rate, keys, tag, maxQuantity }),
  z.strictObject({ ...promotionFields, kind: z.literal('fixedOffItemsEach'), amountMinor, keys, tag, maxQuantity }),
  z.strictObject({ ...promotionFields, kind: z.literal('fixedOffItemsAcross'), amountMinor, keys, tag }),
  z.strictObject({
    ...promotionFields,
    kind: z.literal('buyXGetY'),
    buy: z.strictObject({ keys, quantity: z.int().min(1) }),
    get: z.strictObject({ keys, quantity: z.int().min(1), rate: rate.default('1') }),
    maxSets: optional(z.int().min(0)),
  }),
  z.strictObject({ ...promotionFields, kind: z.literal('freeShipping') }),
  z.strictObject({ ...promotionFields, kind: z.literal('fixedOffShipping'), amountMinor }),
  z.strictObject({ ...promotionFields, kind: z.literal('percentOffShipping'), rate }),
]);

export const TotalsGiven = z.strictObject({
  currency: z.string(),
  pricesIncludeTax: z.boolean(),
  rounding: z.strictObject({ mode: z.enum(['half-up', 'down']), level: z.enum(['line', 'order']) }),
  lines: z.array(
    z.strictObject({
      key: z.string(),
      unitPriceMinor: amountMinor,
      quantity: z.int(),
      taxRates,
      tags: z.array(z.string()).default([]),
    }),
  ),
  shipping: z.array(z.strictObject({ key: z.string(), amountMinor, taxRates })).default([]),
  surcharges: z
    .array(z.strictObject({ key: z.string(), amountMinor, taxRates, includesTax: optional(z.boolean()) }))
    .default([]),
  codes: z.array(z.string()).default([]),
  giftCards: z.array(z.strictObject({ key: z.string(), balanceMinor: amountMinor })).default([]),
  promotions: z.array(Promotion).default([]),
});

export const totals = area('totals', TotalsGiven, (given: Cart) => {
  const priced = price(given);
  return priced.ok ? priced.value : { refused: priced.refusal.code, ...priced.refusal };
});
