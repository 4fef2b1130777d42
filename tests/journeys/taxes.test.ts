/**
 * Taxes of zones, classes and businesses, worked out by hand for carts; and the explanation of a cart, whose steps must add up
 * to its totals to the cent.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { type CartView, explainCart } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { CartExplanation } from '../../shared/contracts/pricing/explanation.ts';
import type { PromotionDraft } from '../../shared/contracts/pricing/promotions.ts';
import { expectStatus } from './client.ts';
import {
  addPromotion,
  addShippingRate,
  addTaxRate,
  changeCart,
  issueGiftCard,
  minorOf,
  payIn,
  setCustomer,
  startCart,
} from './merchant.ts';
import { card, checkOut, journeyOfFile } from './shopping.ts';
import { aud, cartsIn, home, lines, openThreeMarkets, type ThreeMarkets } from './three-markets.ts';

const shop = journeyOfFile();
let markets: ThreeMarkets['markets'];
let variants: ThreeMarkets['variants'];
beforeAll(async () => {
  ({ markets, variants } = await openThreeMarkets(shop));
  const rate = (name: string, percent: string, zone: object, more: object = {}) =>
    addTaxRate(shop, { name, rate: percent, zone: { country: 'CA', ...zone }, ...more });
  await rate('GST', '0.05', {});
  await rate('QST', '0.09975', { region: 'QC' }, { priority: 1 });
  await rate('Old PST', '0.10', { region: 'PE' }, { priority: 1, isCompound: true });
  await rate('City', '0.01', { postalCodes: [{ from: 'K1A 0A0', to: 'K1Z 9Z9' }] }, { priority: 2 });
  await rate('Food', '0', {}, { taxClass: 'food' });
});

const inSwitzerland = cartsIn(shop, 'CH');
const inCanada = cartsIn(shop, 'CA');
const inAustralia = cartsIn(shop, 'AU');

const taxes = ({ taxLines }: CartView) => taxLines.map(({ name, base, tax }) => [name, base.amount, tax.amount]);

describe('taxes', () => {
  it('of a country, a region and postal codes add up where they meet', async () => {
    const { id, totals } = await inCanada(['CUP', 1]);
    // 1999 × 5 % = 99.95.
    expect(minorOf(totals)).toMatchObject({ tax: 100, total: 2099 });
    // 1999 × 9.975 % = 199.40.
    const quebec = await changeCart(shop, id, home('CA', 'QC', 'H2X 1Y4'));
    expect(taxes(quebec)).toEqual([
      ['GST', 1999, 100],
      ['QST', 1999, 199],
    ]);
    expect(minorOf(quebec.totals)).toMatchObject({ tax: 299, total: 2298 });
    // 1999 × 1 % = 19.99; spaces and case do not count, the code behind the range does.
    const ottawa = await changeCart(shop, id, home('CA', 'ON', 'k1p5m7'));
    expect(taxes(ottawa)).toEqual([
      ['City', 1999, 20],
      ['GST', 1999, 100],
    ]);
    expect(taxes(await changeCart(shop, id, home('CA', 'ON', 'K2A 1A1')))).toEqual([['GST', 1999, 100]]);
  });

  it('that compound are computed on the taxes before them', async () => {
    const { id } = await inCanada(['TEA', 2]);
    // 2000 × 5 % = 100; (2000 + 100) × 10 % = 210.
    const island = await changeCart(shop, id, home('CA', 'PE', 'C1A 1A1'));
    expect(taxes(island)).toEqual([
      ['GST', 2000, 100],
      ['Old PST', 2000, 210],
    ]);
    expect(minorOf(island.totals)).toMatchObject({ subtotal: 2000, tax: 310, total: 2310 });
  });

  it('follow the class of a product, and leave out what is not taxable', async () => {
    const cart = await inCanada(['TEA', 1], ['BREAD', 3], ['STAMP', 1]);
    expect(cart.lines.map(({ tax }) => tax.amount)).toEqual([50, 0, 0]);
    expect(minorOf(cart.totals)).toMatchObject({ subtotal: 3200, tax: 50, total: 3250 });
  });

  it('inside the price stay there for a VAT id that cannot be right', async () => {
    // 1999 × 10 ÷ 110 = 181.73.
    const { id, totals } = await inAustralia(['CUP', 1]);
    expect(minorOf(totals)).toMatchObject({ subtotal: 1999, tax: 182, total: 1999 });
    // Australia has no VAT ids that could be right.
    const wrong = await changeCart(shop, id, { vatId: 'AU123456789' });
    expect([wrong.taxRelief, wrong.totals.tax.amount]).toEqual([null, 182]);
  });

  it('of a business in the union go when its VAT id fits the country it is sent to', async () => {
    const answer = await shop.admin('GET', '/admin/v1/markets');
    const austria = /"id":"(mkt_[^"]+)","name":"Austria"/.exec(answer.text)?.[1] ?? '';
    expectStatus(await shop.admin('PATCH', `/admin/v1/markets/${austria}`, { hasReverseCharge: true }), 200);
    const cart = await startCart(shop, { country: 'AT', lines: lines(['CHAIR', 1]) });
    // 20 % inside 90.00 is 15.00; from 50.00 on it is sent for nothing.
    expect(minorOf(cart.totals)).toMatchObject({ subtotal: 9000, shipping: 0, tax: 1500, total: 9000 });
    const german = await changeCart(shop, cart.id, { vatId: 'DE123456789' });
    expect([german.taxRelief, german.totals.total.amount]).toEqual([null, 9000]);
    const business = await changeCart(shop, cart.id, { vatId: 'ATU12345678' });
    expect(business.taxRelief).toBe('reverse-charge');
    expect(minorOf(business.totals)).toMatchObject({ tax: 0, total: 7500 });
    expectReadded(business, await explained.of(business.id));
    const bought = expectStatus(await checkOut(shop, business.id, card), 201).as(CheckoutView);
    expect(minorOf(bought.totals)).toMatchObject({ tax: 0, total: 7500 });
  });
});

const explained = {
  of: async (cartId: string): Promise<CartExplanation> =>
    expectStatus(await shop.send('GET', `/v1/carts/${cartId}/explain`), 200).as(explainCart.answer),
};

/** Adds up every step of an explanation, and expects the totals of the cart. */
function expectReadded(cart: CartView, explanation: CartExplanation): void {
  const sum = (from: 'line' | 'shipping' | null, ...kinds: string[]): number =>
    explanation.entries
      .filter((entry) => from === null || entry.from === from)
      .flatMap(({ steps }) => steps)
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((total, { amountMinor }) => total + amountMinor, 0);
  const used = (kind: string): number =>
    explanation.payments
      .filter(({ key }) => key.startsWith(`${kind}:`))
      .reduce((total, { usedMinor }) => total + usedMinor, 0);
  const total = sum(null, 'price', 'tax-relief', 'discount', 'tax-on-top');
  expect({
    subtotal: sum('line', 'price', 'tax-relief'),
    discount: -sum('line', 'discount') + 0,
    shipping: sum('shipping', 'price', 'tax-relief', 'discount'),
    shippingDiscount: -sum('shipping', 'discount') + 0,
    tax: sum(null, 'tax-inside', 'tax-on-top'),
    total,
    giftCards: used('gift'),
    storeCredit: used('credit'),
    due: total - used('gift') - used('credit'),
  }).toEqual(minorOf(cart.totals));
  for (const line of cart.lines) {
    const entry = explanation.entries.find(({ key }) => key === line.id);
    const own = entry?.steps
      .filter(({ kind }) => ['price', 'tax-relief', 'discount'].includes(kind))
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(own).toBe(line.total.amount);
  }
}

describe('the explanation of a cart', () => {
  beforeAll(() =>
    addShippingRate(shop, {
      marketId: markets.au,
      name: 'Parcel',
      prices: [aud(800)],
      steps: [{ fromGrams: 2_000, prices: [aud(1200)] }],
      zones: [{ country: 'AU', region: 'NSW' }],
    }),
  );
  const everything = (cart: Promise<CartView>) => cart.then(async (one) => [one, await explained.of(one.id)] as const);

  it.each([
    ['with a single thing', () => inSwitzerland(['CUP', 1])],
    ['with tiers and taxes inside', () => inSwitzerland(['TEA', 7], ['CUP', 3], ['BREAD', 1])],
    [
      'with two taxes on top',
      async () => changeCart(shop, (await inCanada(['CUP', 3], ['BREAD', 7], ['STAMP', 2])).id, home('CA', 'QC')),
    ],
    ['with a compound tax', async () => changeCart(shop, (await inCanada(['CUP', 7])).id, home('CA', 'PE'))],
    [
      'that is sent by weight',
      async () => changeCart(shop, (await inAustralia(['CUP', 7], ['TEA', 1])).id, home('AU', 'NSW')),
    ],
    [
      'with promotions, a gift card and store credit',
      async () => {
        const offers: z.input<typeof PromotionDraft>['offer'][] = [
          { kind: 'percent-off-order', rate: '0.07', includesShipping: true },
          { kind: 'fixed-off-each-item', amounts: [aud(33)], items: { variantIds: [variants.tea] } },
          { kind: 'buy-x-get-y', buy: { quantity: 1 }, get: { quantity: 1, rate: '0.333' } },
          { kind: 'percent-off-shipping', rate: '0.5' },
        ];
        for (const [index, offer] of offers.entries())
          await addPromotion(shop, { title: `Offer ${index}`, codes: [`EXPLAIN-${index}`], priority: index, offer });
        const { code } = await issueGiftCard(shop, { amount: aud(1234) });
        const { id } = await inAustralia(['CUP', 5], ['TEA', 4], ['BREAD', 3]);
        await payIn(shop, 'cus_1', aud(321));
        await setCustomer(shop, id, { customerId: 'cus_1' });
        const cart = await changeCart(shop, id, {
          ...home('AU', 'NSW', '2000'),
          discountCodes: offers.map((_, index) => `EXPLAIN-${index}`),
          giftCards: [code],
          useStoreCredit: true,
        });
        expect(cart.discounts).toHaveLength(4);
        expect(cart.totals).toMatchObject({ giftCards: aud(1234), storeCredit: aud(321) });
        return cart;
      },
    ],
  ])('%s adds up to its totals', async (_, make) => {
    const [cart, explanation] = await everything(make());
    expectReadded(cart, explanation);
  });
});
