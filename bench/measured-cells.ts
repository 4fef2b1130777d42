/** Measures cells between two measures of their baseline, so that noise that comes and goes falls on both. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BaselineName, baselines } from './baselines.ts';
import type { Cell } from './cells.ts';
import { syncsPerSecond } from './disk.ts';
import { load, type Measured, type Work } from './load.ts';
import type { BenchShop } from './shop.ts';

export interface BenchOptions {
  readonly shop: BenchShop;
  readonly shopPort: number;
  /** The bare Worker behind Miniflare's proxy, and on a direct socket. */
  readonly usualPort: number;
  readonly directPort: number;
  readonly shopPid: number | undefined;
  readonly barePid: number | undefined;
  readonly seconds: number;
  readonly only: ReadonlySet<string>;
  readonly statePath: string;
}

export interface CellReport extends Measured {
  readonly name: string;
  readonly baseline: BaselineName;
  readonly baselinePerSecond: number;
  readonly baselineCpuMs: number | null;
  /** To the baseline behind Miniflare's proxy, for which the targets were set. */
  readonly ratio: number;
  /** To the baseline on a direct socket, like the shop's. */
  readonly directRatio: number;
  /** Null where there is no target. */
  readonly isOnTarget: boolean | null;
  /** Synced writes of the disk per second, before and after; only for cells that write. */
  readonly syncsPerSecond: readonly number[];
}

export const connections = 16;
/** As long as it takes the runtime to compile what the shop runs, so that a cell alone says what it says among others. */
const warmUpSeconds = 3;
/** Cells that are compared with each other take more turns: the difference is smaller than what disturbs it. */
const roundsOf = (cells: number) => (cells === 1 ? 2 : 4);

export function measureBaseline(
  name: BaselineName,
  port: number,
  { barePid }: BenchOptions,
  seconds: number,
): Promise<Measured> {
  return load({ port, pid: barePid, connections, seconds }, baselines[name]);
}

/**
 * Baseline, cell, baseline, cell, baseline. Several cells take turns, every second time in the other order, so that they can be
 * compared with each other.
 */
export async function measureCells(
  cells: readonly Cell[],
  options: BenchOptions,
  direct: Readonly<Partial<Record<BaselineName, Measured>>>,
): Promise<CellReport[]> {
  const { shopPort, usualPort, shopPid, seconds, statePath } = options;
  const prepared: { readonly cell: Cell; readonly work: Work; readonly runs: Measured[] }[] = [];
  for (const cell of cells) {
    console.error(`measuring: ${cell.title}`);
    const work = await cell.prepare(shopPort, (seconds / 2) * roundsOf(cells.length) + warmUpSeconds);
    await load({ port: shopPort, connections: cell.connections ?? connections, seconds: warmUpSeconds }, work);
    prepared.push({ cell, work, runs: [] });
  }
  const baseline = cells[0]?.baseline ?? 'hello';
  const isWriting = cells.some((cell) => cell.isWriting);
  const syncs = isWriting ? [syncsPerSecond(statePath)] : [];
  const rounds = roundsOf(cells.length);
  const part = seconds / 2;
  const baselineRuns: Measured[] = [await measureBaseline(baseline, usualPort, options, part)];
  for (let round = 0; round < rounds; round += 1) {
    for (const { cell, work, runs } of round % 2 === 0 ? prepared : prepared.toReversed()) {
      const own = cell.connections ?? connections;
      runs.push(await load({ port: shopPort, pid: shopPid, connections: own, seconds: part }, work));
      // What the load left behind is the shop's cost, not that of what is measured next.
      await sleep(isWriting ? 1500 : 100);
    }
    baselineRuns.push(await measureBaseline(baseline, usualPort, options, part));
  }
  if (isWriting) syncs.push(syncsPerSecond(statePath));
  return prepared.map(({ cell, runs }) => reportOf(cell, runs, baselineRuns, direct[baseline], syncs));
}

function reportOf(
  cell: Cell,
  runs: readonly Measured[],
  baselineRuns: readonly Measured[],
  direct: Measured | undefined,
  syncs: readonly number[],
): CellReport {
  const perSecond = mean(runs.map((run) => run.perSecond));
  const baselinePerSecond = mean(baselineRuns.map((run) => run.perSecond));
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
    baselineCpuMs: meanOrNull(baselineRuns.map((run) => run.cpuMs)),
    ratio,
    directRatio: perSecond / (direct?.perSecond ?? Number.POSITIVE_INFINITY),
    isOnTarget: isOnTarget(cell.target, { ratio, perSecond }),
    syncsPerSecond: syncs,
  };
}

function isOnTarget(
  target: Cell['target'],
  { ratio, perSecond }: { readonly ratio: number; readonly perSecond: number },
): boolean | null {
  if (target === null) return null;
  return 'share' in target ? ratio >= target.share : perSecond >= target.perSecond;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function meanOrNull(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : mean(known);
}
