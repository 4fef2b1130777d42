/** Paid orders for tests of operations: two lines that were discounted, in a shop whose prices follow a simple rule. */

import { orderStreams } from '../../../durable-objects/order/streams.ts';
import type { CartLine } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { CartQuestion, PriceableCart, Quote } from '../../../shared/contracts/pricing/api.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { Streams } from '../../../shared/streams/streams.ts';
import { quotedAs } from '../../../shared/testing/pricing.ts';
import { sumOf } from '../../../shared/values/money.ts';
import {
  type Checkout,
  type CheckoutDetails,
  type OrderStreamEvent,
  orderIdOf,
  orderOf,
} from '../domain/checkout/checkout.ts';
import type { Order } from '../domain/order/order.ts';
import { needsOfLines } from '../domain/order/stock.ts';
import { timelineOf } from '../domain/order/timeline.ts';
import { orderView } from '../domain/view.ts';
import { Operations } from '../operations/operations.ts';
import type { EditCommand, OrderCommand, OrderRequest } from '../service/order-commands.ts';
import type { CheckoutAnswer } from '../service/requests.ts';
import { paymentBy, sandbox } from './checkouts.ts';
import { TestShop } from './shop.ts';

const placedAt = 1_800_000_000_000;
export const checkoutId = `chk_01jd0123456789abcdefghjkmnw0s${'z'.repeat(12)}`;

function variantOf(name: string, amountMinor: number, stockNeeds: VariantSnapshot['stockNeeds']): VariantSnapshot {
  return {
    variantId: `var_${name}`,
    productId: `prd_${name}`,
    productHandle: name,
    productVersion: 1,
    sku: name.toUpperCase(),
    title: name,
    variantTitle: null,
    imageUrl: null,
    isSold: true,
    prices: [{ currency: 'EUR', amountMinor }],
    weightGrams: 300,
    requiresShipping: true,
    isTaxable: true,
    tags: [],
    collectionIds: [],
    stockNeeds,
  };
}

const cup = variantOf('cup', 1250, [{ stockUnitId: 'stk_cup', quantity: 1 }]);
/** A kit: two of one unit and one that the cup needs too. */
const set = variantOf('set', 3333, [
  { stockUnitId: 'stk_spoon', quantity: 2 },
  { stockUnitId: 'stk_cup', quantity: 1 },
]);

type Quotable = Pick<PriceableCart, 'lines' | 'country' | 'currency' | 'shippingOptionId' | 'balances'>;

const parcelMinor = 490;

/** A tenth off each line, 19 % tax inside, and shipping at 4.90 where nothing else is said. */
export function testQuote(
  { lines, country, currency, shippingOptionId, balances }: Quotable,
  shippingMinor = parcelMinor,
): Quote {
  const taxInside = (amount: number) => Math.round((amount * 19) / 119);
  const priced = lines.map(({ lineId, unitPriceMinor, quantity }) => {
    const subtotalMinor = unitPriceMinor * quantity;
    const discountMinor = Math.floor(subtotalMinor / 10);
    const totalMinor = subtotalMinor - discountMinor;
    const prices = { unitPriceMinor, compareAtMinor: null, priceListId: null, discounts: [] };
    return { lineId, ...prices, subtotalMinor, discountMinor, taxMinor: taxInside(totalMinor), totalMinor };
  });
  return {
    pricingVersion: 1,
    pricingSince: 0,
    country,
    currency,
    pricesIncludeTax: true,
    lines: priced,
    shippingOptions: [{ id: 'shr_1', name: 'Parcel', priceMinor: shippingMinor }],
    shippingOptionId: shippingOptionId ?? 'shr_1',
    subtotalMinor: sumOf(priced.map((line) => line.subtotalMinor)),
    discountMinor: sumOf(priced.map((line) => line.discountMinor)),
    shippingMinor,
    taxMinor: sumOf(priced.map((line) => line.taxMinor)) + taxInside(shippingMinor),
    totalMinor: sumOf(priced.map((line) => line.totalMinor)) + shippingMinor,
    isUnshippable: false,
    shippingDiscountMinor: 0,
    discounts: [],
    rejectedCodes: [],
    taxLines: [],
    taxRelief: null,
    allowances: [],
    ...paidWith(balances, sumOf(priced.map((line) => line.totalMinor)) + shippingMinor),
  };
}

/** What cards pay of a total, one after the other, and what is left. */
function paidWith(cards: PriceableCart['balances'], totalMinor: number) {
  let dueMinor = totalMinor;
  const giftCards = cards.map(({ key, seenMinor }) => {
    const usedMinor = Math.min(dueMinor, seenMinor);
    dueMinor -= usedMinor;
    return { key, usedMinor };
  });
  return { giftCards, dueMinor };
}

/** A gift card of the shop: it never ships. */
const voucher: VariantSnapshot = { ...variantOf('voucher', 2500, []), requiresShipping: false, isGiftCard: true };

const linesWith = (first: VariantSnapshot): readonly CartLine[] => [
  { lineId: 'lin_1', quantity: 3, variant: first, attributes: {} },
  { lineId: 'lin_2', quantity: 2, variant: set, attributes: {} },
];

/** A gift card and store credit, as much of each as a test says. */
export const cardKeys = ['gift:gft_1', 'credit:cus_1:EUR'] as const;

function detailsOf(
  captureMode: 'immediate' | 'manual',
  cardsMinor: readonly number[],
  lines: readonly CartLine[],
  changes: Partial<CheckoutDetails>,
): CheckoutDetails {
  const requested = lines.map(({ lineId, quantity, variant }) => ({
    lineId,
    quantity,
    unitPriceMinor: variant.prices[0]?.amountMinor ?? 0,
    weightGrams: 300,
    requiresShipping: true,
    isTaxable: true,
  }));
  const balances = cardKeys.flatMap((key, index) => {
    const seenMinor = cardsMinor[index] ?? 0;
    return seenMinor > 0 ? [{ key, seenMinor }] : [];
  });
  // Who pays with cards in these tests has used a limited promotion too.
  const allowances = balances.length === 0 ? [] : [{ allowance: 'promo:pro_1', quantity: 1, limit: 9 }];
  const request = { country: 'DE', currency: 'EUR', lines: requested, shippingOptionId: 'shr_1', balances } as const;
  const quote: Quote = { ...testQuote(request), allowances };
  return {
    checkoutId,
    cartId: 'cart_1',
    cartVersion: 3,
    email: 'ada@example.org',
    phone: null,
    customer: { id: 'cus_1', groups: ['trade'], isTaxExempt: false },
    shippingAddress: { lastName: 'Byron', address1: 'Lindenweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    billingAddress: null,
    note: null,
    attributes: {},
    lines,
    quote,
    holdUntil: placedAt + 900_000,
    createdAt: placedAt,
    captureMode,
    holdKey: checkoutId,
    allowanceKey: checkoutId,
    ...changes,
  };
}

/** An order in an object that may be started again on its storage, as after a crash. */
export class TestOrder {
  readonly shop: TestShop;
  /** What pricing was asked, in order. */
  readonly quoted: CartQuestion[] = [];
  /** What a parcel costs, by the country that it goes to. */
  shippingMinorIn = (_country: string): number => parcelMinor;
  /** What else pricing says of a cart. */
  saysOf = (_cart: PriceableCart): Partial<Quote> => ({});
  /** The events that were published, in order. */
  readonly told: Envelope[] = [];
  readonly #storage: StreamStorage<OrderStreamEvent>;
  now = placedAt + 60_000;
  #streams: Streams<Checkout, OrderStreamEvent>;
  #operations: Operations;

  constructor(
    storage: StreamStorage<OrderStreamEvent>,
    captureMode: 'immediate' | 'manual' = 'immediate',
    cardsMinor: readonly number[] = [],
    isOfGiftCards = false,
    changes: Partial<CheckoutDetails> = {},
  ) {
    this.#storage = storage;
    const lines = linesWith(isOfGiftCards ? voucher : cup);
    const details = detailsOf(captureMode, cardsMinor, lines, changes);
    const dueMinor = details.quote.dueMinor;
    const isCapturedLater = captureMode === 'manual' && dueMinor > 0;
    this.shop = new TestShop([cup, set, voucher], async (question) => {
      this.quoted.push(question);
      const quote = testQuote(question.cart, this.shippingMinorIn(question.cart.country));
      return quotedAs({ ...quote, ...this.saysOf(question.cart) });
    });
    this.shop.authorizedMinor = dueMinor;
    this.shop.free.set('stk_cup', 4).set('stk_spoon', 3);
    this.shop.committed.set(checkoutId, new Map(needsOfLines(lines).map((need) => [need.stockUnitId, need.quantity])));
    const capturedMinor = isCapturedLater ? 0 : dueMinor;
    if (capturedMinor > 0) this.shop.captures.set('', capturedMinor);
    [this.#streams, this.#operations] = this.#start();
    const payment = { ...paymentBy(sandbox), key: orderIdOf(checkoutId) };
    this.#streams.append(
      checkoutId,
      [
        { type: 'checkout-opened', details, at: placedAt },
        { type: 'payment-started', payment, at: placedAt },
        { type: 'order-placed', payment, number: 'ABCD-1234', at: placedAt },
        isCapturedLater
          ? { type: 'order-confirmed', at: placedAt }
          : { type: 'order-paid', capturedMinor, at: placedAt },
        { type: 'cart-completed', at: placedAt },
      ],
      placedAt,
    );
    this.told.length = 0;
  }

  get state(): Order {
    const order = orderOf(this.checkout);
    if (order === null) throw new Error('There is no order yet');
    return order;
  }

  get checkout(): Checkout {
    return this.#streams.load(checkoutId).state;
  }

  /** The order as it stands, as merchants read it. */
  view() {
    const { state, version } = this.#streams.load(checkoutId);
    return state.phase === 'none' ? null : orderView(state, version);
  }

  get operations(): Operations {
    return this.#operations;
  }

  /** Everything in memory is gone. */
  restart(): void {
    [this.#streams, this.#operations] = this.#start();
  }

  #start(): [Streams<Checkout, OrderStreamEvent>, Operations] {
    const type = {
      ...orderStreams,
      // Who receives them is not asked here.
      publish: (commit: Parameters<typeof orderStreams.publish>[0]) => {
        this.told.push(...orderStreams.publish(commit));
        return [];
      },
    };
    const streams = new Streams(type, this.#storage, { set: () => undefined });
    const { catalog, pricing, inventory, payments, ledger, allowances } = this.shop;
    const neighbors = { catalog, pricing, inventory, payments, ledger, allowances };
    const wait = () => ({ over: new Promise<void>(() => undefined), cancel: () => undefined });
    const operations = new Operations({ ...neighbors, streams, now: () => this.now, wait, report: () => undefined });
    return [streams, operations];
  }

  async ask(command: OrderCommand, key: string | null = null): Promise<Answered> {
    this.now += 1_000;
    const idempotency = key === null ? null : { key, fingerprint: JSON.stringify(command) };
    const facts = { currencies: [], actor: 'key:merchant', requestId: 'req_1' };
    return answered(await this.#operations.ask({ checkoutId, command, idempotency, ...facts }));
  }

  /** What was recorded, as merchants read it. */
  timeline() {
    return timelineOf(this.#storage.read(checkoutId)?.events ?? []);
  }

  async preview(
    changes: Omit<EditCommand, 'type' | 'token'>,
    currencies: OrderRequest['currencies'] = [],
  ): Promise<Answered> {
    return answered(await this.#operations.preview({ checkoutId, ...changes, currencies, requestId: 'req_1' }));
  }

  /** An edit as a merchant does it: looked at, then confirmed. */
  async edit(changes: Omit<EditCommand, 'type' | 'token'>): Promise<Answered> {
    const preview = await this.preview(changes);
    if (preview.status !== 200) return preview;
    return this.ask({ type: 'edit', ...changes, token: String(preview.body.token) });
  }

  /** What alarms do until nothing is under way. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 50 && this.state.running !== null; turn += 1) {
      this.now += 60_000;
      await this.#operations.wake([checkoutId]);
    }
  }
}

interface Answered {
  readonly status: number;
  readonly isReplayed: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

function answered({ status, isReplayed, body }: CheckoutAnswer): Answered {
  return { status, isReplayed, body: JSON.parse(body) };
}

export const fulfillAll = {
  type: 'fulfill',
  lines: null,
  locationId: null,
  tracking: null,
  isCaptured: null,
} as const satisfies OrderCommand;

export function refundOf(changes: Partial<Extract<OrderCommand, { type: 'refund' }>>): OrderCommand {
  return { type: 'refund', lines: [], shippingMinor: 0, otherMinor: 0, note: null, ...changes };
}

export function returnOf(quantity: number, changes: Partial<Extract<OrderCommand, { type: 'request-return' }>> = {}) {
  const returned = [{ lineId: 'lin_1', quantity, reason: null }];
  return { type: 'request-return', lines: returned, exchange: [], note: null, isApproved: true, ...changes } as const;
}

export function receiptOf(returnId: string, changes: Partial<Extract<OrderCommand, { type: 'receive' }>> = {}) {
  return { type: 'receive', returnId, lines: null, locationId: null, isRefunded: true, ...changes } as const;
}
