/**
 * The fault menu. Every run draws its own rates, most of them zero, so that some runs are calm in one place and wild in
 * another (swarm testing). A call is struck by at most one fault; after the quiet time none strikes any more.
 *
 * @see https://users.cs.utah.edu/~regehr/papers/swarm12.pdf
 */
import type { Random } from './random.ts';

/** What can happen to one call between two parties. */
export type CallFault =
  /** It never arrives; the caller is told that the connection broke. */
  | 'request-lost'
  /** The caller is told that the connection broke, and yet it arrives, much later. */
  | 'request-late'
  /** It is carried out, but the caller only learns that the connection broke. */
  | 'answer-lost'
  /** It takes many seconds. */
  | 'slow'
  /** The caller dies with the request on its way. */
  | 'caller-dies'
  /** The caller dies when the answer is there. */
  | 'caller-dies-late'
  /** The callee dies after its first step. */
  | 'callee-dies';

export const callFaults = [
  'request-lost',
  'request-late',
  'answer-lost',
  'slow',
  'caller-dies',
  'caller-dies-late',
  'callee-dies',
] as const satisfies readonly CallFault[];

/** The probabilities of a run, each per occasion. */
export interface FaultRates extends Readonly<Record<CallFault, number>> {
  readonly 'queue-duplicate': number;
  readonly 'queue-lost': number;
  readonly 'queue-delay': number;
  /** The consumer fails after it has done its work, so that its whole batch comes again. */
  readonly 'queue-batch-fails': number;
  readonly 'alarm-twice': number;
  readonly 'alarm-late': number;
  readonly 'webhook-lost': number;
  readonly 'webhook-late': number;
  /** Per capture: the payer's bank contests it later. */
  readonly dispute: number;
  /** Per simulated second: everything dies at once, and queues forget what they held. */
  readonly 'power-cut': number;
  /** Per simulated second: the clock of one object jumps five minutes back. */
  readonly 'clock-back': number;
}

export interface FaultProfile {
  readonly rates: FaultRates;
  /** Milliseconds after the start at which faults stop. */
  readonly quietAfterMs: number;
  readonly holdMs: number;
  /** By how much the clocks of objects may differ. */
  readonly clockSkewMs: number;
}

const most: FaultRates = {
  'request-lost': 0.06,
  'request-late': 0.04,
  'answer-lost': 0.08,
  slow: 0.06,
  'caller-dies': 0.04,
  'caller-dies-late': 0.05,
  'callee-dies': 0.05,
  'queue-duplicate': 0.4,
  'queue-lost': 0.4,
  'queue-delay': 0.4,
  'queue-batch-fails': 0.25,
  'alarm-twice': 0.4,
  'alarm-late': 0.4,
  'webhook-lost': 0.6,
  'webhook-late': 0.5,
  dispute: 1,
  'power-cut': 0.05,
  'clock-back': 0.03,
};

export const noFaults: FaultRates = mapRates(most, () => 0);

/** Rates with some faults named and all others absent. */
export function onlyFaults(rates: Partial<FaultRates>): FaultRates {
  return { ...noFaults, ...rates };
}

export function drawProfile(random: Random): FaultProfile {
  const calm = random.pick([0.35, 0.6, 0.85, 1]);
  const rates = mapRates(most, (rate) => (random.chance(calm) ? 0 : rate * random.fraction()));
  return {
    rates,
    quietAfterMs: random.between(15_000, 90_000),
    holdMs: random.pick([6_000, 20_000, 60_000, 900_000]),
    clockSkewMs: random.chance(0.15) ? 300_000 : 0,
  };
}

function mapRates(rates: FaultRates, change: (rate: number) => number): FaultRates {
  const entries = Object.entries(rates).map(([name, rate]) => [name, change(rate)]);
  return Object.fromEntries(entries) as unknown as FaultRates;
}
