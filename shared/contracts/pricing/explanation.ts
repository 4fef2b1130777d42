/**
 * Why a cart costs what it costs: every amount with the rule that made it, what the rule was applied to, and how the result
 * was rounded. The totals are the sums of the steps and of nothing else.
 */
import * as z from 'zod';
import { Currency } from '../../values/money.ts';
import { Rounding } from './markets.ts';

const Minor = z.int();

/**
 * An amount that adds to a total. `tax-inside` is part of its price and adds only to the tax; `tax-relief` is the tax that was
 * inside a price and is not charged.
 */
const ExplainedStep = z.strictObject({
  kind: z.enum(['price', 'tax-relief', 'discount', 'tax-inside', 'tax-on-top']),
  /** What decided: `catalog`, or the id of a price list, promotion or shipping rate, or the name of a tax rate. */
  rule: z.string(),
  title: z.string(),
  /** What the rule was applied to: the unit price, what earlier discounts left, or the taxable price. */
  baseMinor: Minor,
  /** How often the base counts. */
  quantity: Minor,
  rate: z.string().nullable(),
  mostMinor: Minor.optional().describe('The most that the promotion takes off an order, where the rate came to more.'),
  /** Negative for a discount. */
  amountMinor: Minor,
  rounding: z.enum(['exact', 'half-up', 'down', 'shared']),
});

/** A line or the shipping, with the steps that lead to its figures. */
const ExplainedEntry = z.strictObject({
  from: z.enum(['line', 'shipping']),
  key: z.string(),
  steps: z.array(ExplainedStep),
});

const ExplainedTotals = z.strictObject({
  subtotalMinor: Minor,
  discountMinor: Minor,
  shippingMinor: Minor,
  shippingDiscountMinor: Minor,
  taxMinor: Minor,
  totalMinor: Minor,
  dueMinor: Minor,
});
export type ExplainedTotals = z.infer<typeof ExplainedTotals>;

export const CartExplanation = z.strictObject({
  pricingVersion: z.int(),
  country: z.string(),
  currency: Currency,
  pricesIncludeTax: z.boolean(),
  rounding: Rounding,
  taxRelief: z.enum(['exempt', 'reverse-charge']).nullable(),
  entries: z.array(ExplainedEntry),
  /** In the order in which they pay, by the names of their balances: `gift:…` is a gift card, `credit:…` store credit. */
  payments: z.array(z.strictObject({ key: z.string(), usedMinor: Minor })),
  totals: ExplainedTotals,
});
export type CartExplanation = z.infer<typeof CartExplanation>;
