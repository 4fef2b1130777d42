/**
 * Gift cards and store credit as merchants see them. A code is shown once, in the answer that issues its card, and is kept
 * as a hash only; a balance changes by amounts with a reason, never by a blind set. What
 * makes money or changes how much there is needs an Idempotency-Key, so that a repetition does it once.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { CustomerId } from '../../values/customer.ts';
import { Id } from '../../values/ids.ts';
import { amountMax, Currency, Money } from '../../values/money.ts';
import { filledText, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';

export const GiftCardId = Id('giftCard');

/** Long enough to be no guess, and what people type: spaces and hyphens between letters and digits do not count. */
export const GiftCardCode = z
  .string()
  .max(60)
  .regex(/^ *(?:[A-Za-z0-9][ -]*){8,32}$/, { error: '8 to 32 letters and digits; spaces and hyphens do not count.' });

const Amount = z.strictObject({ amount: z.int().min(1).max(amountMax), currency: Currency });
/** Positive pays in, negative takes out. */
const Change = Money.refine(({ amount }) => amount !== 0, { error: 'A change is not zero.' });

const balanceFields = {
  /** What is not spent yet: available and held. */
  balance: Money,
  /** What open checkouts hold of it. */
  held: Money,
  available: Money,
  asOf: Timestamp,
};

const giftCardFields = {
  id: GiftCardId,
  last4: z.string(),
  /** What the card was issued with. */
  initial: Money,
  ...balanceFields,
  isDisabled: z.boolean(),
  /** From this moment on it cannot be used; null for never. */
  expiresAt: Timestamp.nullable(),
  note: z.string().nullable(),
  createdAt: Timestamp,
  orderId: z.string().nullable().describe('The order whose payment issued it; null for a card of the merchant.'),
  lineId: z.string().nullable().describe('The line of that order.'),
};

export const GiftCardView = z.strictObject({
  ...giftCardFields,
  code: z
    .string()
    .optional()
    .describe(
      'Of a card that was sold, for its buyer. Absent on any other, and in answers to changes, which are kept.',
    ),
});
export type GiftCardView = z.infer<typeof GiftCardView>;

/** The only answer that ever holds the code of a card of the merchant. */
export const IssuedGiftCard = z.strictObject({ ...giftCardFields, code: z.string() });
export type IssuedGiftCard = z.infer<typeof IssuedGiftCard>;

export const GiftCardDraft = z.strictObject({
  amount: Amount,
  /** Left out, a code is made that nobody can guess. */
  code: GiftCardCode.optional(),
  expiresAt: Timestamp.nullable().default(null),
  note: filledText(500).nullable().default(null),
});
export type GiftCardDraft = z.infer<typeof GiftCardDraft>;

export const StoreCreditView = z.strictObject({ customerId: z.string(), currency: Currency, ...balanceFields });
export type StoreCreditView = z.infer<typeof StoreCreditView>;

export const BalanceMovementView = z.strictObject({
  sequence: z.int(),
  type: z.string(),
  at: Timestamp,
  /** How much it is about, without a sign: the type says what became of it. Absent where it is long over. */
  amount: Money.optional(),
  /** The checkout of a hold, or the request or refund of an entry. */
  key: z.string().optional(),
  reason: z.string().optional(),
  actor: z.string().optional(),
});
export type BalanceMovementView = z.infer<typeof BalanceMovementView>;

const CardParams = z.strictObject({ id: GiftCardId });
const StoreCreditParams = z.strictObject({ customerId: CustomerId, currency: Currency });
const PageQuery = z.strictObject({ limit: PageLimit, cursor: Cursor });
const BalanceChange = z.strictObject({ amount: Change, reason: filledText(200) });

export const listGiftCards = operation({
  id: 'listGiftCards',
  method: 'GET',
  path: '/admin/v1/gift-cards',
  summary: 'Gift cards, newest first, with their balances as the read model has them',
  query: z.strictObject({
    limit: PageLimit,
    cursor: Cursor,
    last4: z
      .string()
      .regex(/^[A-Za-z0-9]{4}$/, { error: 'The last four characters of a code.' })
      .optional(),
    orderId: text(100).optional().describe('Only those that were sold in this order.'),
  }),
  answer: Page(GiftCardView),
  refusals: ['invalid-cursor'],
});

export const issueGiftCard = operation({
  id: 'issueGiftCard',
  method: 'POST',
  path: '/admin/v1/gift-cards',
  summary: 'Issue a gift card; its code is shown in this answer only',
  body: GiftCardDraft,
  answer: IssuedGiftCard,
  status: 201,
  refusals: ['gift-card-code-taken'],
  idempotency: 'required',
});

export const readGiftCard = operation({
  id: 'readGiftCard',
  method: 'GET',
  path: '/admin/v1/gift-cards/:id',
  summary: 'One gift card with its exact balance',
  params: CardParams,
  answer: GiftCardView,
});

export const patchGiftCard = operation({
  id: 'patchGiftCard',
  method: 'PATCH',
  path: '/admin/v1/gift-cards/:id',
  summary: 'Disable a gift card, or enable it again; what checkouts hold of it stays held',
  params: CardParams,
  body: z.strictObject({ isDisabled: z.boolean() }),
  answer: GiftCardView,
});

export const adjustGiftCard = operation({
  id: 'adjustGiftCard',
  method: 'POST',
  path: '/admin/v1/gift-cards/:id/adjustments',
  summary: 'Pay into a gift card, or take out what is not held or spent',
  params: CardParams,
  body: BalanceChange,
  answer: GiftCardView,
  refusals: ['gift-card-insufficient', 'wrong-currency', 'balance-too-large'],
  idempotency: 'required',
});

export const listGiftCardMovements = operation({
  id: 'listGiftCardMovements',
  method: 'GET',
  path: '/admin/v1/gift-cards/:id/movements',
  summary: 'The ledger of one gift card, oldest first',
  params: CardParams,
  query: PageQuery,
  answer: Page(BalanceMovementView),
  refusals: ['invalid-cursor'],
});

export const listStoreCredits = operation({
  id: 'listStoreCredits',
  method: 'GET',
  path: '/admin/v1/store-credits',
  summary: 'Store credit by customer and currency, as the read model has it',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor, customerId: CustomerId.optional() }),
  answer: Page(StoreCreditView),
  refusals: ['invalid-cursor'],
});

export const adjustStoreCredit = operation({
  id: 'adjustStoreCredit',
  method: 'POST',
  path: '/admin/v1/store-credits',
  summary: 'Pay into the store credit of a customer, or take out what is not held or spent',
  body: z.strictObject({ customerId: CustomerId, amount: Change, reason: filledText(200) }),
  answer: StoreCreditView,
  refusals: ['store-credit-insufficient', 'balance-too-large'],
  idempotency: 'required',
});

export const readStoreCredit = operation({
  id: 'readStoreCredit',
  method: 'GET',
  path: '/admin/v1/store-credits/:customerId/:currency',
  summary: 'The exact store credit of a customer in one currency',
  params: StoreCreditParams,
  answer: StoreCreditView,
});

export const listStoreCreditMovements = operation({
  id: 'listStoreCreditMovements',
  method: 'GET',
  path: '/admin/v1/store-credits/:customerId/:currency/movements',
  summary: 'The ledger of a customer’s store credit, oldest first',
  params: StoreCreditParams,
  query: PageQuery,
  answer: Page(BalanceMovementView),
  refusals: ['invalid-cursor'],
});

export const giftCardOperations = [
  listGiftCards,
  issueGiftCard,
  readGiftCard,
  patchGiftCard,
  adjustGiftCard,
  listGiftCardMovements,
  listStoreCredits,
  adjustStoreCredit,
  readStoreCredit,
  listStoreCreditMovements,
];
