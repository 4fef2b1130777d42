/**
 * Writing by comparison: read one version, decide on it, write only if nobody else has written meanwhile. A writer that was
 * overtaken reads and decides again.
 */

const firstWaitMs = 5;
const waitMaxMs = 400;
const patienceMs = 10_000;

/**
 * Attempts until one is kept. Of several writers one wins each round, so they wait for random times, or many would meet again
 * and again.
 *
 * @param attempt reads, decides and writes; `overtaken` when another writer was faster
 * @throws an error that may be tried again, when others kept writing for ten seconds
 */
export async function untilKept<Value>(attempt: () => Promise<Value | 'overtaken'>): Promise<Value> {
  const deadline = performance.now() + patienceMs;
  for (let round = 0; ; round += 1) {
    const kept = await attempt();
    if (kept !== 'overtaken') return kept;
    if (performance.now() > deadline) break;
    const waitMs = Math.random() * Math.min(waitMaxMs, firstWaitMs * 2 ** round);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  throw Object.assign(new Error(`Others wrote the same all the time for ${patienceMs} ms`), { retryable: true });
}
