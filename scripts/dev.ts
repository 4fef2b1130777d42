/**
 * `npm run dev`: every Worker under one `wrangler dev` with hot reload, databases migrated first, an empty shop filled with
 * the demo. Everything it writes lies below `.wrangler/` of this checkout, and it takes the next free port, so two
 * checkouts run side by side. Needs no network.
 */
import { mkdirSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { databasesOf, projectRoot, readWorkers, type WorkerConfig } from './configs.ts';
import { answerHelp, portOf, readFlags, sayFailure, UsageError } from './lib/arguments.ts';
import { migrate } from './lib/migrate.ts';
import { watchNpm } from './lib/parent-watch.ts';
import { isPortFree, nextFreePort } from './lib/ports.ts';
import { waitUntilAnswering } from './lib/ready.ts';
import { prepareReference } from './lib/reference.ts';
import { release, stateFormat } from './lib/release.ts';
import { tieRuntimeToProcess } from './lib/runtime.ts';
import { seedShop } from './lib/seed.ts';
import { keepSecrets, type Variables, variablesOf } from './lib/settings.ts';
import { makeStateFolder } from './lib/state-folder.ts';
import { lockState } from './lib/state-lock.ts';
import { markState } from './lib/state-release.ts';
import { startWrangler } from './lib/wrangler.ts';

const usage = `Usage: npm run dev -- [--port PORT] [--log-level debug|info|log|warn|error]

  --port       where to listen on 127.0.0.1 (8787, or the next free one)
  --log-level  what wrangler and the Workers may print (warn)`;

const portDefault = 8787;

const sandboxTokens = [
  'ok',
  'decline',
  'requires_action',
  'timeout_before_authorize',
  'timeout_after_authorize',
  'capture_fail',
  'slow_5s',
  'duplicate_webhook',
  'webhook_first',
  'refund_pending',
  'refund_fail',
];

async function dev(given: readonly string[]): Promise<void> {
  const flags = readFlags(['port', 'log-level'], given);
  const folder = path.join(projectRoot, '.wrangler');
  makeStateFolder(folder);
  const lock = await lockState(folder);
  process.on('exit', () => lock.release());
  markState(folder, { release, format: stateFormat });

  const port = await choosePort(flags.port);
  const url = `http://127.0.0.1:${port}`;
  const variables = variablesOf(keepSecrets(folder), url, process.env);
  tieRuntimeToProcess();
  const applied = await migrate(databasesOf(readWorkers()), path.join(folder, 'state', 'v3'));
  if (applied.length > 0) console.log(`migrated ${applied.length} steps`);

  await prepareReference();
  const configs = writeConfigs(path.join(folder, 'dev'), variables);
  const wrangler = startWrangler(
    [
      'dev',
      ...configs.flatMap((file) => ['-c', file]),
      ...['--port', String(port), '--ip', '127.0.0.1', '--inspector-port', '0'],
      ...['--persist-to', path.join(folder, 'state')],
      ...['--show-interactive-dev-session=false', '--test-scheduled', '--log-level', flags['log-level'] ?? 'warn'],
    ],
    { stdio: 'inherit' },
  );
  let isStopping = false;
  const stop = (): void => {
    isStopping = true;
    wrangler.kill('SIGTERM');
  };
  wrangler.on('exit', (code) => process.exit(isStopping ? 0 : (code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('exit', stop);
  watchNpm(process.env, stop);

  await waitUntilAnswering(url);
  const adminKey = variables.VITRINE_ADMIN_KEY ?? '';
  await seedShop({ url, adminKey }, 'demo').then(
    ({ summary }) => console.log(`\nseed: ${summary}`),
    // A developer who is changing the import wants the shop to stay up.
    (error: unknown) => console.error(`\nseed failed: ${error instanceof Error ? error.message : error}`),
  );
  printWelcome(url, adminKey);
}

async function choosePort(given: string | undefined): Promise<number> {
  if (given !== undefined) {
    const port = portOf(given);
    if (await isPortFree(port)) return port;
    throw new UsageError(`Port ${port} is in use. Give another one with --port.`);
  }
  const port = await nextFreePort(portDefault);
  if (port !== portDefault) console.log(`Port ${portDefault} is in use; this shop listens on ${port}.`);
  return port;
}

/**
 * Writes a config for each Worker with the local variables in it, because `wrangler dev` hands variables of its command line
 * to the first Worker only. An edited wrangler file is written again, which wrangler notices.
 */
function writeConfigs(folder: string, variables: Variables): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const fileOf = ({ name }: WorkerConfig): string => path.join(folder, `${name}.json`);
  const write = (workers: readonly WorkerConfig[]): void => {
    for (const worker of workers)
      writeFileSync(fileOf(worker), JSON.stringify(localConfigOf(worker, variables), null, 2));
  };
  const workers = readWorkers();
  write(workers);
  for (const { configPath } of workers) {
    watch(configPath, () => {
      try {
        write(readWorkers());
      } catch (error) {
        // Half-saved or not understood: say so and keep the last good one.
        console.error(error instanceof Error ? error.message : error);
      }
    });
  }
  return workers.map(fileOf);
}

function localConfigOf({ configPath, mainPath, wrangler }: WorkerConfig, variables: Variables) {
  return {
    ...wrangler,
    main: mainPath,
    vars: { ...wrangler.vars, ...variables },
    d1_databases: wrangler.d1_databases.map((database) => ({
      ...database,
      migrations_dir: path.resolve(path.dirname(configPath), database.migrations_dir),
    })),
  };
}

function printWelcome(url: string, adminKey: string): void {
  console.log(`
shop            ${url}/v1/products
documentation   ${url}/docs
admin key       ${adminKey}
sandbox tokens  ${sandboxTokens.join(', ')}

ready ${url}`);
}

answerHelp(process.argv.slice(2), usage);
try {
  await dev(process.argv.slice(2));
} catch (error) {
  sayFailure(error, usage);
  process.exit(1);
}
