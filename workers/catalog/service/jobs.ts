/**
 * The work that goes on after a request was answered: the running import, long lists of prices, collections whose rules have
 * changed, and prices by which lists are sorted. It is done in steps of some milliseconds with a pause after each, so that a
 * shopper waits for one step at most.
 */
import { advanceBulk } from '../../../shared/bulk/jobs.ts';
import { rest } from '../../../shared/messaging/rest.ts';
import { priceWork } from './bulk-prices.ts';
import type { Catalog } from './catalog.ts';
import { advanceCharged } from './charged-keys.ts';
import { advanceMembership } from './collections.ts';
import { advanceImport } from './imports.ts';

/**
 * Works for a while. Answers when to go on, in milliseconds since 1970, or null when nothing is left to do.
 *
 * @param forMs the last step may end later
 */
export async function runJobs(catalog: Catalog, forMs: number): Promise<number | null> {
  const until = catalog.now() + forMs;
  const prices = priceWork(catalog);
  let importAt: number | null = catalog.now();
  let pricesAt: number | null = importAt;
  for (;;) {
    const startedAt = catalog.now();
    if (importAt !== null && importAt <= startedAt) importAt = await advanceImport(catalog);
    if (pricesAt !== null && pricesAt <= startedAt) pricesAt = await advanceBulk(prices);
    const isMoving = await advanceMembership(catalog, null);
    const chargedAt = await advanceCharged(catalog);
    const now = catalog.now();
    const goOnAt = isMoving ? now : earlier(earlier(importAt, pricesAt), chargedAt);
    if (goOnAt === null || goOnAt > now || now >= until) return goOnAt;
    await rest(now - startedAt);
  }
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
