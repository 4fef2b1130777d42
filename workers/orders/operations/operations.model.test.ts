/**
 * Any commands in any order, with questions and answers lost and the object dying in between: in the end the books of the
 * bank and of the stockroom are those of the order, and nothing was given twice. The shop itself throws when it is asked to
 * refund more than was captured, or to ship more than was promised.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EditPreview } from '../../../shared/contracts/orders/edits-http.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { sumOf } from '../../../shared/values/money.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf, paymentStateOf } from '../domain/order/balances.ts';
import { isRestUnneeded } from '../domain/order/let-go.ts';
import type { OperationDraft } from '../domain/order/operation.ts';
import {
  type Order,
  orderWakeAt,
  refundedShippedOf,
  refundedUnitsOf,
  returningOf,
  shippedOf,
  unitsIn,
  unshippedOf,
} from '../domain/order/order.ts';
import { fulfillmentTable, orderTable, paymentTable, type StateTable } from '../domain/order/states.ts';
import { needsOfLines } from '../domain/order/stock.ts';
import type { OrderCommand } from '../service/order-commands.ts';
import { checkoutId, fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';
import type { Luck, TestShop } from '../testing/shop.ts';
import { isReversible, mayRefuse } from './effects.ts';

/** Two thousand stories of up to twenty steps. */
const timeoutMs = 1_200_000;

const lineId = fc.constantFrom('lin_1', 'lin_1', 'lin_2', 'lin_1_1', 'lin_2_1');
const units = fc.record({ lineId, quantity: fc.integer({ min: 1, max: 3 }) });
const someUnits = fc.uniqueArray(units, { minLength: 1, maxLength: 2, selector: (one) => one.lineId });
const amount = fc.integer({ min: 1, max: 6_000 });
/** Counted among the returns that there are. */
const returnId = fc.nat({ max: 3 }).map(String);
const added = fc.array(fc.record({ sku: fc.constantFrom('CUP', 'SET'), quantity: fc.integer({ min: 1, max: 2 }) }), {
  maxLength: 1,
});

type Step = OrderCommand | 'restart' | 'decline' | 'accept' | 'lose';

const often = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>) => ({ weight, arbitrary });

const step: fc.Arbitrary<Step> = fc.oneof(
  often(
    5,
    fc.record({
      type: fc.constant('fulfill' as const),
      lines: fc.option(someUnits.map((lines) => lines.map((line) => ({ ...line, locationId: null })))),
      locationId: fc.constantFrom(null, null, 'loc_home', 'loc_moon'),
      tracking: fc.constant(null),
      isCaptured: fc.constantFrom(null, true, false),
      isUnpaidFine: fc.constantFrom(true, true, false),
    }),
  ),
  often(
    1,
    fc.record({
      type: fc.constant('cancel' as const),
      note: fc.constant(null),
      isRestocked: fc.boolean(),
      isRefunded: fc.boolean(),
    }),
  ),
  often(3, fc.record({ type: fc.constant('unfulfill' as const), fulfillmentId: returnId })),
  often(3, fc.record({ type: fc.constant('capture' as const), amountMinor: fc.option(amount) })),
  often(
    5,
    fc.record({
      type: fc.constant('collect' as const),
      amountMinor: fc.constantFrom(1, 500, 1125),
      note: fc.constant(null),
    }),
  ),
  often(
    2,
    someUnits.chain((lines) =>
      fc
        .record({
          cancelQuantity: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
          amountMinor: fc.option(fc.constantFrom(0, 700), { nil: undefined, freq: 2 }),
        })
        .map((how) => refundOf({ lines: lines.map((line) => ({ ...line, ...how })) })),
    ),
  ),
  often(
    2,
    fc.record({ otherMinor: amount, shippingMinor: fc.constantFrom(0, 'all' as const) }).map((one) => refundOf(one)),
  ),
  often(
    8,
    fc.record({
      type: fc.constant('request-return' as const),
      lines: someUnits.map((lines) => lines.map((line) => ({ ...line, reason: null }))),
      exchange: added,
      note: fc.constant(null),
      isApproved: fc.constantFrom(true, true, true, false),
    }),
  ),
  often(
    2,
    fc.record({
      type: fc.constant('decide-return' as const),
      returnId,
      action: fc.constantFrom('approve' as const, 'reject' as const, 'cancel' as const),
      note: fc.constant(null),
    }),
  ),
  often(
    8,
    fc.tuple(returnId, fc.boolean(), fc.constantFrom(true, true, true, false)).map(([id, isPart, isRefunded]) => {
      const part = { lineId: 'lin_1', quantity: 1, condition: 'sellable' as const, isRestocked: true };
      return receiptOf(id, { lines: isPart ? [part] : null, isRefunded });
    }),
  ),
  often(
    6,
    fc.record({
      type: fc.constant('settle-return' as const),
      returnId,
      as: fc.constantFrom(null, 'exchange' as const, 'refund' as const),
      note: fc.constant(null),
    }),
  ),
  often(
    5,
    fc.record({
      type: fc.constant('edit' as const),
      lines: fc.uniqueArray(fc.record({ lineId, quantity: fc.integer({ min: 0, max: 4 }) }), {
        maxLength: 2,
        selector: (one) => one.lineId,
      }),
      added,
      token: fc.constant(''),
    }),
  ),
  often(3, fc.constantFrom<Step>('restart', 'decline', 'accept', 'lose')),
);

const luck = fc.array(fc.constantFrom<Luck>('fine', 'fine', 'fine', 'lost', 'mute'), { maxLength: 3 });

/** Whether a state leads to another by one action of a table, or by none at all. */
function isStep(table: StateTable<string, string>, before: string, after: string): boolean {
  return before === after || table.transitions.some(({ from, to }) => from === before && to === after);
}

function checkBooks(shop: TestShop, order: Order): void {
  const balances = balancesOf(order);
  expect(balances.capturedMinor).toBe(shop.capturedMinor);
  const receivedMinor = sumOf([...shop.received.values()]);
  const repaidMinor = sumOf([...shop.repaid.values()].map((one) => one.amountMinor));
  const creditedMinor = sumOf(order.cards.map(({ key }) => shop.creditedMinorOf(key)));
  expect(balances.receivedMinor).toBe(receivedMinor);
  expect(balances.refundedMinor).toBe(shop.refundedMinor + repaidMinor + creditedMinor);
  expect(balances.refundableMinor).toBeGreaterThanOrEqual(0);
  expect(sumOf([...shop.credits.values()].map((one) => one.amountMinor))).toBe(creditedMinor);
  for (const { key, paidMinor } of order.cards) expect(shop.creditedMinorOf(key)).toBeLessThanOrEqual(paidMinor);
  expect(shop.givenBack.size).toBe(order.isCanceled ? order.uses.length : 0);
  for (const [key, committed] of shop.committed)
    for (const [stockUnitId, quantity] of committed) {
      const said = order.commitments.filter((one) => one.holdKey === key && one.stockUnitId === stockUnitId);
      expect(said.reduce((sum, one) => sum + one.quantity, 0)).toBe(quantity);
    }
  const toShip = order.lines.map((line) => ({ variant: line.variant, quantity: unshippedOf(order, line) }));
  const promised = new Map(needsOfLines(toShip).map((need) => [need.stockUnitId, need.quantity]));
  for (const stockUnitId of new Set(order.commitments.map((one) => one.stockUnitId)))
    expect(unitsIn(order.commitments.filter((one) => one.stockUnitId === stockUnitId))).toBe(promised.get(stockUnitId));
  for (const { id, received } of order.returns) {
    const own = order.refunds.filter((refund) => refund.returnId === id);
    expect(unitsIn(own.flatMap(({ lines }) => lines))).toBeLessThanOrEqual(unitsIn(received));
  }
  for (const line of order.lines) {
    const shipped = shippedOf(order, line.lineId);
    const unshipped = unshippedOf(order, line);
    expect(unshipped).toBeGreaterThanOrEqual(0);
    // Nobody gets goods for which the money went back.
    expect(refundedUnitsOf(order, line.lineId)).toBeLessThanOrEqual(line.quantity - unshipped);
    expect(returningOf(order, line.lineId)).toBeLessThanOrEqual(shipped);
    expect(refundedShippedOf(order, line.lineId)).toBeGreaterThanOrEqual(0);
    expect(refundedShippedOf(order, line.lineId)).toBeLessThanOrEqual(shipped);
  }
}

/** An edit does what its preview said. A capture that follows it and is declined is not foreseen. */
function checkPreview(preview: EditPreview, before: Order, after: Order, shop: TestShop): void {
  expect(after.quote.totalMinor).toBe(preview.totals.total.amount);
  expect(sumOf(after.refunds.slice(before.refunds.length).map(({ amountMinor }) => amountMinor))).toBe(
    preview.refund.amount,
  );
  if (shop.captureDeclined === null) expect(balancesOf(after).outstandingMinor).toBe(preview.additionalPayment.amount);
}

/** What cannot be taken back comes after all that may be refused. */
function checkPlan({ effects }: OperationDraft): void {
  const firstFinal = effects.findIndex((effect) => !isReversible(effect));
  const later = firstFinal < 0 ? [] : effects.slice(firstFinal + 1);
  expect(later.filter(mayRefuse)).toEqual([]);
}

test('any story of an order leaves books that agree', { timeout: timeoutMs }, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, luck), { minLength: 4, maxLength: 20, size: 'max' }),
      fc.constantFrom('immediate' as const, 'manual' as const),
      // Goods come back only from orders that have shipped.
      fc.constantFrom('new' as const, 'new' as const, 'shipped' as const, 'returning' as const),
      fc.tuple(fc.constantFrom(0, 0, 500, 20_000), fc.constantFrom(0, 1, 3_000)),
      async (steps, mode, begun, cardsMinor) => {
        const storage = new MemoryStreamStorage<OrderStreamEvent>();
        const order = new TestOrder(storage, mode, cardsMinor);
        if (begun !== 'new') await order.ask(fulfillAll);
        if (begun === 'returning') {
          await order.ask(returnOf(2, { exchange: [{ sku: 'SET', quantity: 1 }] }));
          await order.ask(returnOf(1));
          // The first exchange fails for want of spoons.
          const spoons = order.shop.free.get('stk_spoon') ?? 0;
          order.shop.free.set('stk_spoon', 0);
          await order.ask(receiptOf('ret_2'));
          order.shop.free.set('stk_spoon', spoons);
        }
        let before = order.state;
        for (const [what, fate] of steps) {
          let previewed: EditPreview | null = null;
          let isEdited = false;
          if (what === 'restart') order.restart();
          else if (what === 'decline') {
            order.shop.refundAnswer = 'declined';
            order.shop.captureDeclined = 'No.';
          } else if (what === 'accept') {
            order.shop.refundAnswer = 'refunded';
            if (order.shop.captureMaxMinor !== 0) order.shop.captureDeclined = null;
          } else if (what === 'lose') {
            // The provider lets go of what is authorized: the next capture hears of it.
            order.shop.captureDeclined = 'Gone.';
            order.shop.captureMaxMinor = 0;
          } else {
            let command = what;
            if (command.type === 'decide-return' || command.type === 'receive' || command.type === 'settle-return') {
              // Only what came back can be settled.
              const isSettling = command.type === 'settle-return';
              const returns = order.state.returns.filter(({ received }) => !isSettling || received.length > 0);
              const chosen = returns[Number(command.returnId) % returns.length];
              command = { ...command, returnId: chosen?.id ?? 'ret_0' };
              const lineId = chosen?.lines[0]?.lineId ?? 'lin_1';
              if (command.type === 'receive' && command.lines !== null)
                command = { ...command, lines: command.lines.map((line) => ({ ...line, lineId })) };
            }
            if (command.type === 'unfulfill') {
              const { fulfillments } = order.state;
              const chosen = fulfillments[Number(command.fulfillmentId) % fulfillments.length];
              command = { ...command, fulfillmentId: chosen?.id ?? 'ful_0' };
            }
            if (command.type === 'edit') {
              const { status, body } = await order.preview(command);
              if (status === 200) previewed = EditPreview.parse(body);
              command = { ...command, token: previewed?.token ?? '' };
            }
            order.shop.luck = [...fate];
            const { status } = await order.ask(command);
            expect([200, 201, 202, 402, 404, 409, 422, 503]).toContain(status);
            count(`${command.type} ${status}`);
            isEdited = command.type === 'edit' && status === 201;
            const isCapture = command.type === 'capture' || command.type === 'fulfill';
            if (isCapture && status === 402 && order.shop.captureMaxMinor === 0)
              expect(balancesOf(order.state).capturableMinor, 'what is gone cannot be taken').toBe(0);
            if (command.type === 'fulfill' && command.isUnpaidFine !== true && status === 201)
              expect(balancesOf(before).outstandingMinor, 'nothing leaves that is owed for').toBe(0);
            order.shop.luck = [];
            if (order.state.running !== null) expect(orderWakeAt(order.state)).not.toBeNull();
          }
          if (steps.length % 2 === 0) order.restart();
          await order.settle();
          const after = order.state;
          if (previewed !== null && isEdited) checkPreview(previewed, before, after, order.shop);
          expect(after.running).toBeNull();
          checkBooks(order.shop, after);
          expect(isRestUnneeded(after), 'what nobody needs is let go').toBe(false);
          expect(isStep(paymentTable, paymentStateOf(before), paymentStateOf(after)) || after.isCanceled).toBe(true);
          expect(isStep(orderTable, orderStateOf(before), orderStateOf(after))).toBe(true);
          expect(isStep(fulfillmentTable, fulfillmentStateOf(before), fulfillmentStateOf(after))).toBe(true);
          before = after;
        }
        for (const event of storage.history(checkoutId))
          if (event.type === 'operation-started') {
            checkPlan(event.operation);
            if (event.operation.followUp !== null) checkPlan(event.operation.followUp);
          }
      },
    ),
    { numRuns: 2_000 },
  );
  // Lives in which nothing is ever possible would keep all books, too.
  for (const kind of [
    'fulfill 201',
    'refund 201',
    'capture 201',
    'edit 201',
    'receive 201',
    'cancel 200',
    'unfulfill 200',
    'collect 201',
    'settle-return 201',
  ])
    expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(40);
});
