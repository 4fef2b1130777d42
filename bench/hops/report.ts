/** The measured operations as tables. */
import { tableOf } from '../report.ts';
import { dollarsPerThousand, readPrices, usageOf } from './cost.ts';
import { hopTableText } from './hop-table.ts';
import type { Counts } from './inside/meter.ts';
import type { Measurement, Path } from './measure.ts';

export function printHops(measurements: readonly Measurement[]): void {
  const prices = readPrices();
  const dollars = ({ quiet, cpuMs }: Measurement) => dollarsPerThousand(usageOf(quiet, prices, cpuMs), prices);
  const journey = measurements.filter(({ operation }) => operation.isOfJourney);
  console.log(`\nOne after the other until the answer; latency at ${hopTableText}.`);
  console.log(`"far": cart and order near the shopper, stock and D1 on another continent.\n`);
  console.log(
    tableOf([
      ['until the answer', 'serial hops', 'services', 'objects', 'D1', 'commits', 'near ms', 'far ms', 'CPU ms'],
      ...measurements.map(({ operation, path, cpuMs }) => [operation.title, ...pathCells(path), cpuMs.toFixed(2)]),
      ...(journey.length < 6
        ? []
        : [['a whole order', ...pathCells(sumOf(journey)), sum(journey, ({ cpuMs }) => cpuMs).toFixed(2)]]),
    ]),
  );
  console.log(
    `\nCounted of one request alone in a quiet shop, until the answer + after it; dollars at the prices of ${prices.asOf}.\n`,
  );
  console.log(
    tableOf([
      ['until all is quiet', ...columns.map(([title]) => title), '$ per 1,000'],
      ...measurements.map((one) => [
        one.operation.title,
        ...columns.map((column) => both(one, column)),
        dollars(one).toFixed(4),
      ]),
      ...(journey.length < 6
        ? []
        : [
            [
              'a whole order',
              ...columns.map(([, count]) => String(sum(journey, ({ quiet }) => count(quiet)))),
              sum(journey, dollars).toFixed(4),
            ],
          ]),
    ]),
  );
  console.log(notes);
}

const notes = `
Counted: calls between Workers and to objects, statements or batches of D1, rows as the database reports them, queue messages.
Measured: serial hops, by making hops slow (bench/hops/path.ts); a column of one kind slows that kind only.
Modelled: commits of objects (what is written in one turn is one commit), the time an object is billed for.
Estimated: dollars take all CPU until the answer as Workers' CPU, and a shop so quiet that no two requests share an alarm or a batch.`;

const of = (what: string) => (counts: Counts) => Math.round(counts[what] ?? 0);

const columns: readonly (readonly [title: string, count: (counts: Counts) => number])[] = [
  ['service calls', of('service')],
  ['object calls', of('object')],
  ['alarms', of('alarms')],
  ['D1 calls', of('d1')],
  ['object commits', of('object commits')],
  ['D1 commits', of('D1 commits')],
  ['object rows read', of('object rows read')],
  ['object rows written', of('object rows written')],
  ['D1 rows read', of('D1 rows read')],
  ['D1 rows written', of('D1 rows written')],
  ['queue operations', of('queue operations')],
];

function both({ answered, quiet }: Measurement, [, count]: (typeof columns)[number]): string {
  const after = count(quiet) - count(answered);
  return after === 0 ? String(count(answered)) : `${count(answered)} + ${after}`;
}

function pathCells({ hops, services, objects, d1, commits, nearMs, farMs }: Path): string[] {
  return [hops, services, objects, d1, commits, nearMs, farMs].map((number) => String(Math.round(number)));
}

function sumOf(measurements: readonly Measurement[]): Path {
  const add = (name: keyof Path) => sum(measurements, ({ path }) => Math.round(path[name]));
  return {
    hops: add('hops'),
    services: add('services'),
    objects: add('objects'),
    d1: add('d1'),
    commits: add('commits'),
    nearMs: add('nearMs'),
    farMs: add('farMs'),
  };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Every hop until the answer, in the order in which they began. */
export function printTraces(measurements: readonly Measurement[]): void {
  for (const { operation, trace } of measurements) {
    const startedAt = trace[0]?.startedAt ?? 0;
    console.log(`\n${operation.title}, with the delays of the hop table:`);
    for (const hop of trace)
      console.log(
        `  ${String(hop.startedAt - startedAt).padStart(5)} ms  ${hop.endedAt === 0 ? 'not ended' : `${String(hop.endedAt - hop.startedAt).padStart(4)} ms`}  ${hop.from} → ${hop.to}`,
      );
  }
}
