/**
 * `npm start`: the whole shop in one process, from built Workers, without development proxies, its state kept in one folder
 * that survives `kill -9`. Prints `ready http://127.0.0.1:PORT` once it answers.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { databasesOf, productionWorkers, projectRoot, readWorkers, type WorkerConfig } from './configs.ts';
import { answerHelp, portOf, sayFailure, UsageError } from './lib/arguments.ts';
import { bundleWorkers } from './lib/bundle.ts';
import { withFiles } from './lib/given-secrets.ts';
import { migrate } from './lib/migrate.ts';
import { answerVersion } from './lib/release.ts';
import { type Seed, seedShop } from './lib/seed.ts';
import { type Serving, type ShopParts, serve } from './lib/serve.ts';
import {
  productionServing,
  productionUsage,
  readServingFlags,
  refuseProductionFlags,
  type ServingFlags,
} from './lib/serving-options.ts';
import { keepSecrets, settingNames, variablesOf } from './lib/settings.ts';
import { plainLog } from './lib/shop-log.ts';

const usage = `Usage: npm start -- [--port PORT] [--state FOLDER] [--seed demo|none|FILE]
       npm start -- --production [--port PORT] [--state FOLDER] [--host ADDRESS] [--trust-proxy RANGES] ...

  --port   where to listen on 127.0.0.1 (8787)
  --state  where databases and objects are kept (.vitrine/state)
  --seed   what an empty shop is filled with (demo). A Shopify-format CSV, also gzipped, gets a stock of 100 per variant
           where it names none
  --version says which release this is, and ends

With --production, which has no sandbox and seeds nothing:

${productionUsage}

Environment: VITRINE_ADMIN_KEY, VITRINE_SECRET, both also with _PREVIOUS, VITRINE_HOLD_SECONDS, VITRINE_CART_DAYS, VITRINE_CAPTURE,
VITRINE_PUBLIC_URL, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, SANDBOX_SECRET_KEY, SANDBOX_WEBHOOK_SECRET. Each may stand in a
file instead, which NAME_FILE names.`;

function seedOf(value: string): Seed {
  if (value === 'demo' || value === 'none') return value;
  const csvPath = path.resolve(value);
  if (!existsSync(csvPath))
    throw new UsageError(`--seed must be demo, none or a CSV file; there is no file ${csvPath}.`);
  return { csvPath };
}

function developmentServing(flags: ServingFlags, statePath: string): Serving {
  refuseProductionFlags(flags);
  const seed = seedOf(flags.seed ?? 'demo');
  return {
    host: '127.0.0.1',
    port: portOf(flags.port ?? '8787'),
    statePath,
    trustedProxies: [],
    hasAccessLog: false,
    unreadySeconds: 0,
    log: plainLog,
    variables: (url) => variablesOf(keepSecrets(statePath), url, withFiles(process.env, settingNames)),
    opened: async (url, { VITRINE_ADMIN_KEY: adminKey = '' }) => {
      const { summary } = await seedShop({ url, adminKey }, seed);
      console.log(`seed: ${summary}`);
      console.log(`state ${statePath}`);
      console.log(`admin key ${adminKey}`);
    },
  };
}

function partsOfCheckout(workers: readonly WorkerConfig[]): ShopParts {
  return {
    workers,
    // Always of all, so that development and production share what was built.
    bundles: () => bundleWorkers(readWorkers()),
    migrate: (storagePath) => migrate(databasesOf(workers), storagePath),
  };
}

async function start(given: readonly string[]): Promise<void> {
  const { flags, isOn } = readServingFlags(given);
  const statePath = path.resolve(flags.state ?? path.join(projectRoot, '.vitrine', 'state'));
  if (isOn('production'))
    await serve(productionServing(flags, statePath), partsOfCheckout(productionWorkers(readWorkers())));
  else await serve(developmentServing(flags, statePath), partsOfCheckout(readWorkers()));
}

answerHelp(process.argv.slice(2), usage);
answerVersion(process.argv.slice(2));
try {
  await start(process.argv.slice(2));
} catch (error) {
  sayFailure(error, usage);
  process.exit(1);
}
