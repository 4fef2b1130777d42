/**
 * Promotions over HTTP: what each kind takes off, who gets it, and that limits hold when everybody comes at once. Prices
 * include 25 % of tax, so a fifth of every amount is tax, rounded per line.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { CartView } from '../../shared/contracts/cart-http.ts';
import { CheckoutView } from '../../shared/contracts/orders-http.ts';
import type { PromotionDraft } from '../../shared/contracts/pricing-promotions.ts';
import { type Answer, expectProblem, expectStatus, inParallel, problemIn } from './client.ts';
import {
  addPromotion,
  addShippingRate,
  changeCart,
  minorOf,
  money,
  openMarket,
  putUpVariant,
  startCart,
  tryChangeCart,
} from './merchant.ts';
import { checkOut, type Journey, manual, readCart, sandbox, startJourney } from './shopping.ts';

const nok = (amount: number) => money(amount, 'NOK');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const minuteMs = 60_000;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * minuteMs).toISOString();

let shop: Journey;
let marketId: string;
const variants = { book: '', lamp: '', pen: '' };

beforeAll(async () => {
  shop = await startJourney();
  const market = { name: 'Norway', countries: ['NO'], pricesIncludeTax: true };
  ({ id: marketId } = await openMarket(shop, { ...market, currencies: ['NOK'], taxRate: '0.25' }));
  await addShippingRate(shop, { marketId, name: 'Post', prices: [nok(500)] });
  variants.book = await putUpVariant(shop, 'BOOK', { price: nok(1000), prices: [money(1000)] });
  variants.lamp = await putUpVariant(shop, 'LAMP', { price: nok(2500) }, { tags: ['light'] });
  variants.pen = await putUpVariant(shop, 'PEN', { price: nok(333) });
  const home = { handle: 'home', title: 'Home', products: ['lamp'] };
  expectStatus(await shop.admin('POST', '/admin/v1/collections', home), 201);
});
afterAll(async () => {
  await shop?.end();
  expect(shop.errorsLogged()).toEqual([]);
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
/** 2000 and 500 for the post. */
const books = (discountCodes: string[] = []) =>
  startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity: 2 }] }, { discountCodes });

type Draft = z.input<typeof PromotionDraft>;
const tenPercent: Draft['offer'] = { kind: 'percent-off-order', rate: '0.10' };
const promote = (code: string, more: Partial<Draft> = {}) =>
  addPromotion(shop, { title: `With ${code}`, codes: [code], offer: tenPercent, ...more });

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
    const { id: promotionId } = await promote(kind.code, { offer: kind.offer() });
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
      due: 5999 - discount - kind.shipping,
    });
    expect(cart.discounts).toMatchObject([{ promotionId, code: kind.code, amount: nok(discount + kind.shipping) }]);
    expect(cart.rejectedCodes).toEqual([]);
    const bought = expectStatus(await checkOut(shop, id, manual), 201).as(CheckoutView);
    expect(bought.totals).toEqual(cart.totals);
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
      why: { reason: 'not-applicable' },
    },
    {
      name: 'of a tag',
      code: 'TAG',
      more: () => ({ conditions: { items: { tags: ['light'] } } }),
      meets: lamp,
      misses: () => pens(3),
      off: 250,
      why: { reason: 'not-applicable' },
    },
    {
      name: 'of a market',
      code: 'MARKET',
      more: () => ({ conditions: { marketIds: [marketId] } }),
      meets: () => pens(1),
      misses: inGermany,
      off: 33,
      why: { reason: 'not-applicable' },
    },
    {
      name: 'of dates',
      code: 'DATES',
      more: () => ({ startsAt: inMinutes(-1), endsAt: inMinutes(1), conditions: { items: { tags: ['light'] } } }),
      meets: lamp,
      misses: () => pens(1),
      off: 250,
      why: { reason: 'not-applicable' },
    },
  ])('$name acts where it is met, and waits where it is not', async ({ code, more, meets, misses, off, why }) => {
    await promote(code, more());
    const met = await changeCart(shop, (await meets()).id, { discountCodes: [code] });
    expect({ off: met.totals.discount.amount, rejected: met.rejectedCodes }).toEqual({ off, rejected: [] });
    const missed = await misses();
    const waiting = await changeCart(shop, missed.id, { discountCodes: [code] });
    expect(waiting.totals).toEqual(missed.totals);
    expect(waiting.rejectedCodes).toEqual([{ code, ...why }]);
  });

  it('of a collection acts on what is in it', async () => {
    const collections = (await shop.admin('GET', '/admin/v1/collections/home')).text;
    const collectionId = /"id":"(col_[^"]+)"/.exec(collections)?.[1] ?? '';
    await promote('HOME', {
      offer: { kind: 'percent-off-items', rate: '0.5', items: { collectionIds: [collectionId] } },
    });
    const cart = await changeCart(shop, (await fullCart()).id, { discountCodes: ['HOME'] });
    expect(cart.lines.map(({ discount }) => discount.amount)).toEqual([0, 1250, 0]);
  });

  it('of a code acts for whoever types it, in whatever case', async () => {
    await promote('Winter');
    expect((await books()).totals.discount.amount).toBe(0);
    expect((await books(['wINTER'])).totals.discount.amount).toBe(200);
  });
});

describe('several promotions', () => {
  it('act one after the other, each on what the earlier ones left', async () => {
    await promote('SECOND', { priority: 2, offer: { kind: 'percent-off-order', rate: '0.5' } });
    await promote('FIRST', { priority: 1, offer: { kind: 'fixed-off-order', amounts: [nok(500)] } });
    const cart = await books(['SECOND', 'FIRST']);
    expect(cart.discounts.map(({ code, amount }) => [code, amount.amount])).toEqual([
      ['FIRST', 500],
      ['SECOND', 750],
    ]);
    expect(cart.totals.total.amount).toBe(2000 - 500 - 750 + 500);
  });

  it('do not join one that applies alone, whichever comes first', async () => {
    await promote('EARLY-ALONE', { priority: 10, isCombinable: false });
    await promote('COMPANY', { priority: 20, offer: { kind: 'percent-off-order', rate: '0.5' } });
    await promote('LATE-ALONE', { priority: 30, isCombinable: false });
    const early = await books(['EARLY-ALONE', 'COMPANY']);
    expect(early.discounts.map(({ code }) => code)).toEqual(['EARLY-ALONE']);
    expect(early.totals.discount.amount).toBe(200);
    expect(early.rejectedCodes).toEqual([{ code: 'COMPANY', reason: 'not-combinable' }]);
    const late = await books(['COMPANY', 'LATE-ALONE']);
    expect(late.discounts.map(({ code }) => code)).toEqual(['COMPANY']);
    expect(late.rejectedCodes).toEqual([{ code: 'LATE-ALONE', reason: 'not-combinable' }]);
  });
});

describe('a code that cannot be used', () => {
  /** Refused, with its place in the list, and the cart is as it was. */
  async function refused(cart: CartView, code: string, more: string[] = []): Promise<{ answer: Answer }> {
    const answer = await tryChangeCart(shop, cart.id, { note: 'Never kept', discountCodes: [...more, code] });
    expect(await readCart(shop, cart.id)).toEqual(cart);
    const { errors } = problemIn(answer);
    expect(errors?.map(({ pointer }) => pointer)).toEqual([`/discountCodes/${more.length}`]);
    return { answer };
  }

  it('because nobody knows it is refused by name', async () => {
    await promote('KNOWN');
    const { answer } = await refused(await books(['KNOWN']), 'NOBODY', ['KNOWN']);
    expect(expectProblem(answer, 'code-unknown')).toMatchObject({ discountCode: 'NOBODY' });
  });

  it('because its time has not come or is over is refused with that time', async () => {
    const [from, until] = [inMinutes(60), inMinutes(-60)];
    await promote('TOO-EARLY', { startsAt: from });
    await promote('TOO-LATE', { endsAt: until });
    const early = await refused(await books(), 'TOO-EARLY');
    expect(expectProblem(early.answer, 'code-not-started')).toMatchObject({ discountCode: 'TOO-EARLY', from });
    const late = await refused(await books(), 'TOO-LATE');
    expect(expectProblem(late.answer, 'code-expired')).toMatchObject({ discountCode: 'TOO-LATE', until });
  });

  it('because it is for others is refused', async () => {
    await promote('FRIENDS', { conditions: { customerGroups: ['friends'] } });
    const { answer } = await refused(await books(), 'FRIENDS');
    expect(expectProblem(answer, 'code-not-for-customer')).toMatchObject({ discountCode: 'FRIENDS' });
  });

  it('because it is for a first order waits for a name, and is refused to whoever has ordered', async () => {
    await promote('NEWCOMERS', { conditions: { isFirstOrder: true } });
    const stranger = await books(['NEWCOMERS']);
    expect(stranger.rejectedCodes).toEqual([{ code: 'NEWCOMERS', reason: 'customer-needed' }]);
    const newcomer = await changeCart(shop, stranger.id, { email: 'newcomer@example.com' });
    expect(newcomer.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, newcomer.id, manual), 201);
    const again = await changeCart(shop, (await books()).id, { email: 'newcomer@example.com' });
    const { answer } = await refused(again, 'NEWCOMERS');
    expect(['code-not-for-customer', 'code-used-up']).toContain(problemIn(answer).code);
  });

  it('because it was used as often as it may is refused, also by carts that had it', async () => {
    await promote('TWICE', { limits: { usesMax: 2 } });
    const late = await books(['TWICE']);
    for (let use = 0; use < 2; use += 1) expectStatus(await checkOut(shop, (await books(['TWICE'])).id, manual), 201);
    const { answer } = await refused(await books(), 'TWICE');
    expect(expectProblem(answer, 'code-used-up')).toMatchObject({ discountCode: 'TWICE', available: 0 });
    const shown = await checkOut(shop, late.id, manual);
    expect(expectProblem(shown, 'code-used-up')).toMatchObject({ discountCode: 'TWICE', total: nok(2500) });
  });

  it('because this customer had it is refused to this customer only', async () => {
    await promote('ONCE-EACH', { limits: { usesPerCustomerMax: 1 } });
    const discountCodes = ['ONCE-EACH'];
    const stranger = await books(discountCodes);
    expect(stranger.rejectedCodes).toEqual([{ code: 'ONCE-EACH', reason: 'customer-needed' }]);
    const first = await changeCart(shop, stranger.id, { email: 'ada@example.com' });
    expect(first.totals.discount.amount).toBe(200);
    expectStatus(await checkOut(shop, first.id, manual), 201);
    const again = await changeCart(shop, (await books()).id, { email: 'ADA@example.com' });
    expectProblem((await refused(again, 'ONCE-EACH')).answer, 'code-used-up');
    const other = await changeCart(shop, (await books()).id, { email: 'bob@example.com', discountCodes });
    expectStatus(await checkOut(shop, other.id, manual), 201);
  });
});

describe('a hundred checkouts at once with a code for one', () => {
  const refusals = /^(?:code-used-up|price-changed)$/;

  it('make one order with the discount, and nobody pays a total that was not shown', async () => {
    await promote('ONE-USE', { limits: { usesMax: 1 } });
    const carts = await inParallel(numbers(100), 32, () => books(['ONE-USE']));
    for (const { totals } of carts) expect(totals.total.amount).toBe(2300);
    // Every other shopper says which total was agreed on, and so does whoever was refused and has looked again.
    const paid = await inParallel(carts, 100, async ({ id }, index) => {
      for (let tries = 0; tries < 10; tries += 1) {
        const { totals } = await readCart(shop, id);
        const said = {
          cartId: id,
          payment: manual,
          ...((index % 2) + tries === 0 ? {} : { expectedTotal: totals.total }),
        };
        const answer = await checkOut(shop, id, manual, { json: said });
        if (answer.status !== 201) {
          const { status, code, total } = problemIn(answer);
          expect({ status, code, total }).toMatchObject({ status: 409, code: expect.stringMatching(refusals) });
          continue;
        }
        const bought = answer.as(CheckoutView).totals.total.amount;
        expect(bought).toBe(totals.total.amount);
        return bought;
      }
      throw new Error(`The cart ${id} was never sold`);
    });
    expect(paid.toSorted((one, other) => one - other)).toEqual([2300, ...numbers(99).map(() => 2500)]);
    const uses = await tryChangeCart(shop, (await books()).id, { discountCodes: ['ONE-USE'] });
    expect(expectProblem(uses, 'code-used-up')).toMatchObject({ available: 0 });
  });

  it('refuse with the full total whoever did not look again', async () => {
    await promote('ONE-MORE', { limits: { usesMax: 1 } });
    const carts = await inParallel(numbers(20), 20, () => books(['ONE-MORE']));
    const answers = await inParallel(carts, 20, ({ id }) => checkOut(shop, id, manual));
    const sold = answers.filter(({ status }) => status === 201);
    expect(sold.map((answer) => answer.as(CheckoutView).totals.total.amount).filter((total) => total !== 2300)).toEqual(
      [],
    );
    expect(sold.length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(problemIn(answer)).toMatchObject({ status: 409, code: expect.stringMatching(refusals) });
  });
});

describe('what a checkout held of a promotion', () => {
  it('is given back when the payment fails', async () => {
    await promote('GIVEN-BACK', { limits: { usesMax: 1 } });
    const [first, second] = [await books(['GIVEN-BACK']), await books(['GIVEN-BACK'])];
    expectProblem(await checkOut(shop, first.id, sandbox('decline')), 'payment-declined');
    const bought = expectStatus(await checkOut(shop, second.id, sandbox('ok')), 201).as(CheckoutView);
    expect(bought.totals.total.amount).toBe(2300);
    expectProblem(await checkOut(shop, first.id, manual), 'code-used-up');
  });

  it('is given back when the checkout is canceled', async () => {
    await promote('LEFT', { limits: { usesMax: 1 } });
    const cart = await books(['LEFT']);
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expectProblem(await tryChangeCart(shop, (await books()).id, { discountCodes: ['LEFT'] }), 'code-used-up');
    const canceled = await shop.send('POST', `/v1/checkouts/${open.id}/cancel`, { json: {}, idempotencyKey: 'leave' });
    expectStatus(canceled, 200);
    expect((await books(['LEFT'])).totals.discount.amount).toBe(200);
  });
});

describe('a promotion with a budget', () => {
  it('acts as long as the whole discount fits, also when many come at once', async () => {
    await promote('BUDGET', { limits: { budgets: [nok(700)] } });
    const carts = await inParallel(numbers(12), 12, () => books(['BUDGET']));
    const answers = await inParallel(carts, 12, ({ id }) => checkOut(shop, id, manual));
    const won = answers.filter(({ status }) => status === 201);
    expect(won.map((answer) => answer.as(CheckoutView).totals.discount.amount)).toEqual([200, 200, 200]);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectProblem(answer, 'code-used-up');
    expectProblem(await tryChangeCart(shop, (await books()).id, { discountCodes: ['BUDGET'] }), 'code-used-up');
    // Half a discount is none, but a smaller one still fits.
    const small = await startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity: 1 }] });
    const cart = await changeCart(shop, small.id, { discountCodes: ['BUDGET'] });
    expect(cart.totals.discount.amount).toBe(100);
  });
});
