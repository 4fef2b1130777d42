/** One run of the benchmark: baselines and cells in turn, the commits of a quiet checkout, the rush. */
import { setTimeout as sleep } from 'node:timers/promises';
import { databasesOf, readWorkers } from '../scripts/configs.ts';
import { type BaselineName, baselines } from './baselines.ts';
import { type Rush, rush } from './buyers.ts';
import { type Cell, cells, checkout, makeCart } from './cells.ts';
import { commitsBetween, snapshotWals } from './commits.ts';
import { syncsPerSecond } from './disk.ts';
import { Connection } from './http-client.ts';
import { ask, load, type Measured } from './load.ts';
import { type BenchShop, productsTotal, skuOf } from './shop.ts';

export interface CellReport extends Measured {
  readonly name: string;
  readonly baseline: BaselineName;
  readonly baselinePerSecond: number;
  readonly baselineCpuMs: number | null;
  /** To the baseline behind Miniflare's own door, where the targets were set. */
  readonly ratio: number;
  /** To the baseline on a direct socket, like the shop's. */
  readonly directRatio: number;
  readonly isOnTarget: boolean;
  /** Synced writes of the disk per second, before and after; only for cells that write. */
  readonly syncsPerSecond: readonly number[];
}

export type Baselines = Readonly<Partial<Record<BaselineName, Measured>>>;

export interface Report {
  readonly seconds: number;
  readonly connections: number;
  readonly baselines: Baselines;
  readonly directBaselines: Baselines;
  readonly cells: readonly CellReport[];
  /** Commits of one checkout of two lines: before it answers, and in all until everything is quiet. */
  readonly commits: { readonly answered: Record<string, number>; readonly quiet: Record<string, number> } | null;
  readonly rush: Rush | null;
}

export interface BenchOptions {
  readonly shop: BenchShop;
  readonly shopPort: number;
  /** The bare Worker behind Miniflare's own door, and on a direct socket. */
  readonly usualPort: number;
  readonly directPort: number;
  readonly shopPid: number | undefined;
  readonly barePid: number | undefined;
  readonly seconds: number;
  readonly only: ReadonlySet<string>;
  readonly statePath: string;
}

const connections = 16;
/** As long as it takes the runtime to compile what the shop runs, so that a cell alone says what it says among others. */
const warmUpSeconds = 3;
/** Events are relayed within a second of their commit and proven five seconds later; after ten an object falls asleep. */
const quietMs = 8_000;
const lookAgainMs = 250;

export async function runBench(options: BenchOptions): Promise<Report> {
  const { shop, usualPort, directPort, seconds, only } = options;
  await fillBare(usualPort);
  const commits = only.has('commits') ? await countCommits(options) : null;
  const wanted = cells.filter(({ name }) => only.has(name));
  const measured: Partial<Record<BaselineName, Measured>> = {};
  const direct: Partial<Record<BaselineName, Measured>> = {};
  for (const name of new Set<BaselineName>([...wanted.map(({ baseline }) => baseline), 'first write'])) {
    measured[name] = await measureBaseline(name, usualPort, options, seconds);
    direct[name] = await measureBaseline(name, directPort, options, seconds);
  }
  const reports: CellReport[] = [];
  for (const cell of wanted) reports.push(await measureCell(cell, options, direct));
  const rushed = only.has('rush') ? await rush(options.shopPort, shop.adminKey) : null;
  return { seconds, connections, baselines: measured, directBaselines: direct, cells: reports, commits, rush: rushed };
}

async function fillBare(port: number): Promise<void> {
  const connection = await Connection.open(port);
  await ask(connection, { method: 'POST', path: `/seed/${productsTotal}` }, 201);
  connection.close();
}

function measureBaseline(
  name: BaselineName,
  port: number,
  { barePid }: BenchOptions,
  seconds: number,
): Promise<Measured> {
  return load({ port, pid: barePid, connections, seconds }, baselines[name]);
}

/** Baseline, cell, baseline, cell, baseline: noise that comes and goes falls on both. */
async function measureCell(cell: Cell, options: BenchOptions, direct: Baselines): Promise<CellReport> {
  const { shopPort, usualPort, shopPid, seconds, statePath } = options;
  const half = seconds / 2;
  const work = await cell.prepare(shopPort, seconds + warmUpSeconds);
  await load({ port: shopPort, connections, seconds: warmUpSeconds }, work);
  const syncs = cell.isWriting ? [syncsPerSecond(statePath)] : [];
  const baseline: Measured[] = [await measureBaseline(cell.baseline, usualPort, options, half)];
  const runs: Measured[] = [];
  for (let round = 0; round < 2; round += 1) {
    runs.push(await load({ port: shopPort, pid: shopPid, connections, seconds: half }, work));
    // What the load left behind is the shop's cost, not the baseline's.
    await sleep(cell.isWriting ? 1500 : 100);
    baseline.push(await measureBaseline(cell.baseline, usualPort, options, half));
  }
  if (cell.isWriting) syncs.push(syncsPerSecond(statePath));
  const perSecond = mean(runs.map((run) => run.perSecond));
  const baselinePerSecond = mean(baseline.map((run) => run.perSecond));
  const ratio = perSecond / baselinePerSecond;
  return {
    name: cell.name,
    baseline: cell.baseline,
    count: runs.reduce((sum, run) => sum + run.count, 0),
    perSecond,
    p50Ms: mean(runs.map((run) => run.p50Ms)),
    p99Ms: Math.max(...runs.map((run) => run.p99Ms)),
    cpuMs: meanOrNull(runs.map((run) => run.cpuMs)),
    baselinePerSecond,
    baselineCpuMs: meanOrNull(baseline.map((run) => run.cpuMs)),
    ratio,
    directRatio: perSecond / (direct[cell.baseline]?.perSecond ?? Number.POSITIVE_INFINITY),
    isOnTarget: 'share' in cell.target ? ratio >= cell.target.share : perSecond >= cell.target.perSecond,
    syncsPerSecond: syncs,
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function meanOrNull(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : mean(known);
}

/** One checkout in a quiet shop. An earlier one has woken the same objects, so that only the checkout itself is counted. */
async function countCommits({ shop, shopPort }: BenchOptions): Promise<Report['commits']> {
  const databases = databasesOf(readWorkers());
  const connection = await Connection.open(shopPort);
  const [first, cartId] = await neighborCarts(connection);
  await ask(connection, checkout(first), 201);
  await sleep(quietMs);
  const before = snapshotWals(shop.storagePath);
  await ask(connection, checkout(cartId), 201);
  let last = snapshotWals(shop.storagePath);
  const answered = commitsBetween(before, last, databases);
  const quiet = new Map(answered);
  // The log of an object that falls asleep is gone, so it is looked at often.
  for (let waitedMs = 0; waitedMs < quietMs; waitedMs += lookAgainMs) {
    await sleep(lookAgainMs);
    const now = snapshotWals(shop.storagePath);
    for (const [place, count] of commitsBetween(last, now, databases))
      quiet.set(place, (quiet.get(place) ?? 0) + count);
    last = now;
  }
  connection.close();
  return { answered: Object.fromEntries(answered), quiet: Object.fromEntries(quiet) };
}

/** Two carts of one Cart object: the three characters after the sortable part of an id name the object. */
async function neighborCarts(connection: Connection): Promise<readonly [string, string]> {
  const byPlace = new Map<string, string>();
  for (;;) {
    const cartId = await makeCart(connection, skuOf(1, 0), skuOf(2, 0));
    const place = cartId.slice(31, 34);
    const other = byPlace.get(place);
    if (other !== undefined) return [other, cartId];
    byPlace.set(place, cartId);
  }
}
