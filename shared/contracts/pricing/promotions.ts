/**
 * Promotions as merchants see them: what is taken off, under which conditions, and how often. They act in the order of
 * their priority, each on what the earlier ones left; units that served in a set of buy-x-get-y, and gifts, keep their own
 * discount, so a half-priced unit that becomes free frees half its price.
 */
import * as z from 'zod';
import { CustomerGroups } from '../../values/customer.ts';
import { Id } from '../../values/ids.ts';
import { filledText, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { doMeet, Prices, refuseEqualSteps, TaxRate } from './places.ts';

const targetsMax = 250;
const codesMax = 50;
const stepsMax = 20;
const marketsMax = 100;
const quantityMax = 100_000;

const Targets = z.array(filledText(255)).max(targetsMax).default([]);
const Quantity = z.int().min(1).max(quantityMax);

/** Items that fit one of the lists. When all are empty, every item fits. */
export const ItemSelection = z.strictObject({
  variantIds: Targets,
  productIds: Targets,
  collectionIds: Targets,
  tags: Targets,
});
export type ItemSelection = z.infer<typeof ItemSelection>;
const Items = ItemSelection.prefault({});

export const Percent = TaxRate;
const UnitsMax = Quantity.nullable().default(null).describe('The most units of each line that are reduced.');
/** How many units an order gets reduced, whatever lines they are on. */
const unitsOfOrder = {
  unitsPerOrderMax: Quantity.nullable()
    .default(null)
    .describe(
      'The most units that are reduced over all lines of an order; 1 with `cheapest` is the cheapest one only.',
    ),
  unitsFirst: z
    .enum(['cheapest', 'dearest'])
    .default('cheapest')
    .describe('Which units `unitsPerOrderMax` reduces first, by what they are listed at. Free ones are passed over.'),
};
/** What a rate takes off at most. Where there are some, the promotion acts only in their currencies. */
const maxAmounts = {
  maxAmounts: Prices.default([]).describe(
    'The most that the promotion takes off an order, whatever its rate comes to.',
  ),
};
/** A step takes off a rate or an amount, and all steps of one promotion do so alike. */
const stepOff = { rate: Percent.optional(), amounts: Prices.min(1).optional() };
const SubtotalStep = z.strictObject({ from: Prices.min(1), ...stepOff });
const QuantityStep = z.strictObject({ fromQuantity: Quantity, ...stepOff });
export type StepOff = Pick<z.infer<typeof QuantityStep>, 'rate' | 'amounts'>;

type Issues = z.core.$RefinementCtx<readonly StepOff[]>;

function refuseUnlikeSteps(steps: readonly StepOff[], { addIssue }: Issues): void {
  const [first] = steps;
  for (const [index, { rate, amounts }] of steps.entries()) {
    const refuse = (message: string, ...field: string[]) =>
      addIssue({ code: 'custom', message, path: [index, ...field] });
    if (rate === undefined && amounts === undefined) refuse('A step takes off a `rate` or `amounts`.');
    else if (rate !== undefined && amounts !== undefined)
      refuse('A step takes off a `rate` or `amounts`, not both.', 'amounts');
    else if ((rate === undefined) !== (first?.rate === undefined))
      refuse(
        'The first step says whether all take off a `rate` or `amounts`.',
        rate === undefined ? 'amounts' : 'rate',
      );
  }
}

/** In another currency than it begins in, an amount would never be taken off; without one, the step would be skipped. */
function refuseOtherCurrencies(steps: readonly z.infer<typeof SubtotalStep>[], { addIssue }: Issues): void {
  for (const [index, { from, amounts = [] }] of steps.entries()) {
    const [begins, takes] = [from, amounts].map((prices) =>
      prices
        .map(({ currency }) => currency)
        .sort()
        .join(),
    );
    // None at all is a step by rate, or refused already.
    if (takes !== '' && takes !== begins)
      addIssue({ code: 'custom', message: 'List the same currencies as in `from`.', path: [index, 'amounts'] });
  }
}

/** Amounts are per currency: in a currency that is not listed, the promotion does not act. */
export const PromotionOffer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('percent-off-order'),
    rate: Percent,
    includesShipping: z.boolean().default(false),
    ...maxAmounts,
  }),
  z.strictObject({
    kind: z.literal('fixed-off-order'),
    amounts: Prices.min(1),
    includesShipping: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('order-fixed-price'), amounts: Prices.min(1) }),
  z.strictObject({
    kind: z.literal('percent-off-items'),
    rate: Percent,
    items: Items,
    unitsMax: UnitsMax,
    ...unitsOfOrder,
    ...maxAmounts,
  }),
  z.strictObject({
    kind: z.literal('fixed-off-each-item'),
    amounts: Prices.min(1),
    items: Items,
    unitsMax: UnitsMax,
    ...unitsOfOrder,
  }),
  z.strictObject({ kind: z.literal('fixed-off-across-items'), amounts: Prices.min(1), items: Items }),
  z.strictObject({
    kind: z.literal('buy-x-get-y'),
    buy: z.strictObject({ items: Items, quantity: Quantity }),
    get: z.strictObject({ items: Items, quantity: Quantity, rate: Percent.default('1') }),
    setsMax: Quantity.nullable().default(null),
    ...maxAmounts,
  }),
  /** The highest step that what is left of the lines reaches: its rate, or its amount, off all lines. */
  z.strictObject({
    kind: z.literal('tiered-by-subtotal'),
    ...maxAmounts,
    steps: z
      .array(SubtotalStep)
      .min(1)
      .max(stepsMax)
      .superRefine(refuseUnlikeSteps)
      .superRefine(refuseEqualSteps((one, other) => doMeet(one.from, other.from), 'from'))
      .superRefine(refuseOtherCurrencies),
  }),
  /** The highest step that the quantity of the items reaches: its rate off these items, or its amount across them, once. */
  z.strictObject({
    kind: z.literal('tiered-by-quantity'),
    ...maxAmounts,
    items: Items,
    steps: z
      .array(QuantityStep)
      .min(1)
      .max(stepsMax)
      .superRefine(refuseUnlikeSteps)
      .superRefine(refuseEqualSteps((one, other) => one.fromQuantity === other.fromQuantity, 'fromQuantity')),
  }),
  z.strictObject({ kind: z.literal('free-shipping') }),
  z.strictObject({ kind: z.literal('fixed-off-shipping'), amounts: Prices.min(1) }),
  z.strictObject({ kind: z.literal('percent-off-shipping'), rate: Percent, ...maxAmounts }),
  z
    .strictObject({ kind: z.literal('gift-item'), variantId: Id('variant'), quantity: Quantity.default(1) })
    .describe(
      'So many units of the variant become free where the cart has them. While it has fewer, the cart names the rest under `offeredGifts` for the shopper to add. They do not count towards the conditions of their own promotion. When the conditions are lost, the units stay in the cart and cost their price again.',
    ),
]);
export type PromotionOffer = z.infer<typeof PromotionOffer>;

/** All must hold. What is empty, null or false asks for nothing. */
export const PromotionConditions = z.strictObject({
  marketIds: z.array(Id('market')).max(marketsMax).default([]),
  customerGroups: CustomerGroups.default([]),
  isFirstOrder: z.boolean().default(false),
  /** Of the lines, after the discounts of earlier promotions. */
  minSubtotals: Prices.default([]),
  /** What must be in the cart, how many of it together, and what it must come to after the discounts of earlier promotions. */
  items: Items,
  minItemsSubtotals: Prices.default([]).describe(
    'What the chosen `items` alone must come to, after the discounts of earlier promotions.',
  ),
  minQuantity: Quantity.nullable().default(null),
});
export type PromotionConditions = z.infer<typeof PromotionConditions>;

/** Limits are kept by holds: a checkout holds one use, and its discount out of the budget, before it takes money. */
const PromotionLimits = z.strictObject({
  usesMax: z.int().min(1).max(1_000_000_000).nullable().default(null),
  usesPerCustomerMax: z.int().min(1).max(1_000_000).nullable().default(null),
  budgets: Prices.default([]),
});

const promotionFields = {
  title: filledText(200),
  isActive: z.boolean(),
  /** Lower ones act first. */
  priority: z.int().min(0).max(1_000_000),
  /** One that is not applies alone: after another has acted it does nothing, and after it nothing else does. */
  isCombinable: z.boolean(),
  /** One of these, or a unique one, must be given; without any it applies by itself. Case does not matter, and no two promotions share one. */
  codes: z.array(filledText(60)).max(codesMax),
  hasUniqueCodes: z
    .boolean()
    .describe(
      'It needs a code, and unlike those in `codes` each may have uses of its own: any number of them is kept at `/admin/v1/promotions/{id}/codes`. Set by the first that is made there.',
    ),
  excludesSaleItems: z
    .boolean()
    .describe(
      'Goods whose price is compared with a higher one are not reduced, and do not count towards subtotals, quantities and steps.',
    ),
  offer: PromotionOffer,
  conditions: PromotionConditions,
  startsAt: Timestamp.nullable(),
  /** At this moment it has ended. */
  endsAt: Timestamp.nullable(),
  limits: PromotionLimits,
  note: text(1_000),
};

export const Promotion = z.strictObject({ id: Id('promotion'), ...promotionFields, version: z.int() });
export type Promotion = z.infer<typeof Promotion>;

export const PromotionDraft = z.strictObject({
  ...promotionFields,
  isActive: z.boolean().default(true),
  priority: promotionFields.priority.default(100),
  isCombinable: z.boolean().default(true),
  codes: promotionFields.codes.default([]),
  hasUniqueCodes: promotionFields.hasUniqueCodes.default(false),
  excludesSaleItems: promotionFields.excludesSaleItems.default(false),
  conditions: PromotionConditions.prefault({}),
  startsAt: Timestamp.nullable().default(null),
  endsAt: Timestamp.nullable().default(null),
  limits: PromotionLimits.prefault({}),
  note: text(1_000).default(''),
});
export type PromotionDraft = z.infer<typeof PromotionDraft>;

export const PromotionPatch = z.strictObject(promotionFields).partial();
export type PromotionPatch = z.infer<typeof PromotionPatch>;
