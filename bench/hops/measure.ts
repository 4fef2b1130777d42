/** Measures the operations one after the other in an instrumented shop that does nothing else. */
import { cpuMsOf } from '../cpu.ts';
import { ask } from '../load.ts';
import { far, near } from './hop-table.ts';
import type { Counts, Delays, TracedHop } from './inside/meter.ts';
import type { Meters } from './meters.ts';
import type { Operation, Shopping } from './operations.ts';
import { serialHops, type Timing } from './path.ts';

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

/** An event is relayed within a second of its commit and proven five seconds later. */
const quietAfterEventsMs = 7_000;
const quietAfterOthersMs = 1_500;
const warmUps = 3;
const tries = 3;
const cpuTries = 20;
/** Long enough to tell a hop from noise, short enough that nobody gives up waiting. */
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
    const path = await measurePath(bench, count.operation, count.answered);
    measurements.push({ ...count, path, cpuMs: await measureCpu(bench, count.operation) });
  }
  return measurements;
}

/** One time, with the delays of the hop table: an object is billed for the time that it waits for others, too. */
async function countOne(bench: Bench, operation: Operation) {
  const { shopping, meters } = bench;
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
    const delays = (milliseconds: number): Delays => Object.fromEntries(kinds.map((kind) => [kind, milliseconds]));
    return serialHops(
      await time(bench, operation, shortMs, delays(shortMs)),
      await time(bench, operation, longMs, delays(longMs)),
    );
  };
  const network = async (table: Delays): Promise<number> =>
    serialHops(
      await time(bench, operation, 1, table),
      await time(bench, operation, 3, Object.fromEntries(Object.entries(table).map(([key, ms]) => [key, ms * 3]))),
    );
  return {
    hops: await serial('service', 'object', 'd1', 'queue'),
    services: await serial('service'),
    objects: await serial('object'),
    d1: await serial('d1'),
    commits: await serial('commit'),
    nearMs: await network(near),
    farMs: await network(far),
  };
}

async function time(bench: Bench, operation: Operation, delayMs: number, delays: Delays): Promise<Timing> {
  const tookMs: number[] = [];
  for (let attempt = 0; attempt < tries; attempt += 1) tookMs.push(await run(bench, operation, delays));
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
