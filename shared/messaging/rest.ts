/** The pauses of work that goes on behind the requests of a shop, so that those are answered meanwhile. */

/** The pause after a step, as a share of the time that the step took. */
const restShare = 0.1;

/** Rests after a step. At least until the next turn: without it a local shop answers nobody until the work is done. */
export function rest(workedMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(1, workedMs * restShare)));
}
