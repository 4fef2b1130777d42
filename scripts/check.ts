/**
 * `npm run check`: everything that can be said about the code without running the shop. Format and lint, types, import and
 * wiring rules, the OpenAPI document, and a dry-run deployment of every Worker. All steps run, so one call shows all faults.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot, readWorkers, type WorkerConfig } from './configs.ts';
import { prepareReference } from './lib/reference.ts';
import { startWrangler } from './lib/wrangler.ts';

interface Step {
  readonly name: string;
  run(): Promise<Outcome>;
}

interface Outcome {
  readonly isGood: boolean;
  readonly output: string;
}

/** Two dry runs keep two cores busy; each takes some 400 MB. */
const parallelDryRunsMax = 2;

function bin(name: string): string {
  return path.join(projectRoot, 'node_modules', '.bin', name);
}

function command(program: string, ...given: readonly string[]): () => Promise<Outcome> {
  return () => outcomeOf(spawn(program, given, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] }));
}

const runner = path.join(projectRoot, 'scripts', 'run.mjs');

const steps: readonly Step[] = [
  { name: 'format and lint', run: command(bin('biome'), 'check', '.') },
  { name: 'types', run: command(bin('tsc'), '--noEmit', '-p', '.') },
  {
    name: 'import and wiring rules',
    run: command(
      process.execPath,
      runner,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'unit',
      'tests/architecture',
    ),
  },
  { name: 'openapi document', run: command(process.execPath, runner, 'scripts/openapi.ts', '--check') },
];

async function main(): Promise<void> {
  await prepareReference();
  const failed: string[] = [];
  for (const { name, run } of steps) {
    const startedAt = performance.now();
    const { isGood, output } = await run();
    console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(startedAt)})`);
    if (!isGood) {
      console.log(output);
      failed.push(name);
    }
  }
  failed.push(...(await dryRunAll(readWorkers())));
  if (failed.length > 0) {
    console.error(`\ncheck failed: ${failed.join(', ')}`);
    process.exit(1);
  }
  console.log('\ncheck passed');
}

/** Deploys nothing: wrangler bundles and validates each Worker as it would before an upload. Answers what failed. */
async function dryRunAll(workers: readonly WorkerConfig[]): Promise<readonly string[]> {
  const waiting = [...workers];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let worker = waiting.shift(); worker !== undefined; worker = waiting.shift()) {
      const { isGood, output } = await dryRun(worker);
      const size = /Total Upload: (.+)/.exec(output)?.[1] ?? '';
      console.log(`${isGood ? 'ok    ' : 'FAILED'} dry run ${worker.name.padEnd(14)} ${size}`);
      if (isGood) continue;
      console.log(output);
      failed.push(`dry run of ${worker.name}`);
    }
  };
  await Promise.all(Array.from({ length: parallelDryRunsMax }, lane));
  return failed;
}

/** The folder is absolute because wrangler takes a relative one from the folder of the config. */
function dryRun({ name, configPath }: WorkerConfig): Promise<Outcome> {
  const outdir = path.join(projectRoot, 'dist', 'dry-run', name);
  return outcomeOf(startWrangler(['deploy', '--dry-run', '--outdir', outdir, '-c', configPath], { stdio: 'pipe' }));
}

function outcomeOf(child: ReturnType<typeof spawn>): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => resolve({ isGood: false, output: String(error) }));
    child.once('close', (code) => resolve({ isGood: code === 0, output }));
  });
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

await main();
