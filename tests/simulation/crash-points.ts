/**
 * Every place where one checkout can break. A calm run records the calls that a checkout makes; then it is run again once
 * per call and kind of break, and once per pair of them. The second break of a pair also strikes what the first one caused.
 */
import { balancesOf } from '../../workers/orders/domain/order/balances.ts';
import { type CallFault, noFaults } from './faults.ts';
import { cartIdOf, type Goods, onceCode, usualAssortment } from './goods.ts';
import type { Token } from './means.ts';
import type { Script as MerchantScript } from './merchants.ts';
import { type RunReport, run } from './run.ts';

export interface CrashPoint {
  readonly callIndex: number;
  readonly fault: CallFault;
}

/** Books what is outstanding by then, wherever it comes from. */
const collecting: MerchantScript[number] = (order) => ({
  type: 'collect',
  amountMinor: balancesOf(order).outstandingMinor,
  note: null,
});
/** A merchant who ships in two parcels, takes a unit back, gives some money back on top, changes the rest and cancels none. */
const deeds: MerchantScript = [
  () => ({
    type: 'fulfill',
    lines: [{ ...aUnit, locationId: null }],
    locationId: null,
    tracking: null,
    isCaptured: null,
  }),
  () => ({ type: 'refund', lines: [], shippingMinor: 0, otherMinor: 100, note: null }),
  () => ({ type: 'request-return', lines: [{ ...aUnit, reason: null }], exchange: [], note: null, isApproved: true }),
  ({ returns }) => ({
    type: 'receive',
    returnId: returns[0]?.id ?? '',
    lines: null,
    locationId: 'loc_shop',
    isRefunded: true,
  }),
  () => ({ type: 'edit', lines: [{ lineId: 'lin_0', quantity: 3 }], added: [], token: '' }),
  // The goods that the edit added wait for their money.
  collecting,
  () => ({ type: 'fulfill', lines: null, locationId: 'loc_main', tracking: null, isCaptured: null }),
];
/** What is paid by hand is collected first; of another order nothing is outstanding. */
const collection: MerchantScript = [collecting];
const cancellation: MerchantScript = [
  () => ({ type: 'capture', amountMinor: 1_000 }),
  () => ({ type: 'cancel', note: null }),
];
const aUnit = { lineId: 'lin_1', quantity: 1 };
/** Less goes out than was paid for, so some of the authorization is never needed. */
const lessening: MerchantScript = [
  () => ({ type: 'edit', lines: [{ ...aUnit }], added: [], token: '' }),
  () => ({ type: 'fulfill', lines: null, locationId: 'loc_main', tracking: null, isCaptured: null }),
];
/** A parcel that never leaves, and an order that is given up without its goods and its money going back at once. */
const takingBack: MerchantScript = [
  () => ({ type: 'fulfill', lines: null, locationId: null, tracking: null, isCaptured: null }),
  ({ fulfillments }) => ({ type: 'unfulfill', fulfillmentId: fulfillments[0]?.id ?? '' }),
  () => ({ type: 'cancel', note: null, isRestocked: false, isRefunded: false }),
  () => ({ type: 'refund', lines: [aUnit], shippingMinor: 0, otherMinor: 0, note: null }),
];
const courses = { shipped: deeds, canceled: cancellation, lessened: lessening, 'taken-back': takingBack } as const;

/** One cart with a kit and a plain variant, and goods enough. */
const goods: Goods = {
  assortment: usualAssortment,
  stock: new Map([
    ['stk_aa', 5],
    ['stk_bb', 5],
    ['stk_ca', 5],
  ]),
  carts: [
    {
      cartId: cartIdOf(0),
      lines: [
        { variantId: 'var_b', quantity: 1 },
        { variantId: 'var_kit', quantity: 2 },
      ],
      discountCodes: [onceCode],
      cardIds: ['gft_small'],
      hasStoreCredit: true,
    },
  ],
  captureMode: 'immediate',
};
/** The same without codes, cards and credit: fewer calls, of which every pair can be broken. */
const plainGoods: Goods = {
  ...goods,
  carts: goods.carts.map((cart) => ({ ...cart, discountCodes: [], cardIds: [], hasStoreCredit: false })),
};
const seed = 1;
const profile = { rates: noFaults, quietAfterMs: 60_000, holdMs: 60_000, clockSkewMs: 0 };

export function runWith(
  token: Token,
  points: readonly CrashPoint[],
  course: 'bought' | 'bought-plainly' | keyof typeof courses = 'bought',
): Promise<RunReport> {
  const script = (index: number): CallFault | null =>
    points.find(({ callIndex }) => callIndex === index)?.fault ?? null;
  const options = { script, profile, tokens: [token], plan: 'buy', isRecorded: points.length === 0 } as const;
  switch (course) {
    case 'bought':
      return run(seed, { ...options, goods });
    case 'bought-plainly':
      return run(seed, { ...options, goods: plainGoods });
    default:
      return run(seed, {
        ...options,
        goods: { ...goods, captureMode: 'manual' },
        deeds: [...(token === 'manual' ? collection : []), ...courses[course]],
      });
  }
}

/** One payment after the other on the same checkout, the last of them good. */
export function runInsisting(tokens: readonly Token[], points: readonly CrashPoint[]): Promise<RunReport> {
  const script = (index: number): CallFault | null =>
    points.find(({ callIndex }) => callIndex === index)?.fault ?? null;
  return run(seed, { script, profile, tokens, plan: 'insist', goods: plainGoods, isRecorded: points.length === 0 });
}

/** Calls on the way to the shopper's answer; the others carry events, and no request waits for those. */
export function isOfTheCheckout(call: string): boolean {
  return !/queue|inbox|handledEvents|relay|consumer|notifications/.test(call);
}

/** Calls that the operations of a merchant make, and those that lead to them. */
export function isOfAnOperation(call: string): boolean {
  return /merchant ->|-> payments (capture|refund|void|let-go)|inventory (allocations|ship|unship|release|restock)|credit|bank POST (capture|refunds|cancel)/.test(
    call,
  );
}

/** Every chosen call of a calm run, with every kind of break. */
export function singlePoints(
  calls: readonly string[],
  faults: readonly CallFault[],
  isChosen: (call: string) => boolean = () => true,
): CrashPoint[] {
  return calls.flatMap((call, callIndex) => (isChosen(call) ? faults.map((fault) => ({ callIndex, fault })) : []));
}

/** The pairs of points, the first earlier than the second. */
export function* pairsOf(points: readonly CrashPoint[]): Generator<readonly [CrashPoint, CrashPoint]> {
  for (const first of points)
    for (const second of points) if (first.callIndex < second.callIndex) yield [first, second];
}
