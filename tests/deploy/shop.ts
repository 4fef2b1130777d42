/**
 * A small shop to deploy. It has what makes a deployment hard: a circle of bindings, objects, a database, queues with dead letters, a
 * cron, a secret that two Workers share, and an address.
 */
import { parseWrangler, type WorkerName, type Wrangler } from '../../scripts/configs.ts';
import type { Environment } from '../../scripts/deploy/environment.ts';
import type { Shop } from '../../scripts/deploy/prepare.ts';
import type { Source } from '../../scripts/deploy/wanted.ts';
import type { WorkerSettings } from '../../scripts/lib/worker-settings.ts';

const head = (name: string): string =>
  `name = "vitrine-${name}"\nmain = "index.ts"\ncompatibility_date = "2026-11-01"\n`;

function source(name: WorkerName, toml: string, settings: Partial<WorkerSettings> = {}): Source {
  const wrangler = parseWrangler(`${head(name)}${toml}`, `${name}/wrangler.toml`);
  return {
    config: { name, wrangler },
    settings: { secrets: {}, vars: [], ...settings },
    code: `export default '${name} 1';`,
  };
}

const service = (name: string): string =>
  `[[services]]\nbinding = "${name.toUpperCase()}"\nservice = "vitrine-${name}"\n`;

const sources: readonly Source[] = [
  source(
    'router',
    `[observability]\nenabled = true\n${service('cart')}${service('orders')}${service('notifications')}`,
    {
      secrets: { VITRINE_ADMIN_KEY: 'required' },
    },
  ),
  source(
    'cart',
    `[[durable_objects.bindings]]\nname = "CARTS"\nclass_name = "CartObject"\n[[migrations]]\ntag = "v1"\nnew_sqlite_classes = ["CartObject"]\n${service('orders')}`,
    { secrets: { VITRINE_SECRET: 'required' }, vars: ['VITRINE_CART_DAYS'] },
  ),
  source(
    'orders',
    `[triggers]\ncrons = ["7 * * * *"]\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "vitrine-orders"\ndatabase_id = "vitrine-orders"\nmigrations_dir = "m"\n${service('cart')}[[queues.producers]]\nbinding = "NOTIFICATIONS_INBOX"\nqueue = "vitrine-notifications-inbox"\n`,
    { secrets: { VITRINE_SECRET: 'required' } },
  ),
  source(
    'notifications',
    `[[queues.consumers]]\nqueue = "vitrine-notifications-inbox"\nmax_batch_size = 100\nmax_batch_timeout = 1\nmax_retries = 5\ndead_letter_queue = "vitrine-notifications-inbox-dead"\n`,
  ),
];

const first = {
  file: '0001_orders.sql',
  sql: 'CREATE TABLE orders (id TEXT PRIMARY KEY);\nCREATE INDEX by_id ON orders (id);\n',
};

export const staging: Environment = {
  ...{ name: 'staging', kind: 'staging', suffix: '-staging', sandbox: false, seed: 'none' },
  ...{ vars: { VITRINE_CART_DAYS: '30' }, route: { pattern: 'staging.example.com', custom_domain: true } },
  foreignSuffixes: ['', '-preview'],
};

/** A preview of a branch, as its file would be read. */
export function previewOf(branch: string): Environment {
  return {
    ...{ name: `preview-${branch}`, kind: 'preview', suffix: `-preview-${branch}`, sandbox: false, seed: 'none' },
    ...{ vars: {}, foreignSuffixes: ['', '-staging'] },
  };
}

export const shopNow: Shop = {
  environment: staging,
  sources,
  databases: [{ database: { databaseName: 'vitrine-orders' }, migrations: [first] }],
  commit: '1111111111111111111111111111111111111111',
};

/** The shop with another module, or another wrangler file, of one Worker. */
export function changed(
  shop: Shop,
  name: WorkerName,
  { code, wrangler = {} }: { readonly code?: string; readonly wrangler?: Partial<Wrangler> },
): Shop {
  const edited = shop.sources.map((worker) =>
    worker.config.name === name
      ? {
          ...worker,
          code: code ?? worker.code,
          config: { name, wrangler: { ...worker.config.wrangler, ...wrangler } },
        }
      : worker,
  );
  return { ...shop, sources: edited };
}

export function withWorker(shop: Shop, name: WorkerName, toml: string): Shop {
  return { ...shop, sources: [...shop.sources, source(name, toml)] };
}

export function withMigration(shop: Shop, file: string, sql: string): Shop {
  const databases = shop.databases.map((entry) => ({ ...entry, migrations: [...entry.migrations, { file, sql }] }));
  return { ...shop, databases };
}

export const secrets = { VITRINE_SECRET: 'the root of all ids', VITRINE_ADMIN_KEY: 'vak_of_the_test' } as const;
