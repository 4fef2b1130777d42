/** The measured operations as tables. */
import { tableOf } from '../report.ts';
import { dollarsByItem, dollarsPerThousand, type Prices, readPrices, type Usage, usageOf } from './cost.ts';
import { hopTableText } from './hop-table.ts';
import type { Counts } from './inside/meter.ts';
import type { Measurement, Path } from './measure.ts';

export function printHops(measurements: readonly Measurement[]): void {
  const prices = readPrices();
  const journey = measurements.filter(({ operation }) => operation.isOfJourney);
  // A sum of some requests of a journey would be taken for the whole.
  const whole = journey.length === journeyRequests ? journey : [];
  console.log(`\nOne after the other until the answer; latency at ${hopTableText}.`);
  console.log(
    `"far": cart and order near the shopper, stock and D1 on another continent.\n${pathTable(measurements, whole)}`,
  );
  console.log(
    `\nOf one request alone in a quiet shop, until the answer + after it.\n${countTable(measurements, whole, prices)}`,
  );
  if (whole.length > 0) console.log(`\n${dollarTable(whole, prices)}`);
  console.log(notes);
}

/** New cart, second line, address, options, choice, checkout. */
const journeyRequests = 6;
const wholeTitle = 'a whole order of two lines';

const notes = `
Counted: calls between Workers and to objects, statements or batches of D1, rows as the database reports them, queue messages.
Measured: serial hops, by making hops slow (bench/hops/path.ts); a column of one kind slows that kind only.
Modelled: commits of objects (what is written in one turn is one commit), the time an object is billed for.
Estimated: dollars take all CPU until the answer as Workers' CPU, and a shop so quiet that no two requests share an alarm or a batch.`;

function pathTable(measurements: readonly Measurement[], whole: readonly Measurement[]): string {
  return tableOf([
    ['until the answer', 'serial hops', 'services', 'objects', 'D1', 'commits', 'near ms', 'far ms', 'CPU ms'],
    ...measurements.map(({ operation, path, cpuMs }) => [operation.title, ...pathCells(path), cpuMs.toFixed(2)]),
    ...(whole.length === 0 ? [] : [[wholeTitle, ...pathCells(sumOf(whole)), sum(whole, cpuOf).toFixed(2)]]),
  ]);
}

function pathCells({ hops, services, objects, d1, commits, nearMs, farMs }: Path): string[] {
  return [hops, services, objects, d1, commits, nearMs, farMs].map((number) => String(Math.max(0, Math.round(number))));
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

type Column = readonly [title: string, count: (counts: Counts) => number];
const of = (what: string) => (counts: Counts) => Math.round(counts[what] ?? 0);

const columns: readonly Column[] = [
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

function countTable(measurements: readonly Measurement[], whole: readonly Measurement[], prices: Prices): string {
  const dollars = (one: Measurement) => dollarsPerThousand(usage(one, prices), prices);
  const both = (some: readonly Measurement[], [, count]: Column): string => {
    const answered = sum(some, (one) => count(one.answered));
    const after = sum(some, (one) => count(one.quiet)) - answered;
    return after === 0 ? String(answered) : `${answered} + ${after}`;
  };
  const rowOf = (title: string, some: readonly Measurement[]) => [
    title,
    ...columns.map((column) => both(some, column)),
    sum(some, dollars).toFixed(4),
  ];
  return tableOf([
    ['until all is quiet', ...columns.map(([title]) => title), '$ per 1,000'],
    ...measurements.map((one) => rowOf(one.operation.title, [one])),
    ...(whole.length === 0 ? [] : [rowOf(wholeTitle, whole)]),
  ]);
}

const itemTitles: Readonly<Record<keyof Usage, string>> = {
  workerRequests: 'requests of Workers',
  workerCpuMs: 'CPU ms of Workers until the answers',
  objectRequests: 'requests and alarms of objects',
  objectGigabyteSeconds: 'GB-s of objects',
  objectRowsRead: 'rows read in objects',
  objectRowsWritten: 'rows written in objects, alarms set',
  d1RowsRead: 'rows read in D1',
  d1RowsWritten: 'rows written in D1',
  queueOperations: 'operations of queues',
};

function dollarTable(whole: readonly Measurement[], prices: Prices): string {
  const items = Object.keys(itemTitles) as (keyof Usage)[];
  const used = (item: keyof Usage) => sum(whole, (one) => usage(one, prices)[item]);
  const price = (item: keyof Usage) => sum(whole, (one) => dollarsByItem(usage(one, prices), prices)[item]);
  return tableOf([
    [`what 1,000 orders cost at the prices of ${prices.asOf}`, 'of one order', '$'],
    ...items.map((item) => [
      itemTitles[item],
      used(item).toFixed(item === 'objectGigabyteSeconds' ? 3 : 0),
      price(item).toFixed(4),
    ]),
    ['in all', '', sum(items, price).toFixed(4)],
  ]);
}

function usage({ quiet, cpuMs }: Measurement, prices: Prices): Usage {
  return usageOf(quiet, prices, cpuMs);
}

const cpuOf = ({ cpuMs }: Measurement) => cpuMs;

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Every hop until the answer, in the order in which they began. */
export function printTraces(measurements: readonly Measurement[]): void {
  for (const { operation, trace } of measurements) {
    const startedAt = trace[0]?.startedAt ?? 0;
    console.log(`\n${operation.title}, with the delays of the hop table:`);
    for (const hop of trace) {
      const began = `${String(hop.startedAt - startedAt).padStart(5)} ms`;
      const took = hop.endedAt === 0 ? 'not ended' : `${String(hop.endedAt - hop.startedAt).padStart(6)} ms`;
      console.log(`${began} ${took}  ${hop.from} → ${hop.to}`);
    }
  }
}
