/**
 * `npm run simulate -- --seeds N [--from S]`: simulated runs of checkouts, orders, money, stock and events, as many as wanted.
 * `--seed X [--trace]` repeats one, step by step; `--mutants` measures how often each planted mistake is caught. A range that is
 * interrupted says which of its seeds ran.
 */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { mutants } from '../tests/simulation/mutants.ts';
import { run } from '../tests/simulation/run.ts';
import { answerHelp, UsageError } from './lib/arguments.ts';
import { rangeLine, runRange, sumLine } from './lib/seed-range.ts';

const usage = `Usage: npm run simulate -- [--seeds N] [--from S] | --seed X [--trace] | --mutants [--seeds N]

  --seeds    how many runs (5000); with --mutants, how many for each planted mistake (1000)
  --from     the first seed (1)
  --seed     the one run to repeat
  --trace    shows its steps
  --mutants  measures how often each planted mistake is caught`;
const seedsDefault = 5_000;
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  trace: { type: 'boolean' },
  mutants: { type: 'boolean' },
} as const;

function wholeNumber(name: string, value: string | undefined, fallback: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new UsageError(`--${name} must be a whole number, not "${value}".`);
}

/** Runs one seed and shows what became of it. */
async function showSeed(seed: number, isTraced: boolean): Promise<number> {
  const { violations, stepCount, history, paidCount } = await run(seed, isTraced ? { trace: console.log } : {});
  for (const { kind, key, status } of history.heard) console.log(`heard: ${kind} ${key} -> ${status}`);
  for (const { deed, key, status } of history.operated) console.log(`heard: ${deed} ${key} -> ${status}`);
  console.log(`seed ${seed}: ${stepCount} steps, ${paidCount} orders paid, ${violations.length} promises broken`);
  for (const violation of violations) console.log(`  ${violation}`);
  return violations.length === 0 ? 0 : 1;
}

/** A signal ends the range after the seed that runs; a second one ends the process. */
async function runSeeds(from: number, count: number): Promise<number> {
  let stoppedBy: NodeJS.Signals | null = null;
  const stop = (signal: NodeJS.Signals) => {
    stoppedBy = signal;
  };
  for (const signal of stopSignals) process.once(signal, stop);
  const report = await runRange(from, count, {
    run: (seed) => run(seed),
    out: process.stderr,
    now: () => performance.now(),
    isStopped: () => stoppedBy !== null,
    log: console.log,
  });
  console.log(sumLine(report));
  console.log(rangeLine(report));
  if (report.failed > 0) return 1;
  return stoppedBy === null ? 0 : 128 + constants.signals[stoppedBy];
}

/** How many runs of a hundred catch each mistake. One that survives all is a failure. */
async function measureMutants(count: number): Promise<number> {
  let survivors = 0;
  for (const { name, plants, breaks, ...options } of mutants) {
    let caught = 0;
    const promises = new Set<string>();
    for (let seed = 1; seed <= count; seed += 1) {
      const { violations } = await run(seed, { ...options, plants: plants() });
      if (violations.some((one) => breaks?.test(one) ?? true)) caught += 1;
      for (const violation of violations) promises.add(violation.slice(0, 2));
    }
    if (caught === 0) survivors += 1;
    console.log(`${((caught / count) * 100).toFixed(2).padStart(6)} %  ${name} (${[...promises].sort().join(' ')})`);
  }
  return survivors === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options, strict: true, allowPositionals: false });
  if (values.seed !== undefined) return showSeed(wholeNumber('seed', values.seed, 0), values.trace === true);
  if (values.mutants === true) return measureMutants(wholeNumber('seeds', values.seeds, 1_000));
  return runSeeds(wholeNumber('from', values.from, 1), wholeNumber('seeds', values.seeds, seedsDefault));
}

answerHelp(process.argv.slice(2), usage);
main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UsageError || error instanceof TypeError ? `${error.message}\n\n${usage}` : error);
    process.exitCode = 2;
  },
);
