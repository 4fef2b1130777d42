/** Carts over HTTP. A client names variants and quantities; it can never name a price. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import type { ProblemCode } from '../../http/problem.ts';
import { Address, AddressInput } from '../../values/address.ts';
import { RealCountry } from '../../values/countries.ts';
import { Customer } from '../../values/customer.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { Currency, Money } from '../../values/money.ts';
import { cartLinesMax, LineQuantity, LineQuantityOrNone } from '../../values/quantity.ts';
import { Email, filledText, Phone, Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { providerNames } from '../payments/api.ts';
import { codeObstacles, unpriceable } from '../pricing/api.ts';
import { CartExplanation } from '../pricing/explanation.ts';

/** What bars every change: a checkout that runs or is over, or another version than the caller's If-Match. */
export const unchangeable = ['cart-frozen', 'cart-completed', 'precondition-failed'] as const satisfies ProblemCode[];

/** Why a line cannot be added. */
export const unaddable = [
  'unknown-variant',
  'variant-unavailable',
  'currency-not-sold',
  'quantity-too-large',
  'too-many-lines',
] as const satisfies ProblemCode[];

const VariantId = text(60);
export const Attributes = z
  .record(text(60), text(500))
  .refine((attributes) => Object.keys(attributes).length <= 30, { error: 'At most 30 attributes.' });

/** A variant by id or by SKU, exactly one of them. */
export const LineInput = z
  .strictObject({
    variantId: VariantId.optional(),
    sku: Sku.optional(),
    quantity: LineQuantity,
    attributes: Attributes.optional(),
  })
  .refine((line) => (line.variantId === undefined) !== (line.sku === undefined), {
    error: 'Name the variant by either variantId or sku.',
  });
export type LineInput = z.infer<typeof LineInput>;

/** Always: total = subtotal − discount + shipping (+ tax where prices exclude it), and due = total − giftCards − storeCredit. */
export const TotalsView = z.strictObject({
  subtotal: Money,
  /** Taken off lines. */
  discount: Money,
  /** After what was taken off it. */
  shipping: Money,
  shippingDiscount: Money,
  tax: Money,
  total: Money,
  /** What gift cards pay. */
  giftCards: Money,
  /** What the customer's store credit pays after them. */
  storeCredit: Money,
  due: Money,
});
export type TotalsView = z.infer<typeof TotalsView>;

export const LineView = z.strictObject({
  id: z.string(),
  variantId: z.string(),
  sku: z.string(),
  productId: z.string(),
  productHandle: z.string(),
  title: z.string(),
  variantTitle: z.string().nullable(),
  imageUrl: z.string().nullable(),
  quantity: z.int(),
  attributes: z.record(z.string(), z.string()),
  unitPrice: Money,
  /** What the unit price is compared with in a sale. */
  compareAtPrice: Money.nullable(),
  subtotal: Money,
  discount: Money,
  tax: Money,
  total: Money,
});
export type LineView = z.infer<typeof LineView>;

/** A line of a cart also says whether it could be bought now. */
const CartLineView = LineView.extend({
  available: z
    .int()
    .nullable()
    .describe('How many are left, at most 100; null where any number is sold, or it is not known at the moment.'),
  maxQuantity: z
    .int()
    .describe(
      'The most that the line may have: what is left and what the market lets an order have, less what other lines have of the variant.',
    ),
  obstacle: z
    .strictObject({
      reason: z.enum(['not-sold', 'not-sold-in-currency', 'sold-out', 'not-enough-left']),
      detail: z.string().describe('The reason in a sentence for the shopper.'),
    })
    .nullable()
    .describe('Why the line cannot be bought as it is; a checkout is refused then. Null where nothing is in the way.'),
});
export type CartLineView = z.infer<typeof CartLineView>;

export const ShippingOptionView = z.strictObject({
  id: z.string(),
  name: z.string(),
  price: Money,
  /** The shopper fetches the goods. */
  isPickup: z.boolean(),
});

/** What a promotion takes off lines and shipping together. */
export const DiscountView = z.strictObject({
  promotionId: z.string(),
  title: z.string(),
  /** The code that unlocked it. */
  code: z.string().nullable(),
  amount: Money,
});

/** A code as typed, without the spaces around it. What is no code at all, even a blank, is answered like one that nobody knows. */
const typedCode = text(200).overwrite((code) => code.trim());

/** A code that takes nothing off as the cart is now. It stays in the cart, and acts as soon as it can. */
export const RejectedCodeView = z.strictObject({
  code: z.string(),
  applicable: z.literal(false),
  reason: z.enum(codeObstacles),
  detail: z.string().describe('The reason in a sentence for the shopper.'),
  from: Timestamp.optional(),
  until: Timestamp.optional(),
  /** What the lines must come to. */
  minimum: Money.optional(),
  available: z.int().optional(),
});

export const OfferedGiftView = z.strictObject({
  promotionId: z.string(),
  title: z.string(),
  variantId: z.string(),
  quantity: z.int(),
});

/** Why a cart cannot be ordered as it is. */
const OrderObstacleView = z.discriminatedUnion('code', [
  /** What the lines must come to after their discounts, and what they do come to. */
  z.strictObject({ code: z.literal('below-order-minimum'), minimum: Money, subtotal: Money }),
  /** How many units of a variant an order may hold, and how many are on the lines of the cart together. */
  z.strictObject({
    code: z.literal('above-order-maximum'),
    variantId: z.string(),
    quantity: z.int(),
    quantityMax: z.int(),
  }),
]);

export const TaxLineView = z.strictObject({ name: z.string(), rate: z.string(), base: Money, tax: Money });

export const CartGiftCardView = z.strictObject({
  /** Names the card in a later change of this cart. */
  id: z.string(),
  last4: z.string(),
  used: Money,
});

/** A gift card that pays nothing as the cart is now. */
export const RejectedGiftCardView = z.strictObject({
  id: z
    .string()
    .nullable()
    .describe(
      'Where the card is in the cart, its id there: it pays again as soon as it can. Null for a code that was given and put nothing into the cart.',
    ),
  last4: z.string().describe('The last characters of the card, or of what was typed.'),
  applicable: z.literal(false).describe('Whether the card pays something now.'),
  reason: z
    .enum(['unknown', 'disabled', 'expired', 'wrong-currency', 'spent'])
    .describe('Why it pays nothing. `spent`: nothing is left on it, or open checkouts hold what is.'),
  detail: z.string().describe('The reason in a sentence for the shopper.'),
});
export type RejectedGiftCardView = z.infer<typeof RejectedGiftCardView>;

/** Store credit that was asked for and pays nothing. */
export const RejectedStoreCreditView = z.strictObject({
  applicable: z.literal(false).describe('Whether the credit pays something now.'),
  reason: z
    .enum(['customer-needed', 'spent'])
    .describe('Why it pays nothing. `customer-needed`: the cart is not known to be of a customer.'),
  detail: z.string().describe('The reason in a sentence for the shopper.'),
});
export type RejectedStoreCreditView = z.infer<typeof RejectedStoreCreditView>;

export const CartView = z.strictObject({
  id: z.string(),
  version: z.int(),
  status: z.enum(['active', 'frozen', 'completed']),
  /** The checkout that has frozen or completed the cart. */
  checkoutId: z.string().nullable(),
  country: z.string(),
  currency: Currency,
  pricesIncludeTax: z.boolean(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  /** Whom the merchant's system knows the shopper as; null for a guest. */
  customer: Customer.nullable(),
  shippingAddress: Address.nullable(),
  billingAddress: Address.nullable(),
  shippingOptionId: z.string().nullable(),
  discountCodes: z.array(z.string()),
  giftCards: z.array(CartGiftCardView),
  rejectedGiftCards: z
    .array(RejectedGiftCardView)
    .default([])
    .describe(
      'Gift cards that pay nothing, each with the reason: codes of the last list of `giftCards` that are no card which can pay here, and cards of the cart of which nothing can be had any more. The totals are without them.',
    ),
  useStoreCredit: z.boolean(),
  rejectedStoreCredit: RejectedStoreCreditView.nullable()
    .default(null)
    .describe('Why store credit that was asked for pays nothing; null where nothing is in the way.'),
  vatId: z.string().nullable(),
  note: z.string().nullable(),
  attributes: z.record(z.string(), z.string()),
  lines: z.array(CartLineView),
  totals: TotalsView,
  discounts: z.array(DiscountView),
  rejectedCodes: z.array(RejectedCodeView),
  orderObstacles: z
    .array(OrderObstacleView)
    .default([])
    .describe('What the market asks of an order and this cart misses. A checkout is refused with the first of them.'),
  // An answer that is replayed under its key may be from before carts said this.
  offeredGifts: z
    .array(OfferedGiftView)
    .default([])
    .describe(
      'Gifts for the taking: so many units of the variant cost nothing once they are added like any line. They are offered until the cart has them, and when the promotion does not hold any more they cost their price again. One of a promotion that applies alone, once taken, ends the discounts that act after it.',
    ),
  taxLines: z.array(TaxLineView),
  /** Why no tax is charged where it usually is. */
  taxRelief: z.enum(['exempt', 'reverse-charge']).nullable(),
  /**
   * True while taxes depend on a part of the address that is not known: the region, or the postal code. The total is then no
   * promise, and a checkout is refused.
   */
  taxIsEstimated: z.boolean(),
  pricingVersion: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  expiresAt: Timestamp,
});
export type CartGiftCardView = z.infer<typeof CartGiftCardView>;
export type CartView = z.infer<typeof CartView>;

export const CartParams = z.strictObject({ cartId: text(100) });
const LineParams = z.strictObject({ cartId: text(100), lineId: text(100) });

export const DetailsInput = z.strictObject({
  country: RealCountry.optional().describe(
    'Sells the cart to another country. The currency stays if the country is sold to in it, and an address in another country is taken out.',
  ),
  currency: Currency.optional().describe(
    'Prices the cart in another currency of its market. Gift cards of the former one are taken out.',
  ),
  email: Email.nullable().optional(),
  /** An order needs this or an e-mail address, unless one of its addresses has a telephone number. */
  phone: Phone.nullable().optional(),
  shippingAddress: AddressInput.nullable().optional(),
  billingAddress: AddressInput.nullable().optional(),
  shippingOptionId: text(60).nullable().optional(),
  discountCodes: z
    .array(forLongNumbers(typedCode, 'a discount code'))
    .max(20)
    .optional()
    .describe(
      'All codes that shall apply; the list replaces the one before. Each is answered by itself: one that takes nothing off stands in `rejectedCodes` with its reason, and all other changes are done.',
    ),
  giftCards: z
    .array(typedCode)
    .max(10)
    .optional()
    .describe(
      'Codes of gift cards, or the ids under which the cart shows its cards. The list replaces the one before. Each is answered by itself: one that cannot pay stands in `rejectedGiftCards` with its reason, and all other changes are done.',
    ),
  useStoreCredit: z
    .boolean()
    .optional()
    .describe(
      "Whether the customer's store credit pays what gift cards leave. A cart whose customer is not known has none, and says so in `rejectedStoreCredit`.",
    ),
  /** For sales between businesses, where the buyer owes the tax. */
  vatId: forLongNumbers(filledText(20), 'a VAT id').nullable().optional(),
  note: text(1000).nullable().optional(),
  attributes: Attributes.optional(),
});

export type DetailsInput = z.infer<typeof DetailsInput>;

export const createCart = operation({
  id: 'createCart',
  method: 'POST',
  path: '/v1/carts',
  summary: 'Start a cart, with lines if you have some',
  body: z.strictObject({
    country: RealCountry.optional(),
    currency: Currency.optional(),
    lines: z.array(LineInput).max(cartLinesMax).optional(),
  }),
  answer: CartView,
  status: 201,
  refusals: [...unpriceable, ...unaddable],
});

export const getCart = operation({
  id: 'getCart',
  isConditional: true,
  method: 'GET',
  path: '/v1/carts/:cartId',
  summary: 'A cart, priced',
  params: CartParams,
  answer: CartView,
  refusals: [...unpriceable],
});

export const changeCart = operation({
  id: 'changeCart',
  method: 'PATCH',
  path: '/v1/carts/:cartId',
  summary:
    'Change country, currency, e-mail, telephone, addresses, shipping option, codes, gift cards, store credit, note or attributes',
  params: CartParams,
  body: DetailsInput,
  answer: CartView,
  refusals: [...unchangeable, ...unpriceable, 'currency-not-sold', 'wrong-currency', 'unknown-shipping-option'],
});

export const addLine = operation({
  id: 'addLine',
  method: 'POST',
  path: '/v1/carts/:cartId/lines',
  summary: 'Add a variant; an equal line grows instead',
  params: CartParams,
  body: LineInput,
  answer: CartView,
  status: 201,
  refusals: [...unpriceable, ...unaddable, ...unchangeable],
});

export const changeLine = operation({
  id: 'changeLine',
  method: 'PATCH',
  path: '/v1/carts/:cartId/lines/:lineId',
  summary: 'Change the quantity or the attributes of a line; a quantity of zero removes it',
  params: LineParams,
  body: z
    .strictObject({ quantity: LineQuantityOrNone.optional(), attributes: Attributes.optional() })
    .refine(({ quantity, attributes }) => quantity !== undefined || attributes !== undefined, {
      error: 'Give a `quantity` or `attributes`.',
    }),
  answer: CartView,
  refusals: [...unpriceable, ...unchangeable, 'quantity-too-large'],
});

export const removeLine = operation({
  id: 'removeLine',
  method: 'DELETE',
  path: '/v1/carts/:cartId/lines/:lineId',
  summary: 'Remove a line',
  params: LineParams,
  answer: CartView,
  refusals: [...unpriceable, ...unchangeable],
});

export const listShippingOptions = operation({
  id: 'listShippingOptions',
  method: 'GET',
  path: '/v1/carts/:cartId/shipping-options',
  summary: 'How this cart can be sent, and for how much',
  params: CartParams,
  answer: z.strictObject({ items: z.array(ShippingOptionView), next: z.null() }),
  refusals: [...unpriceable],
});

/** A way to pay. Its id chooses it at checkout, where several go through one provider. */
export const PaymentMethodView = z.strictObject({ id: z.string(), provider: z.enum(providerNames), name: z.string() });

export const listPaymentMethods = operation({
  id: 'listPaymentMethods',
  method: 'GET',
  path: '/v1/carts/:cartId/payment-methods',
  summary: 'How this cart can be paid, and what is left to pay; no way is needed where that is nothing',
  params: CartParams,
  answer: z.strictObject({ items: z.array(PaymentMethodView), next: z.null(), due: Money }),
  refusals: [...unpriceable],
});

export const explainCart = operation({
  id: 'explainCart',
  method: 'GET',
  path: '/v1/carts/:cartId/explain',
  summary: 'The cause of every cent of a cart: each rule with its base, its amount and its rounding',
  params: CartParams,
  answer: CartExplanation,
  refusals: [...unpriceable],
});

export const cartOperations = [
  createCart,
  getCart,
  changeCart,
  addLine,
  changeLine,
  removeLine,
  listShippingOptions,
  listPaymentMethods,
  explainCart,
];
