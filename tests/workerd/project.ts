/**
 * The vitest project of one Worker: its tests run inside workerd with its real wrangler file. Neighbours are replaced by
 * Workers that refuse every call, so a test hands the code under test an `env` with its own stub of the contract.
 */
import path from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { databasesOf, readWorkers, type WorkerConfig, type WorkerName } from '../../scripts/configs.ts';

/** The Worker in whose project tests outside of `workers/` run: the one that exports the class, or one that has the bindings. */
const foldersOf: Partial<Record<WorkerName, readonly string[]>> = {
  cart: ['durable-objects', 'durable-objects/cart'],
  inventory: ['durable-objects/stock'],
  orders: ['durable-objects/order'],
  pricing: ['durable-objects/allowance'],
  catalog: ['shared/**'],
};

/** Fixed, so that a test can sign and log in; the same names that `npm start` binds. */
export const testVariables: Readonly<Record<string, string>> = {
  VITRINE_ENV: 'development',
  VITRINE_PROVIDERS: 'sandbox',
  VITRINE_PUBLIC_URL: 'http://vitrine.test',
  VITRINE_ADMIN_KEY: 'vak_00000000000000000000000000000000',
  VITRINE_SECRET: 'a secret for tests only',
  VITRINE_HOLD_SECONDS: '900',
  SANDBOX_SECRET_KEY: 'sk_test_00000000000000000000000000000000',
  SANDBOX_WEBHOOK_SECRET: 'whsec_00000000000000000000000000000000',
};

const neighbour = `
import { WorkerEntrypoint } from 'cloudflare:workers';
const refuse = () => { throw new Error('A neighbour was called for real. Give the code under test an env with a stub of its contract.'); };
export default class extends WorkerEntrypoint { fetch() { return refuse(); } };`;

/** @param limits how many files run at once, and when what hangs is ended */
export function workerProject(
  name: WorkerName,
  limits: { readonly maxWorkers: number; readonly testTimeout: number; readonly hookTimeout: number },
): TestProjectInlineConfiguration {
  const workers = readWorkers();
  const worker = workers.find((candidate) => candidate.name === name);
  if (worker === undefined) throw new Error(`There is no Worker ${name}`);
  const folders = [`workers/${name}/**`, ...(foldersOf[name] ?? [])];
  return {
    plugins: [
      cloudflareTest(async () => ({
        wrangler: { configPath: worker.configPath },
        miniflare: await miniflareOf(worker, workers),
      })),
    ],
    test: {
      name: `workerd:${name}`,
      include: folders.map((folder) => `${folder}/*.workerd.test.ts`),
      setupFiles: [path.join(import.meta.dirname, 'migrate.ts')],
      ...limits,
    },
  };
}

async function miniflareOf(worker: WorkerConfig, workers: readonly WorkerConfig[]) {
  const databases = databasesOf([worker]);
  const migrations = await Promise.all(
    databases.map(async ({ binding, migrationsPath }) => [binding, await readD1Migrations(migrationsPath)] as const),
  );
  const bound = new Set(worker.wrangler.services.map(({ service }) => service));
  return {
    cf: false,
    bindings: { ...testVariables, TEST_MIGRATIONS: Object.fromEntries(migrations) },
    workers: workers
      .filter(({ wrangler }) => bound.has(wrangler.name))
      .map(({ wrangler }) => ({
        name: wrangler.name,
        modules: true,
        script: neighbour,
        compatibilityDate: wrangler.compatibility_date,
      })),
  };
}
