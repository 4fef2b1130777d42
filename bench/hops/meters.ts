/** Reads and sets the meters of all Workers of an instrumented shop, through the router. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../http-client.ts';
import { ask } from '../load.ts';
import { type Counts, type Delays, meterPath, type Reading, type TracedHop } from './inside/meter.ts';

export interface Meters {
  /** Sets the delays and forgets what was counted. */
  set(delays: Delays): Promise<void>;
  read(): Promise<Reading>;
  /** Resolves when nothing was counted for so long, with what was counted since the last `set`. */
  quiet(quietMs: number): Promise<Reading>;
}

const lookAgainMs = 250;
const patienceMs = 60_000;

export function metersOf(connection: Connection): Meters {
  const read = async () => merged(await ask(connection, { method: 'GET', path: meterPath }, 200));
  return {
    read,
    set: async (delays) => void (await ask(connection, { method: 'POST', path: meterPath, body: delays }, 200)),
    quiet: async (quietMs) => {
      let known = await read();
      let [startedAt, changedAt] = [performance.now(), performance.now()];
      for (const deadline = startedAt + patienceMs; performance.now() < deadline; ) {
        if (performance.now() - changedAt >= quietMs) return known;
        await sleep(lookAgainMs);
        const now = await read();
        if (JSON.stringify(now.counts) !== JSON.stringify(known.counts)) changedAt = performance.now();
        known = now;
      }
      throw new Error(`The shop was not quiet for ${quietMs} ms within ${patienceMs} ms`);
    },
  };
}

function merged({ body }: { readonly body: Buffer }): Reading {
  const readings: Record<string, Reading> = JSON.parse(body.toString());
  const counts: Counts = {};
  const trace: TracedHop[] = [];
  for (const reading of Object.values(readings)) {
    for (const [what, howMany] of Object.entries(reading.counts)) counts[what] = (counts[what] ?? 0) + howMany;
    trace.push(...reading.trace);
  }
  return { counts, trace: trace.sort((a, b) => a.startedAt - b.startedAt) };
}
