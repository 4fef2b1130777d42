/**
 * The work that goes on after a request was answered: the running import, collections whose rules have changed, and prices by which
 * lists are sorted. It is done
 * in steps of some milliseconds with a pause after each, so that a shopper waits for one step at most.
 */
import type { Catalog } from './catalog.ts';
import { advanceCharged } from './charged-keys.ts';
import { advanceMembership } from './collections.ts';
import { advanceImport } from './imports.ts';

/** The pause after a step, as a share of the time that the step took. */
const restShare = 0.1;

/**
 * Works for a while. Answers when to go on, in milliseconds since 1970, or null when nothing is left to do.
 *
 * @param forMs the last step may end later
 */
export async function runJobs(catalog: Catalog, forMs: number): Promise<number | null> {
  const until = catalog.now() + forMs;
  let importAt: number | null = catalog.now();
  for (;;) {
    const startedAt = catalog.now();
    if (importAt !== null && importAt <= startedAt) importAt = await advanceImport(catalog);
    const isMoving = await advanceMembership(catalog, null);
    const chargedAt = await advanceCharged(catalog);
    const now = catalog.now();
    const goOnAt = isMoving ? now : earlier(importAt, chargedAt);
    if (goOnAt === null || goOnAt > now || now >= until) return goOnAt;
    await pause((now - startedAt) * restShare);
  }
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** At least until the next turn: without it a local shop answers nobody until the work is done. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(1, ms)));
}
