/** What things cost where, and what sending them does: price lists and shipping rates, worked out by hand for carts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CartView, listShippingOptions } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { expectProblem, expectStatus } from './client.ts';
import { addPriceList, addShippingRate, changeCart, minorOf } from './merchant.ts';
import { card, checkOut, inTime, journeyOfFile, stockOf, until, untilAfter } from './shopping.ts';
import { aud, cartsIn, chf, home, openThreeMarkets, type ThreeMarkets } from './three-markets.ts';

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

const shop = journeyOfFile();
let markets: ThreeMarkets['markets'];
let variants: ThreeMarkets['variants'];
beforeAll(async () => {
  ({ markets, variants } = await openThreeMarkets(shop));
});

const inSwitzerland = cartsIn(shop, 'CH');
const inCanada = cartsIn(shop, 'CA');
const inAustralia = cartsIn(shop, 'AU');

const unitPrices = ({ lines: all }: CartView) =>
  all.map(({ unitPrice, compareAtPrice }) => [unitPrice.amount, compareAtPrice?.amount ?? null]);

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
    const soon = { name: 'Soon', marketIds: [markets.ch], priority: 1, startsAt: inSeconds(3_600), endsAt: null };
    await addPriceList(shop, soon, [{ variantId: variants.cup, currency: 'CHF', amount: 1 }]);
    const [end, cart] = await inTime(async (endsAt) => {
      const sale = { name: 'Sale', marketIds: [markets.ch], priority: 10, startsAt: inSeconds(-60), endsAt };
      const sold = { variantId: variants.cup, currency: 'CHF', amount: 1499, compareAtAmount: 1999 } as const;
      await addPriceList(shop, sale, [sold]);
      return inSwitzerland(['CUP', 2]);
    });
    expect(unitPrices(cart)).toEqual([[1499, 1999]]);
    expect(cart.totals.subtotal).toEqual(chf(2998));
    await untilAfter(end);
    expect(unitPrices(await inSwitzerland(['CUP', 2]))).toEqual([[1999, null]]);
    const late = expectProblem(await checkOut(shop, cart.id, card), 'price-changed');
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
    const bought = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    expect(bought.shippingOption).toMatchObject({ id: pickup, isPickup: true });
  });

  it('to an address that no rate serves is refused at the checkout, with the facts, and holds nothing', async () => {
    const { available } = await stockOf(shop, 'CHAIR');
    const { id } = await inAustralia(['CHAIR', 1]);
    const perth = await changeCart(shop, id, home('AU', 'WA', '6000'));
    expect(await optionsOf(perth)).toEqual([]);
    const refused = expectProblem(await checkOut(shop, id, card), 'no-shipping-rate');
    expect(refused).toMatchObject({ country: 'AU' });
    expect((await stockOf(shop, 'CHAIR')).available).toBe(available);
    await changeCart(shop, id, home('AU', 'NSW', '2000'));
    expectStatus(await checkOut(shop, id, card), 201);
  });
});

describe('what a market asks of an order', () => {
  it('is shown in the cart and refused at the checkout, and holds nothing', async () => {
    const variantMaximums = [{ items: { variantIds: [variants.tea] }, quantityMax: 3 }];
    const orderMinimums = [{ amount: 2_500, currency: 'CAD' }];
    const path = `/admin/v1/markets/${markets.ca}`;
    expectStatus(await shop.admin('PATCH', path, { orderMinimums, variantMaximums }), 200);
    const before = (await stockOf(shop, 'TEA')).available;

    const small = await until(
      () => inCanada(['TEA', 2]),
      ({ orderObstacles }) => orderObstacles.length > 0,
    );
    const minimum = { amount: 2_500, currency: 'CAD' };
    const subtotal = { amount: 2_000, currency: 'CAD' };
    expect(small.orderObstacles).toEqual([{ code: 'below-order-minimum', minimum, subtotal }]);
    const atHome = await changeCart(shop, small.id, home('CA', 'ON', 'K1A 0A1'));
    const refused = expectProblem(await checkOut(shop, atHome.id, card), 'below-order-minimum');
    expect(refused).toMatchObject({ minimum, subtotal, errors: [{ pointer: '/lines' }] });

    const large = await changeCart(shop, (await inCanada(['TEA', 4])).id, home('CA', 'ON', 'K1A 0A1'));
    expect(large.orderObstacles).toMatchObject([{ code: 'above-order-maximum', quantity: 4, quantityMax: 3 }]);
    const tooMany = expectProblem(await checkOut(shop, large.id, card), 'above-order-maximum');
    expect(tooMany.errors).toMatchObject([{ pointer: '/lines/0/quantity' }]);
    expect((await stockOf(shop, 'TEA')).available).toBe(before);

    const right = await changeCart(shop, (await inCanada(['TEA', 3])).id, home('CA', 'ON', 'K1A 0A1'));
    expect(right.orderObstacles).toEqual([]);
    expectStatus(await checkOut(shop, right.id, card), 201);
    expectStatus(await shop.admin('PATCH', path, { orderMinimums: [], variantMaximums: [] }), 200);
  });
});
