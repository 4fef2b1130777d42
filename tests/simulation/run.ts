/** One simulated run: a seed becomes a shop, its shoppers and its misfortunes, and the run becomes a list of broken promises. */
import type { SandboxToken } from '../../workers/sandbox/domain/tokens.ts';
import { drawProfile, type FaultProfile } from './faults.ts';
import { drawGoods, type Goods, startAt } from './goods.ts';
import { violationsAtRest, Watch } from './invariants.ts';
import { lateViolations, standstillOf } from './promptness.ts';
import { Random } from './random.ts';
import { Scheduler, type Script } from './scheduler.ts';
import { type Plants, Shop } from './shop.ts';
import { type History, type Plan, plans, Shopper } from './shoppers.ts';

export interface RunOptions {
  readonly plants?: Plants | undefined;
  readonly profile?: Partial<FaultProfile> | undefined;
  /** Replaces chance: faults strike where the script says, and nothing else goes wrong. */
  readonly script?: Script | undefined;
  readonly goods?: Goods | undefined;
  readonly plan?: Plan | undefined;
  readonly token?: SandboxToken | 'manual' | undefined;
  readonly trace?: ((line: string) => void) | undefined;
  readonly isRecorded?: boolean;
}

export interface RunReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly stepCount: number;
  readonly calls: readonly string[];
  readonly history: History;
  /** The longest time that a checkout stood still after the last fault; 0 when clocks were wrong. */
  readonly standstillMs: number;
  readonly paidCount: number;
}

const restMs = 40 * 60_000;

/** Runs one seed to its rest. What the code under test reports to the console goes to the trace. */
export async function run(seed: number, options: RunOptions = {}): Promise<RunReport> {
  const { error } = console;
  console.error = (line: unknown) => options.trace?.(`reported: ${String(line)}`);
  try {
    return await runAloud(seed, options);
  } finally {
    console.error = error;
  }
}

async function runAloud(seed: number, options: RunOptions): Promise<RunReport> {
  const random = new Random(seed);
  const profile: FaultProfile = { ...drawProfile(random), ...options.profile };
  const goods = options.goods ?? drawGoods(random);
  const quietAt = startAt + profile.quietAfterMs;
  const { script, trace } = options;
  const scheduler = new Scheduler({ seed: seed + 0x5eed, rates: profile.rates, quietAt, script, trace }, startAt);
  if (options.isRecorded) scheduler.recorded = [];
  scheduler.trace(() => `seed ${seed} ${JSON.stringify(profile)}`);
  const watch = new Watch();
  const shop = new Shop(scheduler, goods, profile, options.plants ?? {}, watch);
  const history: History = { heard: [], unanswered: [] };
  await shop.open();
  const shoppers = goods.carts.map(({ cartId }) => new Shopper(shop, cartId, history, options.token ?? null));
  for (const shopper of shoppers) {
    const plan = options.plan ?? random.weighted(plans);
    scheduler.after(random.between(0, script === undefined ? 10_000 : 0), null, plan, () => void shopper.follow(plan));
  }
  if (script === undefined) scheduleMisfortunes(shop, profile, random, quietAt);

  const isClockRight = profile.clockSkewMs === 0 && profile.rates['clock-back'] === 0;
  const deadline = quietAt + profile.holdMs + restMs + 2 * profile.clockSkewMs;
  const isAtRest = await scheduler.runUntil(deadline);
  const violations = isAtRest
    ? [...(await violationsAtRest(shop, watch, history)), ...(isClockRight ? lateViolations(shop, quietAt) : [])]
    : [...watch.violations, 'I7 the run does not come to rest'];
  const { orderStorage } = shop;
  const histories = orderStorage.streamIds.map((id) => orderStorage.history(id));
  return {
    seed,
    violations,
    stepCount: scheduler.stepCount,
    calls: scheduler.recorded ?? [],
    history,
    standstillMs: isClockRight ? Math.max(0, ...histories.map((events) => standstillOf(events, quietAt))) : 0,
    paidCount: orderStorage.commits.filter(({ events }) => events.some(({ type }) => type === 'order-paid')).length,
  };
}

/** Power cuts, clocks that jump back, and a merchant who raises his prices in the middle of it. */
function scheduleMisfortunes(shop: Shop, { rates }: FaultProfile, random: Random, quietAt: number): void {
  const { scheduler } = shop;
  for (let at = startAt; at < quietAt; at += 1_000) {
    const delayMs = at - startAt + random.between(0, 999);
    if (random.chance(rates['power-cut'])) scheduler.after(delayMs, null, 'power cut', () => shop.cutPower());
    if (random.chance(rates['clock-back'])) {
      const objects = shop.objects();
      const object = objects[random.between(0, objects.length - 1)];
      scheduler.after(delayMs, null, `${object?.name} clock back`, () => object?.turnClockBack(300_000));
    }
  }
  if (random.chance(0.2)) {
    scheduler.after(random.between(0, 15_000), null, 'prices rise', () => {
      shop.raisedMinor = 100;
    });
  }
}
