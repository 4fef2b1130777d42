/** The list of Workers as production has it. */
import { describe, expect, it } from 'vitest';
import { developmentOnly, productionWorkers, readWorkers, workerNames } from './configs.ts';

describe('the Workers of production', () => {
  const everyWorker = readWorkers();
  const workers = productionWorkers(everyWorker);

  it('are all but those of development, the router first', () => {
    expect(workers.map(({ name }) => name)).toEqual(workerNames.filter((name) => !developmentOnly.has(name)));
    expect(workers[0]?.name).toBe('router');
  });

  it('bind nothing that is not there, and lose no other binding', () => {
    const known = new Set(workers.map(({ wrangler }) => wrangler.name));
    for (const { name, wrangler } of workers) {
      const before = everyWorker.find((worker) => worker.name === name)?.wrangler.services ?? [];
      expect(wrangler.services, name).toEqual(before.filter(({ service }) => known.has(service)));
    }
    expect(everyWorker.flatMap(({ wrangler }) => wrangler.services).length).toBeGreaterThan(
      workers.flatMap(({ wrangler }) => wrangler.services).length,
    );
  });
});
