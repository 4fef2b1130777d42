/** Units that are gift cards: whatever takes them back takes back their cards first, and nobody gets money and keeps a card. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import type { OrderCommand } from '../service/order-commands.ts';
import { fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';
import type { Luck } from '../testing/shop.ts';

/** Three gift cards of 25.00, each paid with 22.50, and two sets. */
const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'immediate', [], true);
const paidMinor = 2250;
const refundUnits = (quantity: number, amountMinor?: number) =>
  refundOf({ lines: [{ lineId: 'lin_1', quantity, amountMinor }] });
const cancel = { type: 'cancel', note: null } as const;
const voidedUnits = (order: TestOrder) =>
  [...order.shop.voided.values()].flat().reduce((sum, { quantity }) => sum + quantity, 0);

describe('gift cards that are sold', () => {
  test('are taken back before their money goes back', async () => {
    const order = given();
    expect((await order.ask(refundUnits(2))).status).toBe(201);
    expect(order.shop.asked.filter((what) => what !== 'release')).toEqual(['void-cards', 'refund']);
    expect([...order.shop.voided.values()]).toEqual([
      [
        {
          ...{ lineId: 'lin_1', quantity: 2, soldQuantity: 3, unitPrice: { amount: 2500, currency: 'EUR' } },
          backMinor: 2 * paidMinor,
        },
      ],
    ]);
    expect(order.told.at(-1)?.data).toMatchObject({ lines: [{ giftCards: 1, voidedGiftCards: 2 }, {}] });
    // The next unit is another one of those that were sold.
    await order.ask(refundUnits(1));
    expect([...order.shop.voided.values()].at(-1)).toMatchObject([{ quantity: 1, soldQuantity: 3 }]);
  });

  test('that are spent are not paid back, and the refund says what is left', async () => {
    const order = given();
    order.shop.spentMinor.set('lin_1', 1000);
    const refused = await order.ask(refundUnits(1));
    const max = { amount: 1500, currency: 'EUR' };
    expect(refused).toMatchObject({ status: 409, body: { code: 'gift-card-spent', lineId: 'lin_1', max } });
    expect([order.shop.refundedMinor, order.shop.voided.size, order.state.refunds]).toEqual([0, 0, []]);
    expect((await order.ask(refundUnits(1, 1500))).status).toBe(201);
    expect([order.shop.refundedMinor, voidedUnits(order)]).toEqual([1500, 1]);
  });

  test.each<[string, readonly OrderCommand[], number]>([
    ['a cancellation', [cancel], 3],
    ['a cancellation that keeps the money', [{ ...cancel, isRefunded: false }], 3],
    ['a refund of shipped units', [fulfillAll, refundUnits(2)], 2],
    ['a return', [fulfillAll, returnOf(2), receiptOf('ret_2')], 2],
    ['a refund of goods', [refundOf({ lines: [{ lineId: 'lin_2', quantity: 1 }] })], 0],
    ['a refund of an amount', [refundOf({ otherMinor: 500 })], 0],
  ])('are taken back by %s where it takes units back', async (_what, commands, units) => {
    const order = given();
    for (const command of commands) expect((await order.ask(command)).status).toBeLessThan(300);
    expect(voidedUnits(order)).toBe(units);
  });

  test('are taken back by an edit that removes units, and one that adds some sells new ones', async () => {
    const order = given();
    await order.edit({ lines: [{ lineId: 'lin_1', quantity: 1 }], added: [] });
    expect(voidedUnits(order)).toBe(2);
    await order.edit({ lines: [{ lineId: 'lin_1', quantity: 2 }], added: [] });
    expect(order.told.at(-1)?.data).toMatchObject({ lines: [{ giftCards: 2, voidedGiftCards: 2 }, {}] });
  });

  test('keep their price: an edit by hand would leave their cards worth another', async () => {
    const byHand = {
      price: { kind: 'price', amountMinor: 100 },
      reason: 'Cheaper',
      actor: 'key:admin',
      at: 1,
    } as const;
    const refused = await given().edit({ lines: [{ lineId: 'lin_1', quantity: 3, byHand }], added: [] });
    expect(refused).toMatchObject({ status: 409, body: { code: 'wrong-state', subject: 'line' } });
  });

  test('stay with their owner where the money does not go back', async () => {
    const order = given();
    order.shop.refundAnswer = 'declined';
    expect((await order.ask(refundUnits(2))).status).toBe(409);
    expect([order.shop.voided.size, order.shop.refundedMinor]).toEqual([0, 0]);
    expect(order.told.at(-1)?.data).not.toMatchObject({ lines: [{ voidedGiftCards: 2 }] });
  });

  test('are taken back with their money or not at all, wherever it breaks', async () => {
    const commands: readonly OrderCommand[] = [refundUnits(2), cancel, refundUnits(1, 100)];
    for (const command of commands)
      for (const answer of ['refunded', 'declined'] as const)
        for (const luck of ['lost', 'mute'] as const satisfies Luck[])
          for (let call = 0; call < 5; call += 1) {
            const order = given();
            order.shop.refundAnswer = answer;
            order.shop.luck = [...Array.from({ length: call }, (): Luck => 'fine'), luck];
            await order.ask(command, 'key');
            order.restart();
            await order.settle();
            const isPaidBack = order.shop.refundedMinor > 0;
            expect([command.type, answer, luck, call, voidedUnits(order) > 0]).toEqual([
              ...[command.type, answer, luck, call, isPaidBack],
            ]);
          }
  });
});
