/**
 * What follows an answer when the shop is calm, where nothing is shared: two orders per second, one after the other. Of the
 * processor time until all is quiet, what an idle shop uses and what was used until the answers are taken off.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf } from './cpu.ts';
import { Connection } from './http-client.ts';
import type { BenchOptions } from './measured-cells.ts';
import { takeJourney } from './requests.ts';

export interface Calm {
  readonly orders: number;
  /** Per order, and what the idle shop uses per second. */
  readonly answerCpuMs: number;
  readonly afterCpuMs: number;
  readonly idleCpuMsPerSecond: number;
}

export const calmTargetMs = 8;

const betweenMs = 500;
const warmUpOrders = 40;
/** Events are relayed within three seconds and proven within six more; after ten an object falls asleep. */
const quietMs = 12_000;
const idleMs = 8_000;
/** A run of five seconds per cell is one of thirty here. */
const secondsPerCellSecond = 6;

/** Null where processor time cannot be known. */
export async function measureCalm({ shopPort, shopPid, seconds }: BenchOptions): Promise<Calm | null> {
  console.error('measuring: a calm shop');
  const cpuMs = () => cpuMsOf(shopPid) ?? Number.NaN;
  const warmUp = await Connection.open(shopPort);
  for (let order = 0; order < warmUpOrders; order += 1) await takeJourney(warmUp);
  warmUp.close();
  await sleep(quietMs);
  const beforeIdle = cpuMs();
  await sleep(idleMs);
  const idleCpuMsPerSecond = (cpuMs() - beforeIdle) / (idleMs / 1000);

  const orders = Math.ceil((seconds * secondsPerCellSecond * 1000) / betweenMs);
  const connection = await Connection.open(shopPort);
  const [startedAt, before] = [performance.now(), cpuMs()];
  let untilAnswers = 0;
  for (let order = 0; order < orders; order += 1) {
    await sleep(Math.max(0, startedAt + order * betweenMs - performance.now()));
    const beforeOrder = cpuMs();
    await takeJourney(connection);
    untilAnswers += cpuMs() - beforeOrder;
  }
  connection.close();
  await sleep(quietMs);
  const idle = idleCpuMsPerSecond * ((performance.now() - startedAt) / 1000);
  const after = cpuMs() - before - untilAnswers - idle;
  if (Number.isNaN(after)) return null;
  return { orders, answerCpuMs: untilAnswers / orders, afterCpuMs: after / orders, idleCpuMsPerSecond };
}
