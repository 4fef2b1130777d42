/** Orders that gift cards and store credit have helped to pay: who gets what back, in which order, and what a crash leaves. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, paymentStateOf } from '../domain/order/balances.ts';
import { cardKeys, checkoutId, refundOf, TestOrder } from '../testing/orders.ts';

const totalMinor = 3375 + 6000 + 490;
const [gift, credit] = cardKeys;
const cancel = { type: 'cancel', note: null } as const;

const given = (cardsMinor: readonly number[], mode?: 'manual') =>
  new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), mode, cardsMinor);

describe('a refund of an order that cards have paid in part', () => {
  test('goes to the provider first, then to the cards, the last one first', async () => {
    const order = given([2000, 1000]);
    const capturedMinor = totalMinor - 3000;
    expect((await order.ask(refundOf({ otherMinor: capturedMinor + 1500 }))).body).toMatchObject({
      paymentStatus: 'partially-refunded',
      balances: { giftCards: { amount: 3000 }, refundable: { amount: 1500 } },
      refunds: [
        {
          amount: { amount: capturedMinor + 1500 },
          parts: [
            { to: 'payment', id: null, amount: { amount: capturedMinor } },
            { to: 'store-credit', id: null, amount: { amount: 1000 } },
            { to: 'gift-card', id: 'gft_1', amount: { amount: 500 } },
          ],
        },
      ],
    });
    expect(order.shop.asked).toEqual(['refund', 'credit', 'credit']);
    expect([order.shop.creditedMinorOf(gift), order.shop.creditedMinorOf(credit)]).toEqual([500, 1000]);
    await order.ask(refundOf({ otherMinor: 1500 }));
    expect(order.shop.creditedMinorOf(gift)).toBe(2000);
    expect(paymentStateOf(order.state)).toBe('refunded');
  });

  test('is refused with what both have paid when it is larger', async () => {
    const order = given([2000]);
    expect(await order.ask(refundOf({ otherMinor: totalMinor + 1 }))).toMatchObject({
      status: 409,
      body: { code: 'refund-too-large', max: { amount: totalMinor } },
    });
  });

  test('pays no card when the provider declines', async () => {
    const order = given([2000]);
    order.shop.refundAnswer = 'declined';
    expect(await order.ask(refundOf({ otherMinor: totalMinor }))).toMatchObject({ body: { code: 'refund-declined' } });
    expect(order.shop.asked).toEqual(['refund']);
    expect(balancesOf(order.state).refundableMinor).toBe(totalMinor);
  });

  test('that the provider has taken on is asked about for its part alone', async () => {
    const order = given([2000]);
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ otherMinor: totalMinor }));
    order.shop.refundAnswer = 'refunded';
    await order.operations.wake([checkoutId]);
    expect(order.state.refunds).toMatchObject([{ isPending: false, amountMinor: totalMinor }]);
    expect(order.shop.refundedMinor).toBe(totalMinor - 2000);
    expect(order.shop.creditedMinorOf(gift)).toBe(2000);
  });

  test('goes on after a crash with what is missing, and pays nobody twice', async () => {
    const order = given([2000, 1000]);
    order.shop.luck = ['fine', 'mute'];
    expect((await order.ask(refundOf({ otherMinor: totalMinor }))).status).toBe(202);
    expect(balancesOf(order.state).refundedMinor).toBe(0);
    order.restart();
    await order.settle();
    expect(order.shop.refundedMinor).toBe(totalMinor - 3000);
    expect([order.shop.creditedMinorOf(gift), order.shop.creditedMinorOf(credit)]).toEqual([2000, 1000]);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: totalMinor, refundableMinor: 0 });
  });

  test('waits for a card that is full, because the money is owed', async () => {
    const order = given([2000]);
    order.shop.isCardFull = true;
    expect((await order.ask(refundOf({ otherMinor: totalMinor }))).body).toMatchObject({
      operation: { kind: 'refund' },
    });
    order.shop.isCardFull = false;
    await order.settle();
    expect(order.shop.creditedMinorOf(gift)).toBe(2000);
  });
});

describe('an order that cards have paid in part and that is canceled', () => {
  test('before its capture is voided, and cards and promotions get theirs back', async () => {
    const order = given([2000], 'manual');
    expect(paymentStateOf(order.state)).toBe('partially-captured');
    expect(await order.ask(cancel)).toMatchObject({
      status: 200,
      body: { status: 'canceled', paymentStatus: 'refunded' },
    });
    expect(order.shop.asked).toEqual(['credit', 'void', 'give-back', 'release']);
    expect([...order.shop.givenBack]).toEqual([`${checkoutId} promo:pro_1`]);
  });

  test('after its capture is paid back to both', async () => {
    const order = given([2000]);
    await order.ask(cancel);
    expect(order.shop.asked).toEqual(['refund', 'credit', 'give-back', 'release']);
    expect(order.shop.refundedMinor + order.shop.creditedMinorOf(gift)).toBe(totalMinor);
  });
});

describe('an order that cards have paid whole', () => {
  test('is refunded to them, without a word to the provider', async () => {
    const order = given([20_000], 'manual');
    expect(order.state.authorizedMinor).toBe(0);
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
    expect(order.shop.asked).toEqual(['credit', 'release']);
    expect(order.shop.creditedMinorOf(gift)).toBe(1125);
  });

  test('is canceled like any other', async () => {
    const order = given([20_000]);
    expect(await order.ask(cancel)).toMatchObject({ status: 200, body: { paymentStatus: 'refunded' } });
    expect(order.shop.asked).toEqual(['credit', 'give-back', 'release']);
    expect(order.shop.creditedMinorOf(gift)).toBe(totalMinor);
  });

  test('shows what they pay of it after an edit, too', async () => {
    const order = given([20_000]);
    await order.edit({ lines: [{ lineId: 'lin_1', quantity: 1 }], added: [] });
    expect(order.shop.creditedMinorOf(gift)).toBe(2250);
    const answer = await order.ask({ type: 'note', text: 'Fewer cups.' });
    expect(answer.body).toMatchObject({ totals: { giftCards: { amount: totalMinor - 2250 }, due: { amount: 0 } } });
  });
});

describe('what an edit leaves outstanding', () => {
  test('is booked when the merchant has received it, and then nothing is owed', async () => {
    const order = given([2000]);
    await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    expect(balancesOf(order.state).outstandingMinor).toBe(1125);
    expect(await order.ask({ type: 'collect', amountMinor: 1126, note: null })).toMatchObject({
      status: 409,
      body: { code: 'payment-too-large', max: { amount: 1125 } },
    });
    const answer = await order.ask({ type: 'collect', amountMinor: 1125, note: 'Paid in cash.' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        balances: { outstanding: { amount: 0 }, received: { amount: 1125 } },
        receivedPayments: [{ id: 'pay_2', amount: { amount: 1125 } }],
      },
    });
    expect([...order.shop.received.values()]).toEqual([1125]);
    expect(order.told.slice(-2)).toMatchObject([
      { type: 'orders.payment-captured.v1', data: { amount: { amount: 1125 } } },
      { type: 'orders.order-paid.v1', data: { status: 'paid', outstanding: { amount: 0 } } },
    ]);
  });

  test('is booked once, whatever is lost on the way', async () => {
    const order = given([]);
    await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    order.shop.luck = ['mute', 'lost'];
    await order.ask({ type: 'collect', amountMinor: 1125, note: null });
    order.restart();
    await order.settle();
    expect(order.state.received).toMatchObject([{ amountMinor: 1125 }]);
    expect([...order.shop.received.values()]).toEqual([1125]);
  });

  test('goes back by hand after what the provider has, and before the cards', async () => {
    const order = given([2000]);
    await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    await order.ask({ type: 'collect', amountMinor: 1125, note: null });
    order.shop.asked.length = 0;
    await order.ask(cancel);
    expect(order.shop.asked.slice(0, 3)).toEqual(['refund', 'repay', 'credit']);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: totalMinor + 1125, refundableMinor: 0 });
  });

  test('is nothing once the order is canceled', async () => {
    const order = given([]);
    await order.ask(cancel);
    expect(await order.ask({ type: 'collect', amountMinor: 1, note: null })).toMatchObject({
      body: { code: 'wrong-state', state: 'canceled' },
    });
  });
});
