/**
 * The length of an answer's critical path, found by making hops slow: whatever waits for n hops one after the other takes n
 * times as much longer. Hops side by side cost one.
 */

export interface Timing {
  /** How much every hop was made slower. */
  readonly delayMs: number;
  /** What the answer then took, once per try. */
  readonly tookMs: readonly number[];
}

/**
 * Hops one after the other, from two delays: what a hop takes by itself falls out of the difference. What else the machine does
 * only makes an answer slower, so the fastest try is the truest. Not rounded, so that a measurement that noise has spoilt can
 * be told from a good one.
 */
export function serialHops(short: Timing, long: Timing): number {
  return (Math.min(...long.tookMs) - Math.min(...short.tookMs)) / (long.delayMs - short.delayMs);
}

const settledMs = 4;
const settledShare = 0.01;

/**
 * True when the two fastest tries agree, so that a third would not be much faster. One that was disturbed does not agree with
 * anything.
 */
export function isSettled(tookMs: readonly number[]): boolean {
  const [fastest, second] = [...tookMs].sort((a, b) => a - b);
  if (fastest === undefined || second === undefined) return false;
  return second - fastest <= Math.max(settledMs, fastest * settledShare);
}
