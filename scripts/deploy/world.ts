/**
 * What an account has of an environment, read and never changed: Workers with their versions and triggers, queues, databases. Names
 * are the keys, so nothing has to be remembered between two deployments.
 */
import * as z from 'zod';
import { type Consumer, Database, Deployments, Queue, type RemoteBinding, Version, Versions } from './answers.ts';
import { type Api, ApiError } from './api.ts';
import { type Deployed, deployedIn } from './deployed.ts';

export interface WorldWorker {
  readonly name: string;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  /** The only version that answers now; null while there is a split or no deployment at all. */
  readonly current: WorldVersion | null;
  /** The newest upload, which may wait for its turn. */
  readonly newest: WorldVersion | null;
  /** The tag of every version that can still be deployed. */
  readonly tags: ReadonlyMap<string, string>;
  readonly migrationTag: string | null;
  readonly secrets: readonly string[];
  readonly crons: readonly string[];
  readonly isPublic: boolean;
  readonly hasPreviews: boolean;
  readonly observability: unknown;
}

export type Deployment = z.infer<typeof Deployments>['deployments'][number];

export interface WorldVersion {
  readonly id: string;
  readonly tag: string;
  readonly bindings: readonly z.infer<typeof RemoteBinding>[];
  /** What this tool noted with the version; null for one that something else made. */
  readonly deployed: Deployed | null;
}

export interface WorldQueue {
  readonly id: string;
  readonly name: string;
  readonly consumers: readonly z.infer<typeof Consumer>[];
}

export interface WorldDatabase {
  readonly id: string;
  readonly name: string;
  readonly applied: readonly string[];
}

/** How the public address reaches the router. */
export type WorldRoute =
  | { readonly kind: 'domain'; readonly id: string; readonly hostname: string; readonly worker: string }
  | {
      readonly kind: 'route';
      readonly id: string;
      readonly zone: string;
      readonly pattern: string;
      readonly worker: string;
    };

export interface World {
  readonly workers: ReadonlyMap<string, WorldWorker>;
  readonly queues: ReadonlyMap<string, WorldQueue>;
  readonly databases: ReadonlyMap<string, WorldDatabase>;
  readonly routes: readonly WorldRoute[];
  /** Every name in the account, also those of others. */
  readonly everyWorker: readonly string[];
  readonly everyDatabase: readonly string[];
}

export interface WorldNames {
  readonly workers: readonly string[];
  readonly databases: readonly string[];
  readonly router: string;
  /** Whose zone is asked for routes; null when the shop answers on workers.dev only. */
  readonly host: string | null;
}

export async function readWorld(api: Api, names: WorldNames): Promise<World> {
  const [everyWorker, queues, databases, routes] = await Promise.all([
    readWorkerNames(api),
    api.list('/queues', Queue),
    api.list('/d1/database', Database),
    readRoutes(api, names),
  ]);
  const workers = await Promise.all(
    names.workers.filter((name) => everyWorker.includes(name)).map((name) => readWorker(api, name)),
  );
  const own = await Promise.all(
    databases
      .filter(({ name }) => names.databases.includes(name))
      .map(async ({ uuid, name }) => ({ id: uuid, name, applied: await appliedMigrations(api, uuid) })),
  );
  return {
    workers: byName(workers),
    queues: byName(
      queues.map(({ queue_id, queue_name, consumers }) => ({ id: queue_id, name: queue_name, consumers })),
    ),
    databases: byName(own),
    routes,
    everyWorker,
    everyDatabase: databases.map(({ name }) => name),
  };
}

/** Every Worker of the account. */
export async function readWorkerNames(api: Api): Promise<readonly string[]> {
  const scripts = await api.call('GET', '/workers/scripts', z.array(z.object({ id: z.string() })));
  return scripts.map(({ id }) => id);
}

async function readWorker(api: Api, name: string): Promise<WorldWorker> {
  const path = `/workers/scripts/${name}`;
  const [service, deployments, versions, secrets, schedules, subdomain, settings] = await Promise.all([
    api.call('GET', `/workers/services/${name}`, Service),
    readDeployments(api, name),
    readVersions(api, name),
    api.call('GET', `${path}/secrets`, z.array(z.object({ name: z.string() }))),
    api.call('GET', `${path}/schedules`, z.object({ schedules: z.array(z.object({ cron: z.string() })) })),
    api.call(
      'GET',
      `${path}/subdomain`,
      z.object({ enabled: z.boolean(), previews_enabled: z.boolean().default(false) }),
    ),
    api.call('GET', `${path}/settings`, z.looseObject({ observability: z.unknown().optional() })),
  ]);
  const [only, ...others] = deployments[0]?.versions ?? [];
  const currentId = others.length === 0 ? only?.version_id : undefined;
  const newestId = versions.reduce<(typeof versions)[number] | undefined>(
    (newest, version) => (newest === undefined || version.number > newest.number ? version : newest),
    undefined,
  )?.id;
  const current = currentId === undefined ? null : await readVersion(api, name, currentId);
  const newest = newestId === undefined || newestId === currentId ? current : await readVersion(api, name, newestId);
  return {
    name,
    deployments,
    current,
    newest,
    tags: new Map(versions.map((version) => [version.id, version.annotations['workers/tag'] ?? ''])),
    migrationTag: service.default_environment.script.migration_tag ?? null,
    secrets: secrets.map((secret) => secret.name),
    crons: schedules.schedules.map(({ cron }) => cron),
    isPublic: subdomain.enabled,
    hasPreviews: subdomain.previews_enabled,
    observability: settings.observability ?? null,
  };
}

const Service = z.object({
  default_environment: z.object({ script: z.object({ migration_tag: z.string().nullish() }) }),
});

export async function readDeployments(api: Api, worker: string): Promise<readonly Deployment[]> {
  const { deployments } = await api.call('GET', `/workers/scripts/${worker}/deployments`, Deployments);
  return deployments;
}

export async function readVersions(api: Api, worker: string): Promise<z.infer<typeof Versions>['items']> {
  return (await api.call('GET', `/workers/scripts/${worker}/versions?deployable=true`, Versions)).items;
}

export async function readVersion(api: Api, worker: string, id: string): Promise<WorldVersion> {
  const { annotations, resources } = await api.call('GET', `/workers/scripts/${worker}/versions/${id}`, Version);
  return {
    id,
    tag: annotations['workers/tag'] ?? '',
    bindings: resources.bindings,
    deployed: deployedIn(resources.bindings),
  };
}

const Rows = z.array(z.object({ results: z.array(z.object({ name: z.string() })) }));

/** The names in the table that wrangler keeps too. A database that was never migrated has no such table. */
export async function appliedMigrations(api: Api, database: string): Promise<readonly string[]> {
  const ask = async (sql: string): Promise<readonly string[]> => {
    const answers = await api.call('POST', `/d1/database/${database}/query`, Rows, { body: { sql } });
    return answers.flatMap(({ results }) => results.map(({ name }) => name));
  };
  const tables = await ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'");
  return tables.length === 0 ? [] : ask('SELECT name FROM d1_migrations ORDER BY id');
}

export async function readRoutes(
  api: Api,
  { router, host }: Pick<WorldNames, 'router' | 'host'>,
): Promise<readonly WorldRoute[]> {
  const domains = await api.call(
    'GET',
    `/workers/domains?service=${encodeURIComponent(router)}`,
    z.array(z.object({ id: z.string(), hostname: z.string(), service: z.string() })),
  );
  const found: WorldRoute[] = domains
    .filter(({ service }) => service === router)
    .map(({ id, hostname, service }) => ({ kind: 'domain', id, hostname, worker: service }));
  if (host === null) return found;
  const zone = await zoneOf(api, host);
  if (zone === null) return found;
  const routes = await api.call(
    'GET',
    `/zones/${zone}/workers/routes`,
    z.array(z.object({ id: z.string(), pattern: z.string(), script: z.string().nullish() })),
  );
  const own = routes.filter(({ script }) => script === router);
  return [...found, ...own.map(({ id, pattern }) => ({ kind: 'route' as const, id, zone, pattern, worker: router }))];
}

/** The zone that a host belongs to: the longest name to the right of a dot that the account knows. */
export async function zoneOf(api: Api, host: string): Promise<string | null> {
  const parts = host.split('.');
  for (let from = 0; from < parts.length - 1; from += 1) {
    const name = parts.slice(from).join('.');
    const zones = await api.call(
      'GET',
      `/zones?name=${encodeURIComponent(name)}`,
      z.array(z.object({ id: z.string() })),
    );
    if (zones[0] !== undefined) return zones[0].id;
  }
  return null;
}

/** The part of workers.dev that belongs to the account. */
export async function accountSubdomain(api: Api): Promise<string | null> {
  try {
    return (await api.call('GET', '/workers/subdomain', z.object({ subdomain: z.string() }))).subdomain;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

function byName<Named extends { readonly name: string }>(items: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(items.map((item) => [item.name, item]));
}
