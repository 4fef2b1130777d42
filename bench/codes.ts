/**
 * What a unique code costs beside an ordinary one: a shopper's whole way to an order with a code in it, and the one change of a cart
 * that first names the code. Both kinds take turns within one run, every second time in the other order, so that what else the
 * machine does falls on both. The codes are some of 100,000, whose making is timed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCarts } from './cells.ts';
import { ask, load, type Measured, type Work } from './load.ts';
import { type BenchOptions, connections } from './measured-cells.ts';
import { changeCart, takeJourney } from './requests.ts';

export const uniqueCodesTotal = 100_000;
export const makingTargetSeconds = 30;
export const codeCostMax = 0.1;

const kinds = ['ordinary', 'unique'] as const;
type Kind = (typeof kinds)[number];

/** The middle of all rounds. */
type Cost = Pick<Measured, 'p50Ms' | 'cpuMs'>;

interface Compared extends Readonly<Record<Kind, Cost>> {
  readonly title: string;
}

export interface CodesReport {
  readonly makingSeconds: number;
  readonly compared: readonly Compared[];
}

const ordinaryCode = 'ORDINARY';
const rounds = 8;
const cartsPerRound = 300;
/** What journeys leave behind is told and proven within some seconds. */
const quietMs = 3_000;

export async function measureCodes(options: BenchOptions): Promise<CodesReport> {
  console.error(`measuring: ${uniqueCodesTotal} unique codes`);
  const { makingSeconds, codes } = await makeCodes(options);
  const nextCode = (kind: Kind): string => {
    const code = kind === 'ordinary' ? ordinaryCode : codes.pop();
    if (code === undefined) throw new Error('All codes were used');
    return code;
  };
  const journeys = await compare('a whole journey with a code', options, quietMs, async (kind) => {
    return async (connection) => void (await takeJourney(connection, { discountCodes: [nextCode(kind)] }));
  });
  const changes = await compare('the change of a cart that first names it', options, 0, async (kind) => {
    const cartIds = await makeCarts(options.shopPort, cartsPerRound);
    return async (connection) => {
      const cartId = cartIds.pop();
      if (cartId === undefined) return false;
      await ask(connection, changeCart(cartId, { discountCodes: [nextCode(kind)] }), 200);
      return undefined;
    };
  });
  return { makingSeconds, compared: [journeys, changes] };
}

async function makeCodes({ shop }: BenchOptions): Promise<{ makingSeconds: number; codes: string[] }> {
  const admin = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${shop.url}/admin/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${shop.adminKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.text();
  };
  const offer = { kind: 'percent-off-order', rate: '0.10' };
  // Like with like: both are counted, and held by a checkout.
  const limits = { usesMax: 1_000_000_000 };
  await admin('POST', 'promotions', { title: 'Ordinary', offer, codes: [ordinaryCode], limits });
  const { id }: { id: string } = JSON.parse(
    await admin('POST', 'promotions', { title: 'Unique', offer, hasUniqueCodes: true }),
  );
  const startedAt = performance.now();
  await admin('POST', `promotions/${id}/codes`, { count: uniqueCodesTotal });
  const makingSeconds = (performance.now() - startedAt) / 1000;
  const [, ...rows] = (await admin('GET', `promotions/${id}/codes/export`)).trim().split('\n');
  const codes = rows.map((row) => row.split(',')[0] ?? '');
  return { makingSeconds, codes: shuffled(codes) };
}

/** In another order than that of the index, as codes come in. */
function shuffled(codes: readonly string[]): string[] {
  const step = 61_803;
  return codes.map((_, index) => codes[(index * step) % codes.length] ?? '');
}

async function compare(
  title: string,
  { shopPort: port, shopPid: pid, seconds }: BenchOptions,
  restMs: number,
  workOf: (kind: Kind) => Promise<Work>,
): Promise<Compared> {
  console.error(`measuring: ${title}`);
  const runs: Record<Kind, Measured[]> = { ordinary: [], unique: [] };
  // The first round is there to be compiled.
  for (let round = -1; round < rounds; round += 1) {
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const work = await workOf(kind);
      const measured = await load({ port, pid, connections, seconds: seconds / 2 }, work);
      await sleep(restMs);
      if (round >= 0) runs[kind].push(measured);
    }
  }
  return { title, ordinary: costOf(runs.ordinary), unique: costOf(runs.unique) };
}

function costOf(runs: readonly Measured[]): Cost {
  const cpuMs = runs.flatMap((run) => run.cpuMs ?? []);
  return { p50Ms: middle(runs.map(({ p50Ms }) => p50Ms)), cpuMs: cpuMs.length === 0 ? null : middle(cpuMs) };
}

function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}
