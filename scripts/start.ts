/**
 * `npm start`: the whole shop in one process, from built Workers, without development proxies, its state kept in one folder
 * that survives `kill -9`. Prints `ready http://127.0.0.1:PORT` once it answers.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { databasesOf, projectRoot, readWorkers } from './configs.ts';
import { answerHelp, portOf, readFlags, SettingError, UsageError } from './lib/arguments.ts';
import { BuildError, bundleWorkers } from './lib/bundle.ts';
import { migrate } from './lib/migrate.ts';
import { watchNpm } from './lib/parent-watch.ts';
import { waitForFreePort } from './lib/ports.ts';
import { waitUntilAnswering } from './lib/ready.ts';
import { answerVersion, release, stateFormat } from './lib/release.ts';
import { type Seed, seedShop } from './lib/seed.ts';
import { keepSecrets, variablesOf } from './lib/settings.ts';
import { type Shop, startShop, stopPatienceMs } from './lib/shop.ts';
import { keepAddress } from './lib/state-address.ts';
import { makeStateFolder } from './lib/state-folder.ts';
import { lockState, StateInUseError } from './lib/state-lock.ts';
import { markState } from './lib/state-release.ts';

const usage = `Usage: npm start -- [--port PORT] [--state FOLDER] [--seed demo|none|FILE]

  --port   where to listen on 127.0.0.1 (8787)
  --state  where databases and objects are kept (.vitrine/state)
  --seed   what an empty shop is filled with (demo). A Shopify-format CSV, also gzipped, gets a stock of 100 per variant
           where it names none
  --version says which release this is, and ends

Environment: VITRINE_ADMIN_KEY, VITRINE_SECRET, both also with _PREVIOUS, VITRINE_HOLD_SECONDS, VITRINE_CART_DAYS, VITRINE_CAPTURE,
VITRINE_PUBLIC_URL, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, SANDBOX_SECRET_KEY, SANDBOX_WEBHOOK_SECRET.`;

const host = '127.0.0.1';

interface Options {
  readonly port: number;
  readonly statePath: string;
  readonly seed: Seed;
}

function readOptions(given: readonly string[]): Options {
  const flags = readFlags(['port', 'state', 'seed'], given);
  return {
    port: portOf(flags.port ?? '8787'),
    statePath: path.resolve(flags.state ?? path.join(projectRoot, '.vitrine', 'state')),
    seed: seedOf(flags.seed ?? 'demo'),
  };
}

function seedOf(value: string): Seed {
  if (value === 'demo' || value === 'none') return value;
  const csvPath = path.resolve(value);
  if (!existsSync(csvPath))
    throw new UsageError(`--seed must be demo, none or a CSV file; there is no file ${csvPath}.`);
  return { csvPath };
}

async function start(options: Options): Promise<void> {
  makeStateFolder(options.statePath);
  const lock = await lockState(options.statePath);
  process.on('exit', () => lock.release());
  markState(options.statePath, { release, format: stateFormat });
  useTemporaryFolder(path.join(options.statePath, 'tmp'));
  let running: Shop | undefined;
  stopOnSignals(() => running);
  const { shop, url, adminKey, seeded } = await open(options);
  running = shop;
  keepAddress(options.statePath, url);
  console.log(`seed: ${seeded}`);
  console.log(`state ${options.statePath}`);
  console.log(`admin key ${adminKey}`);
  console.log(`ready ${url}`);
}

/** Miniflare leaves a folder in the system's temporary one when it is killed. Ours is emptied at every start. */
function useTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  process.env.TMPDIR = folder;
}

interface OpenShop {
  readonly shop: Shop;
  readonly url: string;
  readonly adminKey: string;
  /** What it was filled with, in a few words. */
  readonly seeded: string;
}

async function open({ port, statePath, seed }: Options): Promise<OpenShop> {
  const url = `http://${host}:${port}`;
  const secrets = keepSecrets(statePath);
  const variables = variablesOf(secrets, url, process.env);
  // After a kill -9 the kernel may need a moment to close the sockets of the process before.
  if (!(await waitForFreePort(port, 1_000)))
    throw new UsageError(`Port ${port} is in use. Give another one with --port.`);

  const workers = readWorkers();
  const storagePath = path.join(statePath, 'storage');
  const [bundles, applied] = await Promise.all([bundleWorkers(workers), migrate(databasesOf(workers), storagePath)]);
  if (applied.length > 0) console.log(`migrated ${applied.length} steps`);

  const shop = await startShop({ workers, bundles, variables, host, port, storagePath, onLog });
  try {
    await waitUntilAnswering(url);
    const adminKey = variables.VITRINE_ADMIN_KEY ?? '';
    const report = await seedShop({ url, adminKey }, seed);
    return { shop, url, adminKey, seeded: report.summary };
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

// A log on a full disk, or a reader that went away, must not end a shop that can still answer.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

function onLog(level: string, message: string): void {
  if (level === 'error' || level === 'warn') console.error(message);
  else console.log(message);
}

/**
 * Installed before the shop opens: a signal that comes while it does ends the process at once, and leaves no lock either. A
 * running shop answers what it was asked and ends; neither a second signal nor a runtime that hangs is waited for.
 */
function stopOnSignals(running: () => Shop | undefined): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    const shop = running();
    if (isStopping || shop === undefined) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), stopPatienceMs + 2_000).unref();
    await shop.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  watchNpm(process.env, () => void stop());
}

answerHelp(process.argv.slice(2), usage);
answerVersion(process.argv.slice(2));
try {
  await start(readOptions(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
  else if (error instanceof StateInUseError || error instanceof BuildError || error instanceof SettingError)
    console.error(error.message);
  else console.error(error instanceof Error ? error.stack : error);
  process.exit(1);
}
