/** What an operation costs at the platform's price list. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Counts } from './inside/meter.ts';

const Prices = z.strictObject({
  asOf: z.iso.date(),
  currency: z.literal('USD'),
  plan: z.string(),
  sources: z.array(z.url()).min(1),
  perMillion: z.strictObject({
    workerRequests: z.number(),
    workerCpuMs: z.number(),
    objectRequests: z.number(),
    objectGigabyteSeconds: z.number(),
    objectRowsRead: z.number(),
    objectRowsWritten: z.number(),
    d1RowsRead: z.number(),
    d1RowsWritten: z.number(),
    queueOperations: z.number(),
  }),
  /** The memory that a running object is billed for, whatever it uses. */
  objectGigabytes: z.number(),
});
export type Prices = z.infer<typeof Prices>;

export function readPrices(): Prices {
  return Prices.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'prices.json'), 'utf8')));
}

export type Usage = Readonly<Record<keyof Prices['perMillion'], number>>;

/** What is billed for one operation, from what was counted while it ran and until all was quiet. */
export function usageOf(counts: Counts, { objectGigabytes }: Prices, cpuMs: number): Usage {
  const of = (what: string): number => counts[what] ?? 0;
  return {
    // A call from one Worker to another is not billed as a request; a batch from a queue starts a Worker.
    workerRequests: 1 + of('queue deliveries'),
    workerCpuMs: cpuMs,
    objectRequests: of('object') + of('alarms'),
    objectGigabyteSeconds: (of('object busy ms') / 1000) * objectGigabytes,
    objectRowsRead: of('object rows read'),
    objectRowsWritten: of('object rows written'),
    d1RowsRead: of('D1 rows read'),
    d1RowsWritten: of('D1 rows written'),
    queueOperations: of('queue operations'),
  };
}

/** Dollars for a thousand times this, item by item. */
export function dollarsByItem(usage: Usage, { perMillion }: Prices): Usage {
  const price = (item: keyof Usage): number => (usage[item] * perMillion[item]) / 1000;
  return {
    workerRequests: price('workerRequests'),
    workerCpuMs: price('workerCpuMs'),
    objectRequests: price('objectRequests'),
    objectGigabyteSeconds: price('objectGigabyteSeconds'),
    objectRowsRead: price('objectRowsRead'),
    objectRowsWritten: price('objectRowsWritten'),
    d1RowsRead: price('d1RowsRead'),
    d1RowsWritten: price('d1RowsWritten'),
    queueOperations: price('queueOperations'),
  };
}

export function dollarsPerThousand(usage: Usage, prices: Prices): number {
  return Object.values(dollarsByItem(usage, prices)).reduce((sum, dollars) => sum + dollars, 0);
}
