/** Edits with prices by hand, and with goods that the catalogue does not have. */
import { describe, expect, test } from 'vitest';
import type { CustomGoods } from '../../../shared/quoting/by-hand.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { fulfillAll, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const byHand = (amountMinor: number, at = 1) => {
  return { price: { kind: 'price', amountMinor }, reason: 'Promised by phone', actor: 'key:admin', at } as const;
};
const engraving: CustomGoods = {
  ...{ title: 'Engraving', sku: 'CUSTOM', currency: 'EUR', amountMinor: 1000, taxClass: 'services' },
  ...{ isTaxable: true, requiresShipping: false, weightGrams: 0 },
};

describe('an edit by hand', () => {
  test('of a line asks pricing for that price, says who and why, and is named by it', async () => {
    const order = given();
    const lines = [{ lineId: 'lin_1', quantity: 3, byHand: byHand(1000) }];
    const preview = await order.preview({ lines, added: [] });
    const other = { lines: [{ lineId: 'lin_1', quantity: 3, byHand: byHand(900) }], added: [] };
    const token = String(preview.body.token);
    expect(await order.ask({ type: 'edit', ...other, token })).toMatchObject({ body: { code: 'edit-changed' } });
    // The same change a moment later is the same edit.
    const later = [{ lineId: 'lin_1', quantity: 3, byHand: byHand(1000, 2) }];
    const edited = await order.ask({ type: 'edit', lines: later, added: [], token });
    expect(edited).toMatchObject({
      status: 201,
      body: { lines: [{ priceByHand: { reason: 'Promised by phone', by: 'key:admin' } }, { priceByHand: null }] },
    });
    expect(order.quoted.at(-1)?.cart.lines[0]).toMatchObject({ handPrice: { kind: 'price', amountMinor: 1000 } });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'edit', text: 'Promised by phone' });
    // A later edit keeps the price, and says nothing of it anew.
    await order.edit({ lines: [{ lineId: 'lin_2', quantity: 1 }], added: [] });
    expect(order.quoted.at(-1)?.cart.lines[0]).toMatchObject({ handPrice: { kind: 'price', amountMinor: 1000 } });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'edit', text: null });
  });

  test('of the whole order asks pricing for its discount, says who and why, and is named by it', async () => {
    const order = given();
    const discountByHand = (amountMinor: number, at = 1) => {
      const who = { reason: 'Late parcel', actor: 'key:admin', at };
      return { lines: [], added: [], discountByHand: { discount: { kind: 'off', amountMinor } as const, ...who } };
    };
    const token = String((await order.preview(discountByHand(500))).body.token);
    expect(await order.ask({ type: 'edit', ...discountByHand(400), token })).toMatchObject({
      body: { code: 'edit-changed' },
    });
    const edited = await order.ask({ type: 'edit', ...discountByHand(500, 2), token });
    const shown = { amount: { amount: 500, currency: 'EUR' }, rate: null, reason: 'Late parcel', by: 'key:admin' };
    expect(edited).toMatchObject({ status: 201, body: { discountByHand: shown } });
    expect(order.quoted.at(-1)?.cart.handDiscount).toEqual({ kind: 'off', amountMinor: 500 });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'edit', text: 'Late parcel' });
    // A later edit keeps it, and says nothing of it anew, until one takes it away.
    await order.edit({ lines: [{ lineId: 'lin_2', quantity: 1 }], added: [] });
    expect(order.quoted.at(-1)?.cart.handDiscount).toEqual({ kind: 'off', amountMinor: 500 });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'edit', text: null });
    const without = await order.edit({ lines: [], added: [], discountByHand: null });
    expect(without).toMatchObject({ status: 201, body: { discountByHand: null } });
    expect(order.quoted.at(-1)?.cart.handDiscount).toBeUndefined();
  });

  test('adds goods that the catalogue does not have, with their tax class; they ship without stock', async () => {
    const order = given();
    const added = [{ custom: engraving, quantity: 2, byHand: byHand(1000) }];
    const edited = await order.edit({ lines: [], added });
    expect(edited.body).toMatchObject({
      lines: [{}, {}, { title: 'Engraving', sku: 'CUSTOM', quantity: 2, priceByHand: { reason: 'Promised by phone' } }],
    });
    expect(order.quoted.at(-1)?.cart.lines[2]).toMatchObject({ taxClass: 'services', unitPriceMinor: 1000 });
    expect(order.shop.asked).not.toContain('hold');
    expect((await order.ask({ ...fulfillAll, isUnpaidFine: true })).body).toMatchObject({
      fulfillmentStatus: 'fulfilled',
    });
  });
});
