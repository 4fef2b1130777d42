/**
 * The processor time of a checkout until its answer. Alarms of objects ring every two seconds, all at the same moments, so a
 * burst that starts in a quiet shop just after one of them and is over before the next contains nothing of what follows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCarts } from './cells.ts';
import { ask, load } from './load.ts';
import { type BenchOptions, connections } from './measured-cells.ts';
import { checkout } from './requests.ts';

export interface CheckoutCpu {
  /** Per checkout, burst by burst. */
  readonly cpuMs: readonly number[];
  readonly count: number;
}

export const checkoutCpuTargetMs = 6;

const bursts = 3;
const burstSeconds = 0.8;
/** More than a burst can use up. */
const cartsPerBurst = 250;
/** Events are relayed within three seconds and proven within six more. */
const quietMs = 9_000;
const alarmsEveryMs = 2_000;
/** Long enough for what an alarm does in a quiet shop. */
const afterAlarmMs = 250;

export async function measureCheckoutCpu({ shopPort, shopPid }: BenchOptions): Promise<CheckoutCpu> {
  const cpuMs: number[] = [];
  let count = 0;
  console.error('measuring: checkouts until their answers');
  // The first burst is there to be compiled.
  for (let burst = -1; burst < bursts; burst += 1) {
    const cartIds = await makeCarts(shopPort, cartsPerBurst);
    await sleep(quietMs);
    await sleep(alarmsEveryMs - (Date.now() % alarmsEveryMs) + afterAlarmMs);
    const measured = await load(
      { port: shopPort, pid: shopPid, connections, seconds: burstSeconds },
      async (connection) => {
        const cartId = cartIds.pop();
        if (cartId === undefined) return false;
        await ask(connection, checkout(cartId), 201);
        return undefined;
      },
    );
    if (burst < 0 || measured.cpuMs === null) continue;
    cpuMs.push(measured.cpuMs);
    count += measured.count;
  }
  return { cpuMs, count };
}
