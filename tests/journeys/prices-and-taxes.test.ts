/**
 * What things cost where: price lists, tax zones and shipping rates as a merchant sets them up, worked out by hand for carts
 * in each place; and the explanation of a cart, whose steps must add up to its totals to the cent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { CartView, explainCart, listShippingOptions } from '../../shared/contracts/cart-http.ts';
import { CheckoutView } from '../../shared/contracts/orders-http.ts';
import type { CartExplanation } from '../../shared/contracts/pricing-explanation.ts';
import type { PromotionDraft } from '../../shared/contracts/pricing-promotions.ts';
import { expectProblem, expectStatus } from './client.ts';
import {
  addPriceList,
  addPromotion,
  addShippingRate,
  addTaxRate,
  changeCart,
  issueGiftCard,
  minorOf,
  money,
  openMarket,
  putUpVariant,
  startCart,
} from './merchant.ts';
import { checkOut, type Journey, manual, pause, startJourney, stockOf } from './shopping.ts';

const chf = (amount: number) => money(amount, 'CHF');
const cad = (amount: number) => money(amount, 'CAD');
const aud = (amount: number) => money(amount, 'AUD');
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

let shop: Journey;
/** Ids of markets. */
const markets = { ch: '', ca: '', au: '' };
const variants = { tea: '', cup: '', chair: '', bread: '' };

beforeAll(async () => {
  shop = await startJourney();
  const open = async (name: string, country: string, currency: 'CHF' | 'CAD' | 'AUD', more: object) =>
    (
      await openMarket(shop, {
        name,
        countries: [country],
        currencies: [currency],
        taxRate: '0',
        pricesIncludeTax: false,
        ...more,
      })
    ).id;
  markets.ch = await open('Switzerland', 'CH', 'CHF', { taxRate: '0.08', pricesIncludeTax: true });
  markets.ca = await open('Canada', 'CA', 'CAD', {});
  markets.au = await open('Australia', 'AU', 'AUD', {
    taxRate: '0.10',
    pricesIncludeTax: true,
    hasReverseCharge: true,
  });
  const everywhere = (amount: number) => ({ price: money(amount), prices: [chf(amount), cad(amount), aud(amount)] });
  variants.tea = await putUpVariant(shop, 'TEA', { ...everywhere(1000), weightGrams: 100 });
  variants.cup = await putUpVariant(shop, 'CUP', { ...everywhere(1999), weightGrams: 400 });
  variants.chair = await putUpVariant(shop, 'CHAIR', {
    ...everywhere(9000),
    weightGrams: 9_000,
    shippingProfile: 'bulky',
  });
  variants.bread = await putUpVariant(shop, 'BREAD', { ...everywhere(500), weightGrams: 500, taxClass: 'food' });
  await putUpVariant(shop, 'STAMP', { ...everywhere(700), weightGrams: 1, taxable: false });
});
afterAll(async () => {
  await shop?.end();
  expect(shop.errorsLogged()).toEqual([]);
});

const lines = (...wishes: (readonly [sku: string, quantity: number])[]) =>
  wishes.map(([sku, quantity]) => ({ sku, quantity }));
const inSwitzerland = (...wishes: (readonly [string, number])[]) =>
  startCart(shop, { country: 'CH', lines: lines(...wishes) });
const inCanada = (...wishes: (readonly [string, number])[]) =>
  startCart(shop, { country: 'CA', lines: lines(...wishes) });
const inAustralia = (...wishes: (readonly [string, number])[]) =>
  startCart(shop, { country: 'AU', lines: lines(...wishes) });

const home = (country: string, region?: string, postalCode?: string) => ({
  shippingAddress: {
    address1: 'Main Street 1',
    city: 'Town',
    country,
    ...(region === undefined ? {} : { region }),
    ...(postalCode === undefined ? {} : { postalCode }),
  },
});

const unitPrices = ({ lines: all }: CartView) =>
  all.map(({ unitPrice, compareAtPrice }) => [unitPrice.amount, compareAtPrice?.amount ?? null]);
const taxes = ({ taxLines }: CartView) => taxLines.map(({ name, base, tax }) => [name, base.amount, tax.amount]);

describe('a price list', () => {
  it('of a market holds there and nowhere else, and counts the pieces for its tiers', async () => {
    await addPriceList(shop, { name: 'Swiss', marketIds: [markets.ch], priority: 50 }, [
      {
        variantId: variants.tea,
        currency: 'CHF',
        amount: 900,
        tiers: [
          { minQuantity: 10, amount: 700 },
          { minQuantity: 3, amount: 800 },
        ],
      },
    ]);
    expect(unitPrices(await inSwitzerland(['TEA', 2], ['CUP', 1]))).toEqual([
      [900, null],
      [1999, null],
    ]);
    const three = await inSwitzerland(['TEA', 3]);
    expect(unitPrices(three)).toEqual([[800, null]]);
    expect(three.totals.subtotal).toEqual(chf(2400));
    expect(unitPrices(await inSwitzerland(['TEA', 9]))).toEqual([[800, null]]);
    expect(unitPrices(await inSwitzerland(['TEA', 10]))).toEqual([[700, null]]);
    expect(unitPrices(await inCanada(['TEA', 10]))).toEqual([[1000, null]]);
  });

  it('counts the pieces of a variant on all its lines together', async () => {
    const cart = await inSwitzerland(['TEA', 2]);
    const engraved = { sku: 'TEA', quantity: 1, attributes: { label: 'For Bob' } };
    const more = await shop.send('POST', `/v1/carts/${cart.id}/lines`, { json: engraved });
    expect(unitPrices(expectStatus(more, 201).as(CartView))).toEqual([
      [800, null],
      [800, null],
    ]);
  });

  it('for a time shows what the price is compared with, and ends by itself', async () => {
    const endsAt = inSeconds(2);
    const sale = { name: 'Sale', marketIds: [markets.ch], priority: 10, startsAt: inSeconds(-60), endsAt };
    await addPriceList(shop, sale, [{ variantId: variants.cup, currency: 'CHF', amount: 1499, compareAtAmount: 1999 }]);
    const soon = { name: 'Soon', marketIds: [markets.ch], priority: 1, startsAt: inSeconds(3_600), endsAt: null };
    await addPriceList(shop, soon, [{ variantId: variants.cup, currency: 'CHF', amount: 1 }]);
    const cart = await inSwitzerland(['CUP', 2]);
    expect(unitPrices(cart)).toEqual([[1499, 1999]]);
    expect(cart.totals.subtotal).toEqual(chf(2998));
    await pause(Date.parse(endsAt) - Date.now() + 50);
    expect(unitPrices(await inSwitzerland(['CUP', 2]))).toEqual([[1999, null]]);
    const late = expectProblem(await checkOut(shop, cart.id, manual), 'price-changed');
    expect(late).toMatchObject({ total: chf(3998) });
  });

  it('that lowers everything rounds the difference, and leaves what it lists itself', async () => {
    // 15 % of 19.99 is 2.9985, rounded 3.00.
    const { id } = await addPriceList(
      shop,
      { name: 'Members', marketIds: [markets.ca], adjustment: { direction: 'down', rate: '0.15' } },
      [{ variantId: variants.tea, currency: 'CAD', amount: 950 }],
    );
    expect(unitPrices(await inCanada(['CUP', 1], ['TEA', 1]))).toEqual([
      [1699, 1999],
      [950, null],
    ]);
    expectStatus(await shop.admin('DELETE', `/admin/v1/price-lists/${id}`), 204);
    expect(unitPrices(await inCanada(['CUP', 1]))).toEqual([[1999, null]]);
  });
});

describe('taxes', () => {
  beforeAll(async () => {
    const rate = (name: string, percent: string, zone: object, more: object = {}) =>
      addTaxRate(shop, { name, rate: percent, zone: { country: 'CA', ...zone }, ...more });
    await rate('GST', '0.05', {});
    await rate('QST', '0.09975', { region: 'QC' }, { priority: 1 });
    await rate('Old PST', '0.10', { region: 'PE' }, { priority: 1, isCompound: true });
    await rate('City', '0.01', { postalCodes: [{ from: 'K1A 0A0', to: 'K1Z 9Z9' }] }, { priority: 2 });
    await rate('Food', '0', {}, { taxClass: 'food' });
  });

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
    const bought = expectStatus(await checkOut(shop, business.id, manual), 201).as(CheckoutView);
    expect(minorOf(bought.totals)).toMatchObject({ tax: 0, total: 7500 });
  });
});

describe('shipping', () => {
  const optionsOf = async ({ id }: Pick<CartView, 'id'>) =>
    expectStatus(await shop.send('GET', `/v1/carts/${id}/shipping-options`), 200)
      .as(listShippingOptions.answer)
      .items.map(({ name, price, isPickup }) => [name, price.amount, isPickup]);

  beforeAll(async () => {
    const rate = (name: string, prices: number, more: object) =>
      addShippingRate(shop, { marketId: markets.au, name, prices: [aud(prices)], ...more });
    await rate('Letter', 200, { weightMaxGrams: 500, profiles: ['default'], zones: [{ country: 'AU' }] });
    await rate('Parcel', 800, {
      profiles: ['default'],
      zones: [
        { country: 'AU', region: 'NSW' },
        { country: 'AU', postalCodes: [{ from: '3000', to: '3999' }] },
      ],
      steps: [
        { fromGrams: 2_000, prices: [aud(1200)] },
        { fromGrams: 5_000, prices: [aud(1900)] },
      ],
      freeFrom: [aud(50_000)],
    });
    await rate('Carrier', 4900, { profiles: ['default', 'bulky'], zones: [{ country: 'AU', region: 'NSW' }] });
    await rate('Pick-up', 0, { kind: 'pickup', zones: [{ country: 'AU', region: 'NSW' }] });
  });

  it('costs by weight, and ends where a rate carries no more', async () => {
    const sydney = home('AU', 'NSW', '2000');
    const light = await changeCart(shop, (await inAustralia(['TEA', 5])).id, sydney);
    expect(await optionsOf(light)).toEqual([
      ['Pick-up', 0, true],
      ['Letter', 200, false],
      ['Parcel', 800, false],
      ['Carrier', 4900, false],
    ]);
    // The cheapest that is brought, not the one that must be fetched.
    expect(light.totals.shipping).toEqual(aud(200));
    const heavier = await changeCart(shop, (await inAustralia(['CUP', 5])).id, sydney);
    expect(await optionsOf(heavier)).toEqual([
      ['Pick-up', 0, true],
      ['Parcel', 1200, false],
      ['Carrier', 4900, false],
    ]);
    const heavy = await changeCart(shop, (await inAustralia(['CUP', 13])).id, sydney);
    expect(heavy.totals.shipping).toEqual(aud(1900));
    const dear = await changeCart(shop, (await inAustralia(['CUP', 26])).id, sydney);
    expect(dear.totals.shipping).toEqual(aud(0));
  });

  it('goes where a zone says, by what can carry the goods', async () => {
    const { id } = await inAustralia(['CUP', 2]);
    const melbourne = await changeCart(shop, id, home('AU', 'VIC', '3121'));
    expect(await optionsOf(melbourne)).toEqual([['Parcel', 800, false]]);
    const chair = await changeCart(shop, (await inAustralia(['CHAIR', 1], ['TEA', 1])).id, home('AU', 'NSW', '2000'));
    expect(await optionsOf(chair)).toEqual([
      ['Pick-up', 0, true],
      ['Carrier', 4900, false],
    ]);
  });

  it('is fetched for nothing by who wants that', async () => {
    const cart = await changeCart(shop, (await inAustralia(['TEA', 1])).id, home('AU', 'NSW', '2000'));
    const options = expectStatus(await shop.send('GET', `/v1/carts/${cart.id}/shipping-options`), 200).as(
      listShippingOptions.answer,
    );
    const pickup = options.items.find(({ isPickup }) => isPickup)?.id ?? '';
    const chosen = await changeCart(shop, cart.id, { shippingOptionId: pickup });
    expect(minorOf(chosen.totals)).toMatchObject({ shipping: 0, total: 1000 });
    const bought = expectStatus(await checkOut(shop, cart.id, manual), 201).as(CheckoutView);
    expect(bought.shippingOption).toMatchObject({ id: pickup, isPickup: true });
  });

  it('to an address that no rate serves is refused at the checkout, with the facts, and holds nothing', async () => {
    const { available } = await stockOf(shop, 'CHAIR');
    const { id } = await inAustralia(['CHAIR', 1]);
    const perth = await changeCart(shop, id, home('AU', 'WA', '6000'));
    expect(await optionsOf(perth)).toEqual([]);
    const refused = expectProblem(await checkOut(shop, id, manual), 'no-shipping-rate');
    expect(refused).toMatchObject({ country: 'AU' });
    expect((await stockOf(shop, 'CHAIR')).available).toBe(available);
    await changeCart(shop, id, home('AU', 'NSW', '2000'));
    expectStatus(await checkOut(shop, id, manual), 201);
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
  const used = explanation.payments.reduce((total, { usedMinor }) => total + usedMinor, 0);
  const total = sum(null, 'price', 'tax-relief', 'discount', 'tax-on-top');
  expect({
    subtotal: sum('line', 'price', 'tax-relief'),
    discount: -sum('line', 'discount') + 0,
    shipping: sum('shipping', 'price', 'tax-relief', 'discount'),
    shippingDiscount: -sum('shipping', 'discount') + 0,
    tax: sum(null, 'tax-inside', 'tax-on-top'),
    total,
    giftCards: used,
    due: total - used,
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
      'with promotions and a gift card',
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
        const cart = await changeCart(shop, id, {
          ...home('AU', 'NSW', '2000'),
          discountCodes: offers.map((_, index) => `EXPLAIN-${index}`),
          giftCards: [code],
        });
        expect(cart.discounts).toHaveLength(4);
        expect(cart.totals.giftCards).toEqual(aud(1234));
        return cart;
      },
    ],
  ])('%s adds up to its totals', async (_, make) => {
    const [cart, explanation] = await everything(make());
    expectReadded(cart, explanation);
  });
});
