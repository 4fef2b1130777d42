/**
 * `npm run bench`: how fast the built Workers are, as rate, p50, p99 and as a ratio to a bare Worker that does the minimum in
 * the same run. Between two measures of a cell its baseline is measured, so that what else the machine does falls on both.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { answerHelp, portOf, readFlags, sayFailure, UsageError } from '../scripts/lib/arguments.ts';
import { nextFreePort } from '../scripts/lib/ports.ts';
import { makeStateFolder } from '../scripts/lib/state-folder.ts';
import { startBare } from './bare/start.ts';
import { type Report, runBench } from './bench.ts';
import { cells } from './cells.ts';
import { runtimeProcesses } from './cpu.ts';
import { operations } from './hops/operations.ts';
import { runHops } from './hops/run.ts';
import { printReport } from './report.ts';
import { startBenchShop } from './shop.ts';

const cellNames = [...cells.map(({ name }) => name), 'checkout-cpu', 'calm', 'commits', 'codes', 'rush'];

const usage = `Usage: npm run bench -- [--seconds N] [--only NAME,NAME] [--json FILE] [--port PORT] [--state FOLDER]
       npm run bench -- --hops [--trace] [--only NAME,NAME] [--json FILE] [--port PORT] [--state FOLDER]

  --seconds  how long each cell is measured (5)
  --only     some of: ${cellNames.join(', ')}
  --json     where the numbers are written to
  --port     the first of three ports on 127.0.0.1 (9700)
  --hops     instead: what each request costs on the network, in hops, rows, CPU and dollars; --only then takes some of:
             ${operations.map(({ name }) => name).join(', ')}
  --trace    with --hops: every hop of each request
  --state    a folder on the disk to measure; a fresh state in it is used and removed (the system's temporary folder)`;

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 600) return seconds;
  throw new UsageError(`--seconds must be a number above 0, not "${text}".`);
}

function onlyOf(text: string | undefined, known: readonly string[]): ReadonlySet<string> {
  const wanted = text === undefined ? known : text.split(',');
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no cell "${unknown}".`);
  return new Set(wanted);
}

/** Linux has a folder in memory: a busy disk would only disturb a measurement that is not about the disk. */
function memoryFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** A fresh folder for the state of this run, gone when the process ends. */
function stateBelow(parent: string): string {
  makeStateFolder(parent);
  const statePath = mkdtempSync(path.join(parent, 'vitrine-bench-'));
  process.on('exit', () => rmSync(statePath, { recursive: true, force: true }));
  process.env.TMPDIR = statePath;
  return statePath;
}

async function main(given: readonly string[]): Promise<void> {
  const [isHops, isTraced] = [given.includes('--hops'), given.includes('--trace')];
  const flags = readFlags(
    ['seconds', 'only', 'json', 'port', 'state'],
    given.filter((flag) => flag !== '--hops' && flag !== '--trace'),
  );
  const seconds = secondsOf(flags.seconds ?? '5');
  const only = onlyOf(flags.only, isHops ? operations.map(({ name }) => name) : cellNames);
  const port = await nextFreePort(portOf(flags.port ?? '9700'));
  const statePath = stateBelow(path.resolve(flags.state ?? (isHops ? memoryFolder() : tmpdir())));
  const result = isHops
    ? await runHops({ port, statePath, only, isTraced })
    : await runCells({ port, statePath, only, seconds });
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(result, null, 2)}\n`);
}

interface CellOptions {
  readonly port: number;
  readonly statePath: string;
  readonly only: ReadonlySet<string>;
  readonly seconds: number;
}

async function runCells({ port: shopPort, statePath, only, seconds }: CellOptions): Promise<Report> {
  const usualPort = await nextFreePort(shopPort + 1);
  const directPort = await nextFreePort(usualPort + 1);
  const bare = await startBare({ usualPort, directPort }, path.join(statePath, 'bare'));
  const bareProcesses = runtimeProcesses();
  const shop = await startBenchShop(shopPort, statePath);
  const [barePid] = bareProcesses;
  const shopPid = [...runtimeProcesses()].find((pid) => !bareProcesses.has(pid));
  try {
    console.log(`load ${loadavg()[0]?.toFixed(1)}; ${seconds} s per cell`);
    const ports = { shopPort, usualPort, directPort };
    const report = await runBench({ shop, ...ports, shopPid, barePid, seconds, only, statePath });
    printReport(report);
    return report;
  } finally {
    await Promise.all([shop.stop(), bare.stop()]);
  }
}

answerHelp(process.argv.slice(2), usage);
try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  sayFailure(error, usage);
  process.exit(1);
}
