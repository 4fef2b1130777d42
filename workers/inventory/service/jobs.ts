/** The work that goes on after a request was answered: long lists of levels, in steps with a pause after each. */
import { advanceBulk } from '../../../shared/bulk/jobs.ts';
import { rest } from '../../../shared/messaging/rest.ts';
import { levelWork } from './counts.ts';
import type { WholeInventory } from './units.ts';

/**
 * Works for a while. Answers when to go on, in milliseconds since 1970, or null when nothing is left to do.
 *
 * @param forMs the last step may end later
 */
export async function runJobs(inventory: WholeInventory, now: () => number, forMs: number): Promise<number | null> {
  const until = now() + forMs;
  const levels = levelWork(inventory, now);
  for (;;) {
    const startedAt = now();
    const goOnAt = await advanceBulk(levels);
    const endedAt = now();
    if (goOnAt === null || goOnAt > endedAt || endedAt >= until) return goOnAt;
    await rest(endedAt - startedAt);
  }
}
