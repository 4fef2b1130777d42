/** Measures the operations one after the other in an instrumented shop that does nothing else. */
import { cpuMsOf } from '../cpu.ts';
import { ask } from '../load.ts';
import { far, near } from './hop-table.ts';
import type { Counts, Delays, TracedHop } from './inside/meter.ts';
import type { Meters } from './meters.ts';
import type { Operation, Shopping } from './operations.ts';
import { isSettled, serialHops, type Timing } from './path.ts';

/** What lies on the way to the answer, one after the other. */
export interface Path {
  readonly hops: number;
  readonly services: number;
  readonly objects: number;
  readonly d1: number;
  readonly commits: number;
  readonly nearMs: number;
  readonly farMs: number;
}

export interface Measurement {
  readonly operation: Operation;
  readonly path: Path;
  /** Until the answer, and until all is quiet. */
  readonly answered: Counts;
  readonly quiet: Counts;
  /** Processor time until the answer, of Workers with meters in them. */
  readonly cpuMs: number;
  readonly trace: readonly TracedHop[];
}

interface Bench {
  readonly shopping: Shopping;
  readonly meters: Meters;
  readonly pid: number | undefined;
}

/** An event is relayed within three seconds of its commit and proven within six more. */
const quietAfterEventsMs = 9_000;
const quietAfterOthersMs = 1_500;
const warmUps = 3;
/** On a machine that does nothing else two are enough. */
const triesMax = 8;
const cpuTries = 20;
/** Long enough to tell a hop from noise, short enough that no deadline in the shop passes. */
const shortMs = 20;
const longMs = 100;

/** Counts first: what is counted needs a quiet shop, and the other measurements make noise. */
export async function measureAll(bench: Bench, operations: readonly Operation[]): Promise<Measurement[]> {
  for (const operation of operations)
    for (let warmUp = 0; warmUp < warmUps; warmUp += 1) await run(bench, operation, {});
  await bench.meters.quiet(quietAfterEventsMs);
  const counted = [];
  for (const operation of operations) counted.push(await countOne(bench, operation));
  const measurements: Measurement[] = [];
  for (const count of counted) {
    console.error(`measuring: ${count.operation.title}`);
    const path = await measurePath(bench, count.operation, count.answered);
    measurements.push({ ...count, path, cpuMs: await measureCpu(bench, count.operation) });
  }
  return measurements;
}

/** One time, with the delays of the hop table: an object is billed for the time that it waits for others, too. */
async function countOne(bench: Bench, operation: Operation) {
  const { shopping, meters } = bench;
  console.error(`counting: ${operation.title}`);
  const exchange = await operation.prepare(shopping);
  const isPreparedByEvents = operation.name === 'fulfillment' || operation.name === 'refund';
  await meters.quiet(isPreparedByEvents ? quietAfterEventsMs : quietAfterOthersMs);
  await meters.set(near);
  await ask(shopping.connection, exchange, operation.status);
  const { counts: answered, trace } = await meters.read();
  const { counts: quiet } = await meters.quiet(operation.isFollowed ? quietAfterEventsMs : quietAfterOthersMs);
  await meters.set({});
  return { operation, answered, quiet, trace };
}

async function measurePath(bench: Bench, operation: Operation, answered: Counts): Promise<Path> {
  const serial = async (...kinds: string[]): Promise<number> => {
    if (kinds.every((kind) => answered[kind === 'commit' ? 'object commits' : kind] === undefined)) return 0;
    const added = (delayMs: number) => {
      const delays = Object.fromEntries(kinds.map((kind) => [kind, delayMs]));
      return time(bench, operation, delayMs, delays);
    };
    return serialHops(await added(shortMs), await added(longMs));
  };
  const network = async (table: Delays, [few, many]: readonly [number, number]): Promise<number> => {
    const times = (factor: number) => {
      const delays = Object.fromEntries(Object.entries(table).map(([key, ms]) => [key, ms * factor]));
      return time(bench, operation, factor, delays);
    };
    return serialHops(await times(few), await times(many));
  };
  return {
    hops: await serial('service', 'object', 'd1', 'queue'),
    services: await serial('service'),
    objects: await serial('object'),
    d1: await serial('d1'),
    commits: await serial('commit'),
    // Waits are made longer, to stand out from noise.
    nearMs: await network(near, [1, 4]),
    farMs: await network(far, [0.5, 2]),
  };
}

async function time(bench: Bench, operation: Operation, delayMs: number, delays: Delays): Promise<Timing> {
  const tookMs: number[] = [];
  while (tookMs.length < triesMax && !isSettled(tookMs)) tookMs.push(await run(bench, operation, delays));
  return { delayMs, tookMs };
}

/** Prepares an operation at full speed and answers how long it took with these delays. */
async function run({ shopping, meters }: Bench, operation: Operation, delays: Delays): Promise<number> {
  const exchange = await operation.prepare(shopping);
  await meters.set(delays);
  const startedAt = performance.now();
  await ask(shopping.connection, exchange, operation.status);
  const tookMs = performance.now() - startedAt;
  await meters.set({});
  return tookMs;
}

async function measureCpu({ shopping, pid }: Bench, operation: Operation): Promise<number> {
  const exchanges = [];
  for (let attempt = 0; attempt < cpuTries; attempt += 1) exchanges.push(await operation.prepare(shopping));
  const before = cpuMsOf(pid) ?? Number.NaN;
  for (const exchange of exchanges) await ask(shopping.connection, exchange, operation.status);
  return ((cpuMsOf(pid) ?? Number.NaN) - before) / cpuTries;
}
