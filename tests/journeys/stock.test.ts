/**
 * Stock that is not simply counted, over HTTP with every Worker real: variants that nobody counts, bundles that take units of
 * others, and counts that find less than is promised.
 */
import { describe, expect, it } from 'vitest';
import { Product as Shown } from '../../shared/contracts/catalog/products.ts';
import { listStock, readShortfall } from '../../shared/contracts/inventory/http.ts';
import { act, ask, putAt, readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { money, putUpVariant } from './merchant.ts';
import { buy, card, checkOut, fillCart, journeyOfFile, orderOf, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();
const price = money(1000);

async function bought(sku: string, quantity: number) {
  const checkout = await buy(shop, { sku, quantity });
  return { orderId: orderOf(checkout).id, lineId: checkout.lines[0]?.id ?? '' };
}
const refusedAtCheckout = async (sku: string, quantity: number) =>
  expectProblem(await checkOut(shop, (await fillCart(shop, { sku, quantity })).id, card), 'insufficient-stock');
const shortfallOf = async (sku: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/inventory/${sku}/shortfall`), 200).as(readShortfall.answer);
const count = async (sku: string, onHand: number, ifOnHand: number, locationId = 'loc_main') =>
  expectStatus(
    await shop.admin('POST', `/admin/v1/inventory/${sku}/adjustments`, {
      onHand,
      ifOnHand,
      locationId,
      reason: 'Count',
    }),
    200,
  );

describe('a variant that nobody counts', () => {
  it('always sells, ships, comes back and is canceled', async () => {
    await putUpVariant(shop, 'ENDLESS', { price, quantity: 0, tracked: false });
    const { orderId, lineId } = await bought('ENDLESS', 500);
    expect(await stockOf(shop, 'ENDLESS')).toMatchObject({ tracked: false, onHand: 0, committed: 0, shortfall: 0 });
    await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 200 }] });
    expect((await act(shop, 201, orderId, '/fulfillments', {})).fulfillmentStatus).toBe('fulfilled');
    const back = { lines: [{ lineId, quantity: 3 }], approve: true };
    const { returns } = await act(shop, 201, orderId, '/returns', back);
    const received = await act(shop, 201, orderId, `/returns/${returns[0]?.id}/receipts`, {});
    expect(received).toMatchObject({ returns: [{ status: 'received' }] });
    const other = await bought('ENDLESS', 2);
    expect((await act(shop, 200, other.orderId, '/cancel', {})).status).toBe('canceled');
  });

  it('may be digital, and needs no shipping', async () => {
    await putUpVariant(shop, 'DIGITAL', { price, quantity: 0, tracked: false, requiresShipping: false });
    const { orderId } = await bought('DIGITAL', 3);
    expect((await act(shop, 201, orderId, '/fulfillments', {})).fulfillmentStatus).toBe('fulfilled');
  });
});

describe('a bundle', () => {
  it('takes the units of its components when it is bought, ships them, and gives them back', async () => {
    await putUpVariant(shop, 'PART-A', { price, quantity: 5 });
    await putUpVariant(shop, 'PART-B', { price, quantity: 9 });
    const components = [
      { sku: 'PART-A', quantity: 2 },
      { sku: 'PART-B', quantity: 1 },
    ];
    await putUpVariant(shop, 'KIT', { price, quantity: 0, components });
    await refusedAtCheckout('KIT', 3);
    const { orderId, lineId } = await bought('KIT', 2);
    expect([await stockOf(shop, 'PART-A'), await stockOf(shop, 'PART-B')]).toMatchObject([
      { committed: 4, available: 1 },
      { committed: 2, available: 7 },
    ]);
    await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    expect([await stockOf(shop, 'PART-A'), await stockOf(shop, 'PART-B')]).toMatchObject([
      { onHand: 3, committed: 2 },
      { onHand: 8, committed: 1 },
    ]);
    await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(await stockOf(shop, 'PART-A')).toMatchObject({ onHand: 3, committed: 0, available: 3 });
    await refusedAtCheckout('KIT', 2);
    // The page follows a moment later.
    await until(
      async () => (await shop.send('GET', '/v1/products/kit')).as(Shown),
      ({ variants }) => variants[0]?.available === 1,
    );
  });
});

describe('a count that finds less than is promised', () => {
  it('is recorded, names the orders it touches, and nothing more is sold until goods arrive', async () => {
    await putUpVariant(shop, 'BROKEN', { price, quantity: 5 });
    const first = await bought('BROKEN', 3);
    const second = await bought('BROKEN', 2);
    await count('BROKEN', 2, 5);
    expect(await stockOf(shop, 'BROKEN')).toMatchObject({ onHand: 2, committed: 5, available: -3, shortfall: 3 });
    expect(await shortfallOf('BROKEN')).toMatchObject({
      shortfall: 3,
      promises: [
        { orderId: second.orderId, quantity: 2, short: 2 },
        { orderId: first.orderId, quantity: 3, short: 1 },
      ],
    });
    await refusedAtCheckout('BROKEN', 1);
    expectProblem(await ask(shop, first.orderId, '/fulfillments', {}), 'insufficient-stock');
    await act(shop, 201, first.orderId, '/fulfillments', { lines: [{ lineId: first.lineId, quantity: 2 }] });
    await act(shop, 200, second.orderId, '/cancel', {});
    expect(await shortfallOf('BROKEN')).toMatchObject({
      shortfall: 1,
      promises: [{ orderId: first.orderId, short: 1 }],
    });
    await count('BROKEN', 2, 0);
    expect(await shortfallOf('BROKEN')).toMatchObject({ shortfall: 0, promises: [] });
    await bought('BROKEN', 1);
    expect((await readOrder(shop, first.orderId)).fulfillmentStatus).toBe('partially-fulfilled');
  });

  it('at one place takes nothing from its neighbor, and is found in the list of stock', async () => {
    expectStatus(await shop.admin('POST', '/admin/v1/locations', { id: 'loc_neighbor', name: 'Next door' }), 201);
    await putUpVariant(shop, 'TWO-PLACES', { price, quantity: 4 });
    await bought('TWO-PLACES', 4);
    await putAt(shop, 'TWO-PLACES', 'loc_neighbor', 3);
    await count('TWO-PLACES', 1, 4);
    expect(await stockOf(shop, 'TWO-PLACES')).toMatchObject({
      shortfall: 3,
      locations: [
        { locationId: 'loc_main', available: -3, shortfall: 3 },
        { locationId: 'loc_neighbor', available: 3, shortfall: 0 },
      ],
    });
    await until(
      async () => (await shop.send('GET', '/v1/products/two-places')).as(Shown),
      ({ variants }) => variants[0]?.available === 3,
    );
    await refusedAtCheckout('TWO-PLACES', 4);
    await bought('TWO-PLACES', 3);
    const short = await until(
      async () => (await shop.admin('GET', '/admin/v1/inventory?shortfall=true')).as(listStock.answer),
      ({ items }) => items.some(({ sku }) => sku === 'TWO-PLACES'),
    );
    expect(short.items.every(({ shortfall }) => shortfall > 0)).toBe(true);
  });
});
