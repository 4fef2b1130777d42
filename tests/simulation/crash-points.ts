/**
 * Every place where one checkout can break. A calm run records the calls that a checkout makes; then it is run again once
 * per call and kind of break, and once per pair of them. The second break of a pair also strikes what the first one caused.
 */
import type { SandboxToken } from '../../workers/sandbox/domain/tokens.ts';
import { type CallFault, noFaults } from './faults.ts';
import { cartIdOf, type Goods } from './goods.ts';
import { type RunReport, run } from './run.ts';

export interface CrashPoint {
  readonly callIndex: number;
  readonly fault: CallFault;
}

/** One cart with a kit and a plain variant, and goods enough. */
const goods: Goods = {
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
    },
  ],
};
const seed = 1;
const profile = { rates: noFaults, quietAfterMs: 60_000, holdMs: 60_000, clockSkewMs: 0 };

export type Token = SandboxToken | 'manual';

export function runWith(
  token: Token,
  points: readonly CrashPoint[],
  trace?: (line: string) => void,
): Promise<RunReport> {
  const script = (index: number): CallFault | null =>
    points.find(({ callIndex }) => callIndex === index)?.fault ?? null;
  return run(seed, { script, goods, profile, token, plan: 'buy', trace, isRecorded: points.length === 0 });
}

/** Calls on the way to the shopper's answer; the others carry events, which nobody waits for. */
export function isOfTheCheckout(call: string): boolean {
  return !/queue|inbox|handledEvents|relay|consumer|notifications/.test(call);
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
