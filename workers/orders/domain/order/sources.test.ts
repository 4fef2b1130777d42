/** Where refunds go: however an order was paid, and in however many parts it is paid back, no source gets more than it paid. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from '../../../../shared/values/money.ts';
import { checkoutDetails } from '../../testing/checkouts.ts';
import { balancesOf, paidMinorOf, paymentStateOf } from './balances.ts';
import { decideCancel } from './cancel.ts';
import { decideCollect } from './collect.ts';
import { evolveOrder } from './evolve.ts';
import { newOrder, type Order } from './order.ts';
import { decideRefund, newRefund, type RefundCommand } from './refund.ts';
import { splitRefund, takenMinorOf } from './sources.ts';

const numbering = { checkoutId: 'chk_1', number: 1, now: 0 };
const other = (otherMinor: number): RefundCommand => {
  return { type: 'refund', lines: [], shippingMinor: 0, otherMinor, note: null };
};

function lifeOf(
  paid: Partial<Pick<Order, 'capturedMinor' | 'authorizedMinor' | 'cards' | 'received' | 'uses'>>,
): Order {
  const fresh = newOrder({ ...checkoutDetails(), capturedMinor: paid.capturedMinor ?? 0 });
  return { ...fresh, authorizedMinor: fresh.capturedMinor, ...paid };
}

const amount = fc.nat({ max: 5_000 });
const anyPaid = fc
  .record({
    capturedMinor: amount,
    cards: fc.array(amount, { maxLength: 3 }),
    received: fc.array(amount, { maxLength: 2 }),
  })
  .map(({ capturedMinor, cards, received }) =>
    lifeOf({
      capturedMinor,
      cards: cards.map((paidMinor, index) => ({ key: `gift:gft_${index}`, paidMinor })),
      received: received.map((amountMinor, index) => ({ id: `pay_${index}`, amountMinor, note: null, at: 0 })),
    }),
  );

function refunded(order: Order, amountMinor: number, number: number): Order {
  const facts = { amountMinor, creditMinor: amountMinor, lines: [], shippingMinor: 0, note: null };
  return { ...order, refunds: [...order.refunds, newRefund('refund', order, { ...numbering, number }, facts)] };
}

/** What each source has paid and got back, in the order in which they are paid back. */
function accountsOf(order: Order) {
  const parts = order.refunds.flatMap((refund) => refund.parts ?? []);
  const gotBack = (key: string | null) =>
    sumOf(parts.filter((part) => part.key === key).map((part) => part.amountMinor));
  const sources: { key: string | null; paidMinor: number }[] = [
    { key: null, paidMinor: order.capturedMinor },
    ...order.received.map(({ id: key, amountMinor: paidMinor }) => ({ key, paidMinor })),
    ...order.cards.toReversed(),
  ];
  return sources.map(({ key, paidMinor }) => ({ paidMinor, backMinor: gotBack(key) }));
}

describe('an order that is paid by a provider, cards and by hand, and refunded in any parts', () => {
  test('gives no source more than it paid, and none anything before those ahead of it have all', () => {
    fc.assert(
      fc.property(anyPaid, fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 12 }), (paid, amounts) => {
        let order = paid;
        for (const [index, wanted] of amounts.entries()) {
          const partMinor = Math.min(wanted, balancesOf(order).refundableMinor);
          if (partMinor > 0) order = refunded(order, partMinor, index + 1);
        }
        const accounts = accountsOf(order);
        for (const { paidMinor, backMinor } of accounts) expect(backMinor).toBeLessThanOrEqual(paidMinor);
        const lastPaid = accounts.findLastIndex(({ backMinor }) => backMinor > 0);
        for (const { paidMinor, backMinor } of accounts.slice(0, Math.max(0, lastPaid)))
          expect(backMinor).toBe(paidMinor);
        const backMinor = sumOf(accounts.map((one) => one.backMinor));
        expect(balancesOf(order)).toMatchObject({
          takenMinor: sumOf(accounts.map(({ paidMinor }) => paidMinor)),
          refundedMinor: backMinor,
          refundableMinor: takenMinorOf(order) - backMinor,
        });
        expect(paidMinorOf(order)).toBe(takenMinorOf(order) - backMinor);
      }),
    );
  });

  test('is paid back whole by a cancellation, each source what is left of its own', () => {
    fc.assert(
      fc.property(anyPaid, fc.nat({ max: 4_000 }), (paid, before) => {
        const firstMinor = Math.min(before, balancesOf(paid).refundableMinor);
        const order = firstMinor === 0 ? paid : refunded(paid, firstMinor, 1);
        const decided = decideCancel(order, { type: 'cancel', note: null }, { ...numbering, number: 2 });
        const refund = decided.ok ? decided.value.change.refund : undefined;
        const end = refund === undefined ? order : { ...order, refunds: [...order.refunds, refund] };
        for (const { paidMinor, backMinor } of accountsOf(end)) expect(backMinor).toBe(paidMinor);
      }),
    );
  });
});

describe('a refund beyond what was paid', () => {
  const order = lifeOf({ capturedMinor: 990, cards: [{ key: 'gift:gft_1', paidMinor: 2000 }] });

  test('is refused with what provider and cards have together', () => {
    expect(decideRefund(order, other(2991), numbering)).toMatchObject({
      refusal: { code: 'refund-too-large', max: { amount: 2990, currency: 'EUR' } },
    });
    expect(() => splitRefund(order, 2991)).toThrow('no more is refunded than was paid');
  });

  test('is none when it takes all of both, the provider first', () => {
    const decided = decideRefund(order, other(2990), numbering);
    expect(decided.ok ? decided.value.effects : []).toEqual([
      { do: 'refund', refundKey: 'chk_1.r1', amountMinor: 990 },
      { do: 'credit', card: 'gift:gft_1', creditKey: 'chk_1.k1-1', amountMinor: 2000 },
    ]);
  });
});

describe('an order that was credited whole before anything of it was paid', () => {
  const fresh = lifeOf({});
  const facts = { amountMinor: 0, creditMinor: fresh.quote.totalMinor, lines: [], shippingMinor: 0, note: null };
  const order = { ...fresh, refunds: [newRefund('refund', fresh, numbering, facts)] };

  test('has nothing to be paid out, to the last cent', () => {
    expect(paymentStateOf(order)).toBe('captured');
    expect(decideRefund(order, other(1), { ...numbering, number: 2 })).toMatchObject({
      refusal: { code: 'refund-too-large', max: { amount: 0, currency: 'EUR' } },
    });
  });
});

describe('an order that cards have paid whole', () => {
  const order = lifeOf({ cards: [{ key: 'gift:gft_1', paidMinor: 2990 }], uses: ['promo:pro_1'] });

  test('is captured, and its refund goes to them alone', () => {
    expect(paymentStateOf(order)).toBe('captured');
    const decided = decideRefund(order, other(100), numbering);
    expect(decided.ok ? decided.value.effects.map((effect) => effect.do) : []).toEqual(['credit']);
  });

  test('is canceled without a word to the provider, and its promotions get their uses back', () => {
    const decided = decideCancel(order, { type: 'cancel', note: null }, numbering);
    const names = decided.ok ? decided.value.effects.map((effect) => effect.do) : [];
    expect(names.slice(0, 2)).toEqual(['credit', 'give-back']);
    expect(names).not.toContain('refund');
    expect(names).not.toContain('void');
  });
});

describe('a refund of which the provider declines its part in the end', () => {
  test('keeps what went to the cards', () => {
    const order = lifeOf({ capturedMinor: 1000, cards: [{ key: 'gift:gft_1', paidMinor: 500 }] });
    const pending = refunded(order, 1200, 1);
    const end = evolveOrder(pending, { type: 'refund-settled', refundId: 'rfd_1', isDeclined: true, at: 1 });
    expect(end.refunds).toMatchObject([
      { amountMinor: 200, creditMinor: 200, parts: [{ to: 'card', key: 'gift:gft_1', amountMinor: 200 }] },
    ]);
    expect(balancesOf(end).refundableMinor).toBe(1300);
  });
});

describe('money that is received', () => {
  const order = { ...lifeOf({ capturedMinor: 2000 }), authorizedMinor: 2000 };
  const collect = (amountMinor: number) =>
    decideCollect(order, { type: 'collect', amountMinor, note: null }, numbering);

  test('is no more than is outstanding', () => {
    expect(balancesOf(order).outstandingMinor).toBe(990);
    expect(collect(991)).toMatchObject({ refusal: { code: 'payment-too-large', max: { amount: 990 } } });
    expect(collect(990).ok).toBe(true);
  });
});
