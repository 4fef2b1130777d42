/** What is done at the provider without the shop's doing: it reaches the order, and no money is kept or promised because of it. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, paymentStateOf } from '../domain/order/balances.ts';
import { refundedUnitsOf, unshippedOf } from '../domain/order/order.ts';
import { checkoutId, fulfillAll, refundOf, TestOrder } from '../testing/orders.ts';

const given = (cardsMinor: readonly number[] = []) =>
  new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'immediate', cardsMinor);
const { totalMinor } = balancesOf(given().state);

async function givenFailedRefund(amountMinor: number): Promise<TestOrder> {
  const order = given();
  await order.ask(refundOf({ otherMinor: amountMinor }));
  for (const key of order.shop.refunds.keys()) order.shop.failedRefunds.add(key);
  return order;
}

const held = ({ shop }: TestOrder) => shop.capturedMinor - shop.refundedMinor - shop.chargedBackMinor;
const lastEntries = (order: TestOrder) => order.timeline().slice(-2);

describe('a refund that was done and fails later at the provider', () => {
  test('does not count any more, and the timeline and the outside are told', async () => {
    const order = await givenFailedRefund(600);
    await order.operations.observePayment(checkoutId);
    expect(order.state.refunds).toEqual([]);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: 0, refundableMinor: totalMinor });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'settle-refund', failure: { code: 'refund-declined' } });
    expect(order.told.at(-1)).toMatchObject({ type: 'orders.refund-declined.v1', data: { refunded: { amount: 0 } } });
  });

  test('is given back by a cancel that comes before the news', async () => {
    const order = await givenFailedRefund(600);
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({ status: 200 });
    expect(held(order)).toBe(0);
  });

  test('of a canceled order can be made again', async () => {
    const order = given();
    await order.ask({ type: 'cancel', note: null });
    for (const key of order.shop.refunds.keys()) order.shop.failedRefunds.add(key);
    await order.operations.observePayment(checkoutId);
    expect(await order.ask(refundOf({ otherMinor: totalMinor }))).toMatchObject({ status: 201 });
    expect(held(order)).toBe(0);
    expect(await order.ask(refundOf({ otherMinor: 1 }))).toMatchObject({ status: 409 });
  });

  test('and another one that stands are told apart', async () => {
    const order = await givenFailedRefund(600);
    await order.ask(refundOf({ otherMinor: 250 }));
    expect(order.state.refunds).toMatchObject([{ amountMinor: 250 }]);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: 250, refundedElsewhereMinor: 0 });
  });
});

describe('a refund that was made by hand at the provider', () => {
  test('counts as refunded, is told, and leaves only the rest to give back', async () => {
    const order = given();
    order.shop.refundedByHandMinor = 700;
    await order.operations.observePayment(checkoutId);
    expect(balancesOf(order.state)).toMatchObject({
      refundedMinor: 700,
      refundedElsewhereMinor: 700,
      refundableMinor: totalMinor - 700,
      outstandingMinor: 0,
    });
    expect(paymentStateOf(order.state)).toBe('partially-refunded');
    expect(order.told).toMatchObject([
      {
        type: 'orders.payment-observed.v1',
        data: {
          ...{ refunded: { amount: 700 }, refundedElsewhere: { amount: 700 }, paymentStatus: 'partially-refunded' },
          refundsElsewhere: [{ ref: 're_hand', amount: { amount: 700 }, refundedAt: '2027-01-15T08:08:20.000Z' }],
        },
      },
    ]);
    expect(order.timeline().at(-1)).toMatchObject({
      action: 'refund-at-provider',
      actor: 'provider',
      amount: { amount: -700 },
    });
    expect(await order.ask(refundOf({ otherMinor: totalMinor }))).toMatchObject({
      status: 409,
      body: { code: 'refund-too-large', max: { amount: totalMinor - 700 } },
    });
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({ status: 200 });
    expect(held(order)).toBe(0);
  });

  test('leaves the share of gift cards for the cards', async () => {
    const order = given([500]);
    order.shop.refundedByHandMinor = order.shop.capturedMinor;
    await order.ask({ type: 'cancel', note: null });
    expect(order.state.refunds).toMatchObject([{ amountMinor: 500, parts: [{ to: 'card', amountMinor: 500 }] }]);
  });

  test('is told once, however often the news comes', async () => {
    const order = given();
    order.shop.refundedByHandMinor = 700;
    await order.operations.observePayment(checkoutId);
    const { length } = order.timeline();
    await order.operations.observePayment(checkoutId);
    expect(order.timeline()).toHaveLength(length);
    expect(order.told).toHaveLength(1);
  });

  test('that fails again is told', async () => {
    const order = given();
    order.shop.refundedByHandMinor = 700;
    await order.operations.observePayment(checkoutId);
    order.shop.refundedByHandMinor = 0;
    await order.operations.observePayment(checkoutId);
    expect(lastEntries(order)).toMatchObject([
      { action: 'refund-at-provider' },
      { action: 'refund-failed-at-provider', amount: { amount: 700 } },
    ]);
    expect(balancesOf(order.state).refundableMinor).toBe(totalMinor);
  });
});

describe('a dispute', () => {
  test('takes its money from what can be refunded, and gives it back when it is won', async () => {
    const order = given();
    order.shop.dispute(800);
    await order.operations.observePayment(checkoutId);
    expect(balancesOf(order.state)).toMatchObject({ chargedBackMinor: 800, refundableMinor: totalMinor - 800 });
    order.shop.turnDisputes({ status: 'won', funds: 'reinstated' });
    await order.operations.observePayment(checkoutId);
    expect(balancesOf(order.state)).toMatchObject({ chargedBackMinor: 0, refundableMinor: totalMinor });
    expect(lastEntries(order)).toMatchObject([
      { action: 'dispute', amount: { amount: -800 } },
      { action: 'dispute-won', amount: { amount: 800 } },
    ]);
  });

  test('of all the money keeps the goods here, and the order can be canceled', async () => {
    const order = given();
    order.shop.dispute(totalMinor);
    await order.operations.observePayment(checkoutId);
    expect(await order.ask(fulfillAll)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', subject: 'payment', state: 'disputed' },
    });
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({ status: 200, body: { refunds: [] } });
  });
});

describe('the story of a dispute', () => {
  const told = (order: TestOrder) =>
    order
      .timeline()
      .flatMap(({ action, amount, subjectId, actor }) =>
        actor === 'provider' ? [[action, amount?.amount ?? 0, subjectId]] : [],
      );

  test('tells when its money was withdrawn and given back, which is not when it began and ended', async () => {
    const order = given();
    const { shop, operations } = order;
    shop.dispute(800, { funds: 'kept' });
    await operations.observePayment(checkoutId);
    expect(balancesOf(order.state)).toMatchObject({ chargedBackMinor: 0, refundableMinor: totalMinor });
    for (const facts of [{ funds: 'withdrawn' }, { status: 'won' }, { funds: 'reinstated' }] as const) {
      shop.turnDisputes(facts);
      for (const _again of [1, 2]) await operations.observePayment(checkoutId);
      expect(balancesOf(order.state).refundableMinor).toBe(held(order));
    }
    expect(told(order)).toEqual([
      ['dispute', 0, 'dp_1'],
      ['dispute-funds-withdrawn', -800, 'dp_1'],
      ['dispute-won', 0, 'dp_1'],
      ['dispute-funds-reinstated', 800, 'dp_1'],
    ]);
  });

  test('of two is told apart when one ends as the other begins, and all that was missed is told', async () => {
    const order = given();
    order.shop.dispute(500);
    await order.operations.observePayment(checkoutId);
    order.shop.turnDisputes({ status: 'won', funds: 'reinstated' });
    order.shop.dispute(500, { status: 'lost' });
    await order.operations.observePayment(checkoutId);
    expect(told(order)).toEqual([
      ['dispute', -500, 'dp_1'],
      ['dispute-won', 500, 'dp_1'],
      ['dispute', -500, 'dp_2'],
      ['dispute-lost', 0, 'dp_2'],
    ]);
    expect((await order.ask({ type: 'note', text: 'Seen.' })).body).toMatchObject({
      disputes: [
        { reference: 'dp_1', status: 'won', funds: 'reinstated' },
        { reference: 'dp_2', status: 'lost', funds: 'withdrawn', amount: { amount: 500 } },
      ],
    });
  });

  test('that is lost with all the money keeps the goods here for good', async () => {
    const order = given();
    order.shop.dispute(totalMinor, { status: 'lost' });
    await order.operations.observePayment(checkoutId);
    expect(await order.ask(fulfillAll)).toMatchObject({ body: { code: 'wrong-state', state: 'lost-to-dispute' } });
  });
});

describe('refunds of our own', () => {
  test('are no news, pending or done', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: 400 }));
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ otherMinor: 300 }));
    const { length } = order.timeline();
    await order.operations.observePayment(checkoutId);
    expect(order.timeline()).toHaveLength(length);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: 700, refundedElsewhereMinor: 0 });
  });

  test('that are under way are not mistaken for a refund by hand', async () => {
    const order = given();
    order.shop.luck = ['mute'];
    await order.ask(refundOf({ otherMinor: 400 }));
    expect(order.state.running).not.toBeNull();
    order.shop.luck = ['lost'];
    await expect(order.operations.observePayment(checkoutId)).rejects.toThrow('busy');
    await order.operations.observePayment(checkoutId);
    expect(order.state).toMatchObject({ running: null, elsewhere: { refundedMinor: 0 } });
    expect(balancesOf(order.state).refundedMinor).toBe(400);
  });
});

describe('a ledger that does not answer', () => {
  test('refuses what shares out the money, and lets the news come again', async () => {
    const order = given();
    order.shop.isLedgerSilent = true;
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    await expect(order.operations.observePayment(checkoutId)).rejects.toThrow();
    expect(await order.ask(fulfillAll)).toMatchObject({ status: 201 });
  });
});

const amount = fc.integer({ min: 1, max: 6_000 });
const happening = fc.oneof(
  fc.record({ what: fc.constantFrom('refund', 'by-hand', 'dispute'), amountMinor: amount }),
  fc.record({
    what: fc.constantFrom(
      'cancel',
      'refund-fails',
      'hand-fails',
      'dispute-won',
      'dispute-lost',
      'news',
      'pending',
      'refund-unit',
      'ship-unit',
      'restart',
    ),
    amountMinor: fc.constant(0),
  }),
);

async function happen(order: TestOrder, what: string, amountMinor: number): Promise<void> {
  const { shop } = order;
  const [standing] = [...shop.refunds.keys()].filter((key) => !shop.failedRefunds.has(key));
  if (what === 'refund') await order.ask(refundOf({ otherMinor: amountMinor }));
  if (what === 'cancel') await order.ask({ type: 'cancel', note: null });
  if (what === 'by-hand') shop.refundedByHandMinor += Math.max(0, Math.min(amountMinor, held(order)));
  if (what === 'dispute' && held(order) > 0) shop.dispute(Math.min(amountMinor, held(order)));
  if (what === 'refund-fails' && standing !== undefined) shop.failedRefunds.add(standing);
  if (what === 'hand-fails') shop.refundedByHandMinor = 0;
  if (what === 'dispute-won') shop.turnDisputes({ status: 'won', funds: 'reinstated' });
  if (what === 'dispute-lost') shop.turnDisputes({ status: 'lost' });
  if (what === 'news') await order.operations.observePayment(checkoutId);
  if (what === 'pending') shop.refundAnswer = shop.refundAnswer === 'pending' ? 'refunded' : 'pending';
  if (what === 'refund-unit') await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
  if (what === 'ship-unit')
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
  if (what === 'restart') order.restart();
}

test('whatever is done here and at the provider, in any order: what can be refunded is what the provider holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 12 }), async (happenings) => {
      const order = given();
      for (const { what, amountMinor } of happenings) {
        const wasCanceled = order.state.isCanceled;
        await happen(order, what, amountMinor);
        if (order.state.isCanceled && !wasCanceled) expect(held(order), 'nothing is kept').toBe(0);
      }
      await order.operations.observePayment(checkoutId);
      const { capturedMinor, refundedMinor, chargedBackMinor, refundableMinor } = balancesOf(order.state);
      expect(refundedMinor).toBe(order.shop.refundedMinor);
      expect(capturedMinor - refundedMinor - chargedBackMinor).toBe(held(order));
      expect(refundableMinor).toBe(held(order));
      for (const line of order.state.lines)
        expect(
          refundedUnitsOf(order.state, line.lineId),
          'nobody gets goods for which the money went back',
        ).toBeLessThanOrEqual(line.quantity - unshippedOf(order.state, line));
    }),
    { numRuns: 500 },
  );
});
