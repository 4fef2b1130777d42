/** Promotions over HTTP: what each kind takes off, under which conditions it acts, and in which order several do. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { expectProblem, expectStatus } from './client.ts';
import { changeCart, minorOf, putUpVariant, startCart } from './merchant.ts';
import { type Draft, nok, openNorway, promote, startBooks, tenPercent } from './norway.ts';
import { card, checkOut, journeyOfFile } from './shopping.ts';

const minuteMs = 60_000;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * minuteMs).toISOString();

const shop = journeyOfFile();
let marketId: string;
const variants = { book: '', lamp: '', pen: '' };

beforeAll(async () => {
  ({ marketId, bookId: variants.book } = await openNorway(shop));
  variants.lamp = await putUpVariant(shop, 'LAMP', { price: nok(2500) }, { tags: ['light'] });
  variants.pen = await putUpVariant(shop, 'PEN', { price: nok(333) });
  const home = { handle: 'home', title: 'Home', products: ['lamp'] };
  expectStatus(await shop.admin('POST', '/admin/v1/collections', home), 201);
});

/** Two books, a lamp and three pens: 2000, 2500 and 999, and 500 for the post. */
const fullCart = () =>
  startCart(shop, {
    country: 'NO',
    lines: [
      { sku: 'BOOK', quantity: 2 },
      { sku: 'LAMP', quantity: 1 },
      { sku: 'PEN', quantity: 3 },
    ],
  });

const only = (variantId: string) => ({ variantIds: [variantId] });

interface Kind {
  readonly offer: () => Draft['offer'];
  /** Off the books, the lamp and the pens. */
  readonly lines: readonly [number, number, number];
  readonly shipping: number;
  readonly tax: number;
}

const kinds: readonly (Kind & { readonly name: string })[] = [
  { name: '10 % of all lines', offer: () => tenPercent, lines: [200, 250, 100], shipping: 0, tax: 1090 },
  {
    name: '10.00 off lines and shipping',
    offer: () => ({ kind: 'fixed-off-order', amounts: [nok(1000)], includesShipping: true }),
    lines: [333, 417, 167],
    shipping: 83,
    tax: 999,
  },
  {
    name: 'all lines for 40.00',
    offer: () => ({ kind: 'order-fixed-price', amounts: [nok(4000)] }),
    lines: [545, 682, 272],
    shipping: 0,
    tax: 900,
  },
  {
    name: '15 % of what is tagged',
    offer: () => ({ kind: 'percent-off-items', rate: '0.15', items: { tags: ['light'] } }),
    lines: [0, 375, 0],
    shipping: 0,
    tax: 1125,
  },
  {
    name: '2.00 off each of two pens',
    offer: () => ({ kind: 'fixed-off-each-item', amounts: [nok(200)], items: only(variants.pen), unitsMax: 2 }),
    lines: [0, 0, 400],
    shipping: 0,
    tax: 1120,
  },
  {
    name: '7.00 spread over books and pens',
    offer: () => ({
      kind: 'fixed-off-across-items',
      amounts: [nok(700)],
      items: { variantIds: [variants.book, variants.pen] },
    }),
    lines: [467, 0, 233],
    shipping: 0,
    tax: 1060,
  },
  {
    name: 'two bought, the third free, twice',
    offer: () => ({ kind: 'buy-x-get-y', buy: { quantity: 2 }, get: { quantity: 1 } }),
    lines: [0, 0, 666],
    shipping: 0,
    tax: 1067,
  },
  {
    name: 'the step of the subtotal that is reached',
    offer: () => ({
      kind: 'tiered-by-subtotal',
      steps: [
        { from: [nok(3000)], rate: '0.05' },
        { from: [nok(5499)], rate: '0.07' },
        { from: [nok(5500)], rate: '0.50' },
      ],
    }),
    lines: [140, 175, 70],
    shipping: 0,
    tax: 1123,
  },
  {
    name: 'the step of the quantity that is reached',
    offer: () => ({
      kind: 'tiered-by-quantity',
      items: only(variants.pen),
      steps: [
        { fromQuantity: 2, rate: '0.10' },
        { fromQuantity: 3, rate: '0.20' },
        { fromQuantity: 4, rate: '0.50' },
      ],
    }),
    lines: [0, 0, 200],
    shipping: 0,
    tax: 1160,
  },
  {
    name: '10.00 off from a subtotal of 50.00',
    offer: () => ({
      kind: 'tiered-by-subtotal',
      steps: [
        { from: [nok(5000)], amounts: [nok(1000)] },
        { from: [nok(5500)], amounts: [nok(2500)] },
      ],
    }),
    lines: [364, 454, 182],
    shipping: 0,
    tax: 999,
  },
  {
    name: '3.00 off the pens from three of them',
    offer: () => ({
      kind: 'tiered-by-quantity',
      items: only(variants.pen),
      steps: [
        { fromQuantity: 2, amounts: [nok(100)] },
        { fromQuantity: 3, amounts: [nok(300)] },
      ],
    }),
    lines: [0, 0, 300],
    shipping: 0,
    tax: 1140,
  },
  { name: 'free shipping', offer: () => ({ kind: 'free-shipping' }), lines: [0, 0, 0], shipping: 500, tax: 1100 },
  {
    name: '1.50 off shipping',
    offer: () => ({ kind: 'fixed-off-shipping', amounts: [nok(150)] }),
    lines: [0, 0, 0],
    shipping: 150,
    tax: 1170,
  },
  {
    name: 'a quarter off shipping',
    offer: () => ({ kind: 'percent-off-shipping', rate: '0.25' }),
    lines: [0, 0, 0],
    shipping: 125,
    tax: 1175,
  },
  {
    name: 'one pen as a gift',
    offer: () => ({ kind: 'gift-item', variantId: variants.pen }),
    lines: [0, 0, 333],
    shipping: 0,
    tax: 1133,
  },
];

describe('a promotion of the kind', () => {
  it.each(kinds.map((kind, index) => ({ ...kind, code: `KIND-${index}` })))('$name', async (kind) => {
    const { id: promotionId } = await promote(shop, kind.code, { offer: kind.offer() });
    const { id, totals } = await fullCart();
    expect(minorOf(totals)).toMatchObject({ subtotal: 5499, discount: 0, shipping: 500, total: 5999, tax: 1200 });
    const cart = await changeCart(shop, id, { discountCodes: [kind.code] });
    const discount = kind.lines.reduce((sum, one) => sum + one, 0);
    expect(cart.lines.map((line) => line.discount.amount)).toEqual(kind.lines);
    expect(minorOf(cart.totals)).toEqual({
      subtotal: 5499,
      discount,
      shipping: 500 - kind.shipping,
      shippingDiscount: kind.shipping,
      tax: kind.tax,
      total: 5999 - discount - kind.shipping,
      giftCards: 0,
      storeCredit: 0,
      due: 5999 - discount - kind.shipping,
    });
    expect(cart.discounts).toMatchObject([{ promotionId, code: kind.code, amount: nok(discount + kind.shipping) }]);
    expect(cart.rejectedCodes).toEqual([]);
    const bought = expectStatus(await checkOut(shop, id, card), 201).as(CheckoutView);
    expect(bought.totals).toEqual(cart.totals);
  });
});

describe('steps of a promotion that take off now a rate, now an amount', () => {
  it('are refused, and the field is named', async () => {
    const steps = [
      { from: [nok(5000)], rate: '0.1' },
      { from: [nok(9000)], amounts: [nok(2500)] },
    ];
    const draft = { title: 'Both', offer: { kind: 'tiered-by-subtotal', steps } };
    const refused = expectProblem(await shop.admin('POST', '/admin/v1/promotions', draft), 'invalid-input');
    expect(refused.errors).toMatchObject([{ pointer: '/offer/steps/1/amounts' }]);
  });
});

describe('a promotion under a condition', () => {
  const pens = (quantity: number) => startCart(shop, { country: 'NO', lines: [{ sku: 'PEN', quantity }] });
  const lamp = () => startCart(shop, { country: 'NO', lines: [{ sku: 'LAMP', quantity: 1 }] });
  const inGermany = () => startCart(shop, { country: 'DE', lines: [{ sku: 'BOOK', quantity: 2 }] });

  it.each<{
    name: string;
    code: string;
    more: () => Partial<Draft>;
    meets: () => Promise<CartView>;
    misses: () => Promise<CartView>;
    off: number;
    why: object;
  }>([
    {
      name: 'of a subtotal',
      code: 'SUBTOTAL',
      more: () => ({ conditions: { minSubtotals: [nok(999)] } }),
      meets: () => pens(3),
      misses: () => pens(2),
      off: 100,
      why: { reason: 'below-minimum', minimum: nok(999) },
    },
    {
      name: 'of a quantity',
      code: 'QUANTITY',
      more: () => ({ conditions: { minQuantity: 3, items: only(variants.pen) } }),
      meets: () => pens(3),
      misses: () => pens(2),
      off: 100,
      why: { reason: 'items-missing' },
    },
    {
      name: 'of a tag',
      code: 'TAG',
      more: () => ({ conditions: { items: { tags: ['light'] } } }),
      meets: lamp,
      misses: () => pens(3),
      off: 250,
      why: { reason: 'items-missing' },
    },
    {
      name: 'of a market',
      code: 'MARKET',
      more: () => ({ conditions: { marketIds: [marketId] } }),
      meets: () => pens(1),
      misses: inGermany,
      off: 33,
      why: { reason: 'wrong-market' },
    },
    {
      name: 'of dates',
      code: 'DATES',
      more: () => ({ startsAt: inMinutes(-60), endsAt: inMinutes(60), conditions: { items: { tags: ['light'] } } }),
      meets: lamp,
      misses: () => pens(1),
      off: 250,
      why: { reason: 'items-missing' },
    },
  ])('$name acts where it is met, and waits where it is not', async ({ code, more, meets, misses, off, why }) => {
    await promote(shop, code, more());
    const met = await changeCart(shop, (await meets()).id, { discountCodes: [code] });
    expect({ off: met.totals.discount.amount, rejected: met.rejectedCodes }).toEqual({ off, rejected: [] });
    const missed = await misses();
    const waiting = await changeCart(shop, missed.id, { discountCodes: [code] });
    expect(waiting.totals).toEqual(missed.totals);
    expect(waiting.rejectedCodes).toMatchObject([{ code, ...why }]);
  });

  it('of a collection acts on what is in it', async () => {
    const collections = (await shop.admin('GET', '/admin/v1/collections/home')).text;
    const collectionId = /"id":"(col_[^"]+)"/.exec(collections)?.[1] ?? '';
    await promote(shop, 'HOME', {
      offer: { kind: 'percent-off-items', rate: '0.5', items: { collectionIds: [collectionId] } },
    });
    const cart = await changeCart(shop, (await fullCart()).id, { discountCodes: ['HOME'] });
    expect(cart.lines.map(({ discount }) => discount.amount)).toEqual([0, 1250, 0]);
  });

  it('of a code acts for whoever types it, in whatever case', async () => {
    await promote(shop, 'Winter');
    expect((await startBooks(shop)).totals.discount.amount).toBe(0);
    expect((await startBooks(shop, ['wINTER'])).totals.discount.amount).toBe(200);
  });
});

describe('several promotions', () => {
  it('act one after the other, each on what the earlier ones left', async () => {
    await promote(shop, 'SECOND', { priority: 2, offer: { kind: 'percent-off-order', rate: '0.5' } });
    await promote(shop, 'FIRST', { priority: 1, offer: { kind: 'fixed-off-order', amounts: [nok(500)] } });
    const cart = await startBooks(shop, ['SECOND', 'FIRST']);
    expect(cart.discounts.map(({ code, amount }) => [code, amount.amount])).toEqual([
      ['FIRST', 500],
      ['SECOND', 750],
    ]);
    expect(cart.totals.total.amount).toBe(2000 - 500 - 750 + 500);
  });

  it('do not join one that applies alone, whichever comes first', async () => {
    await promote(shop, 'EARLY-ALONE', { priority: 10, isCombinable: false });
    await promote(shop, 'COMPANY', { priority: 20, offer: { kind: 'percent-off-order', rate: '0.5' } });
    await promote(shop, 'LATE-ALONE', { priority: 30, isCombinable: false });
    const early = await startBooks(shop, ['EARLY-ALONE', 'COMPANY']);
    expect(early.discounts.map(({ code }) => code)).toEqual(['EARLY-ALONE']);
    expect(early.totals.discount.amount).toBe(200);
    expect(early.rejectedCodes).toMatchObject([{ code: 'COMPANY', reason: 'not-combinable' }]);
    const late = await startBooks(shop, ['COMPANY', 'LATE-ALONE']);
    expect(late.discounts.map(({ code }) => code)).toEqual(['COMPANY']);
    expect(late.rejectedCodes).toMatchObject([{ code: 'LATE-ALONE', reason: 'not-combinable' }]);
  });
});
