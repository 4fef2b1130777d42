/** One simulated run: a seed becomes a shop, its shoppers and its misfortunes, and the run becomes a list of broken promises. */

import { hourMs } from '../../shared/values/time.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import type { Deed } from '../../workers/orders/domain/order/operation.ts';
import './digest.ts';
import { drawProfile, type FaultProfile } from './faults.ts';
import { goodCardViolations } from './good-cards.ts';
import { drawGoods, type Goods, locationIds, startAt, unitIds } from './goods.ts';
import { insist } from './insisting.ts';
import { checkoutsOf, violationsAtRest } from './invariants.ts';
import type { Token } from './means.ts';
import { Merchant, type Script as MerchantScript, type OperationHistory } from './merchants.ts';
import type { Plants } from './plants.ts';
import { lateViolations, standstillOf } from './promptness.ts';
import { Random } from './random.ts';
import { Scheduler, type Script } from './scheduler.ts';
import { Shop } from './shop.ts';
import { type History, type Plan, plans, Shopper } from './shoppers.ts';
import { Watch } from './watch.ts';

interface RunOptions {
  readonly plants?: Plants | undefined;
  readonly profile?: Partial<FaultProfile> | undefined;
  /** Replaces chance: faults strike where the script says, and nothing else goes wrong. */
  readonly script?: Script | undefined;
  readonly goods?: Goods | undefined;
  readonly plan?: Plan | undefined;
  /** How shoppers pay, one after the other; the last one from then on. */
  readonly tokens?: readonly Token[] | undefined;
  /** How many merchants there are; absent for as many as chance has it. */
  readonly merchantCount?: number | undefined;
  /** How often goods are counted anew; absent for as often as chance has it. */
  readonly countsOfStock?: number | undefined;
  /** What the only merchant does instead. */
  readonly deeds?: MerchantScript | undefined;
  readonly trace?: ((line: string) => void) | undefined;
  readonly isRecorded?: boolean;
}

export interface RunReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly stepCount: number;
  readonly calls: readonly string[];
  readonly history: History & OperationHistory;
  /** The longest time that a checkout stood still after the last fault; 0 when clocks were wrong. */
  readonly standstillMs: number;
  readonly paidCount: number;
  /** What merchants did with orders, and it went well. */
  readonly deedCount: number;
  /** Of these: edits, cancellations and refunds, and the refunds of orders that had been canceled before. */
  readonly edits: number;
  readonly cancellations: number;
  readonly refunds: number;
  readonly lateRefunds: number;
}

/** Longer than a provider may leave a refund open before it is asked again, twice. */
const restMs = 14 * hourMs;

/** Runs one seed to its rest. */
export function run(seed: number, options: RunOptions = {}): Promise<RunReport> {
  return quietly(() => runAloud(seed, options), options.trace);
}

/** What the code under test reports to the console goes to the trace. */
export async function quietly<Answer>(work: () => Promise<Answer>, trace?: (line: string) => void): Promise<Answer> {
  const { error } = console;
  console.error = (line: unknown) => trace?.(`reported: ${String(line)}`);
  try {
    return await work();
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
  const history: History & OperationHistory = { heard: [], operated: [], unanswered: [], asked: [], insisted: [] };
  await shop.open();
  const { tokens = null } = options;
  for (const { cartId } of goods.carts) {
    const shopper = new Shopper(shop, cartId, history, tokens);
    const plan = options.plan ?? random.weighted(plans);
    const follow = async (): Promise<void> => {
      if (plan !== 'insist') return shopper.follow(plan);
      const end = await insist(shopper, shop, tokens);
      if (end !== null) history.insisted.push({ cartId, end });
    };
    scheduler.after(random.between(0, script === undefined ? 10_000 : 0), null, plan, () => void follow());
  }
  if (options.deeds !== undefined) void new Merchant(shop, 'merchant', history).follow(options.deeds);
  else if (script === undefined) startMerchants(shop, random, history, options.merchantCount);
  if (script === undefined) scheduleMisfortunes(shop, profile, random, quietAt);
  if (script === undefined) scheduleCounts(shop, new Random(seed + 0xc0de), options.countsOfStock);

  const isClockRight = profile.clockSkewMs === 0 && profile.rates['clock-back'] === 0;
  const deadline = quietAt + profile.holdMs + restMs + 2 * profile.clockSkewMs;
  const isAtRest = await scheduler.runUntil(deadline);
  const { orderStorage } = shop;
  const { streamIds } = orderStorage;
  const histories = streamIds.map((id) => orderStorage.history(id));
  const standstills = new Map(
    isClockRight ? streamIds.map((id) => [id, standstillOf(orderStorage.history(id), quietAt)]) : [],
  );
  const judgedAtRest = async (): Promise<string[]> => {
    const checkouts = checkoutsOf(shop);
    const found = await violationsAtRest(shop, watch, history, checkouts);
    if (!isClockRight) return found;
    return [...found, ...lateViolations(shop, quietAt, standstills), ...goodCardViolations(shop, history, checkouts)];
  };
  const violations = isAtRest ? await judgedAtRest() : [...watch.violations, 'I7 the run does not come to rest'];
  return {
    seed,
    violations,
    stepCount: scheduler.stepCount,
    calls: scheduler.recorded ?? [],
    history,
    standstillMs: Math.max(0, ...standstills.values()),
    paidCount: histories.flat().filter(({ type }) => type === 'order-paid' || type === 'order-confirmed').length,
    ...deedsOf(histories),
  };
}

/**
 * Counts of stock, in a third of the runs, that find less than is thought more often than more. By a chance of their own: a run
 * without them is the same with or without this.
 */
function scheduleCounts(shop: Shop, random: Random, wanted: number | undefined): void {
  const times = wanted ?? (random.chance(0.35) ? random.between(1, 4) : 0);
  for (let time = 0; time < times; time += 1) {
    const [unitId, locationId] = [random.pick(unitIds), random.pick(locationIds)];
    const delta = random.weighted({ less: 4, more: 1 }) === 'less' ? -random.between(1, 4) : random.between(1, 2);
    shop.scheduler.after(random.between(0, 60_000), null, `count of ${unitId}`, () => {
      void shop.stock.count(unitId, locationId, delta, shop.scheduler.now);
    });
  }
}

/** How much merchants have done, and of what a run needs plenty. */
function deedsOf(histories: readonly (readonly OrderStreamEvent[])[]) {
  const deeds = histories.map((events) =>
    events.flatMap((event) => (event.type === 'operation-ended' && event.deed !== null ? [event.deed] : [])),
  );
  const isRefund = (one: Deed) => one.kind === 'refund';
  const count = (isOf: (one: Deed) => boolean) => deeds.flat().filter(isOf).length;
  const afterCancel = deeds.flatMap((some) => {
    const at = some.findIndex(({ kind }) => kind === 'cancel');
    return at < 0 ? [] : some.slice(at);
  });
  return {
    deedCount: deeds.flat().length,
    edits: count(({ kind }) => kind === 'edit'),
    cancellations: count(({ kind }) => kind === 'cancel'),
    refunds: count(isRefund),
    lateRefunds: afterCancel.filter(isRefund).length,
  };
}

/** Half of the shops have no merchant: orders are the more expensive half of a run, and checkouts need their seeds too. */
function startMerchants(shop: Shop, random: Random, history: OperationHistory, wanted: number | undefined): void {
  const count = wanted ?? random.weighted({ none: 10, one: 5, two: 5 });
  const merchantCount = typeof count === 'number' ? count : { none: 0, one: 1, two: 2 }[count];
  for (let index = 0; index < merchantCount; index += 1) {
    const merchant = new Merchant(shop, `merchant ${index + 1}`, history);
    const deedCount = random.between(3, 12);
    shop.scheduler.after(random.between(0, 12_000), null, 'merchant', () => void merchant.work(deedCount));
  }
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
