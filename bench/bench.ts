/** One run of the benchmark: baselines and cells in turn, the commits of a quiet checkout, the rush. */
import { setTimeout as sleep } from 'node:timers/promises';
import { databasesOf, readWorkers } from '../scripts/configs.ts';
import type { BaselineName } from './baselines.ts';
import { type Rush, rush } from './buyers.ts';
import { type Calm, measureCalm } from './calm.ts';
import { cells, groupsOf } from './cells.ts';
import { type CheckoutCpu, measureCheckoutCpu } from './checkout-cpu.ts';
import { type CodesReport, measureCodes } from './codes.ts';
import { commitsBetween, snapshotWals } from './commits.ts';
import { Connection } from './http-client.ts';
import { ask, type Measured } from './load.ts';
import { type BenchOptions, type CellReport, connections, measureBaseline, measureCells } from './measured-cells.ts';
import { checkout, makeReadyCart } from './requests.ts';
import { productsTotal, skuOf } from './shop.ts';

export type Baselines = Readonly<Partial<Record<BaselineName, Measured>>>;

export interface Report {
  readonly seconds: number;
  readonly connections: number;
  readonly baselines: Baselines;
  readonly directBaselines: Baselines;
  readonly cells: readonly CellReport[];
  /** Commits of one checkout of two lines: before it answers, and in all until everything is quiet. */
  readonly commits: { readonly answered: Record<string, number>; readonly quiet: Record<string, number> } | null;
  readonly checkoutCpu: CheckoutCpu | null;
  readonly calm: Calm | null;
  readonly codes: CodesReport | null;
  readonly rush: Rush | null;
}

/** Events are relayed within a second of their commit and proven five seconds later; after ten an object falls asleep. */
const quietMs = 8_000;
const lookAgainMs = 250;

export async function runBench(options: BenchOptions): Promise<Report> {
  const { shop, usualPort, directPort, seconds, only } = options;
  await fillBare(usualPort);
  const commits = only.has('commits') ? await countCommits(options) : null;
  const wanted = cells.filter(({ name }) => only.has(name));
  const checkoutCpu = only.has('checkout-cpu') ? await measureCheckoutCpu(options) : null;
  const calm = only.has('calm') ? await measureCalm(options) : null;
  const measured: Partial<Record<BaselineName, Measured>> = {};
  const direct: Partial<Record<BaselineName, Measured>> = {};
  for (const name of new Set<BaselineName>([...wanted.map(({ baseline }) => baseline), 'first write'])) {
    measured[name] = await measureBaseline(name, usualPort, options, seconds);
    direct[name] = await measureBaseline(name, directPort, options, seconds);
  }
  const reports: CellReport[] = [];
  for (const group of groupsOf(wanted)) reports.push(...(await measureCells(group, options, direct)));
  const codes = only.has('codes') ? await measureCodes(options) : null;
  const rushed = only.has('rush') ? await rush(options.shopPort, shop.adminKey) : null;
  return {
    ...{ seconds, connections, baselines: measured, directBaselines: direct, cells: reports },
    ...{ commits, checkoutCpu, calm, codes, rush: rushed },
  };
}

async function fillBare(port: number): Promise<void> {
  const connection = await Connection.open(port);
  await ask(connection, { method: 'POST', path: `/seed/${productsTotal}` }, 201);
  connection.close();
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
    const cartId = await makeReadyCart(connection, skuOf(1, 0), skuOf(2, 0));
    const place = cartId.slice(31, 34);
    const other = byPlace.get(place);
    if (other !== undefined) return [other, cartId];
    byPlace.set(place, cartId);
  }
}
