/**
 * What an environment should be: every Worker with its module, bindings and triggers under its name there, every queue and every
 * database with its migrations. Pure: it follows from the wrangler files, the environment and the bundles.
 */
import { createHash } from 'node:crypto';
import type { DatabaseConfig, WorkerConfig } from '../configs.ts';
import { SettingError } from '../lib/arguments.ts';
import type { WorkerSettings } from '../lib/worker-settings.ts';
import { type Environment, nameIn } from './environment.ts';

/** What a Worker is given of the deployment, beside its secrets. Databases are named here; their ids are the platform's. */
export type Binding =
  | { readonly type: 'plain_text'; readonly name: string; readonly text: string }
  | { readonly type: 'service'; readonly name: string; readonly service: string; readonly entrypoint?: string }
  | { readonly type: 'd1'; readonly name: string; readonly database: string }
  | { readonly type: 'queue'; readonly name: string; readonly queue: string }
  | { readonly type: 'durable_object_namespace'; readonly name: string; readonly className: string };

export interface Consumer {
  readonly worker: string;
  readonly queue: string;
  readonly deadLetterQueue: string | null;
  /** In the platform's words. */
  readonly settings: Readonly<Record<string, number>>;
}

export interface ClassStep {
  readonly tag: string;
  readonly new_sqlite_classes: readonly string[];
}

export interface WantedWorker {
  /** On the platform. */
  readonly name: string;
  readonly reads: WorkerSettings;
  readonly module: { readonly file: string; readonly code: string; readonly digest: string };
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly observability: Readonly<Record<string, unknown>> | null;
  readonly cache: Readonly<Record<string, unknown>> | null;
  readonly exports: Readonly<Record<string, unknown>> | null;
  readonly bindings: readonly Binding[];
  readonly classes: readonly ClassStep[];
  readonly crons: readonly string[];
  readonly isPublic: boolean;
  /** A share of its visitors can be given a new version: no other Worker calls it, or it calls none. */
  readonly canBeSplit: boolean;
}

export interface Migration {
  readonly file: string;
  readonly sql: string;
}

export interface WantedDatabase {
  readonly name: string;
  /** Where its data must stay; chosen once, when it is created. */
  readonly jurisdiction: string | null;
  readonly migrations: readonly Migration[];
}

export interface Wanted {
  /** In the order in which they begin to answer. */
  readonly workers: readonly WantedWorker[];
  readonly databases: readonly WantedDatabase[];
  readonly queues: readonly string[];
  readonly consumers: readonly Consumer[];
}

/** One Worker of the list with everything that is read from its folder. */
export interface Source {
  readonly config: Pick<WorkerConfig, 'name' | 'wrangler'>;
  readonly settings: WorkerSettings;
  readonly code: string;
}

/** Callees begin first, so that a new caller never meets an old callee. A Worker that is not named here comes between. */
const firstToAnswer = ['notifications', 'inventory', 'catalog', 'pricing', 'cart', 'payments', 'orders'];
const lastToAnswer = ['observer', 'sandbox', 'router'];

export function inOrder<Named extends { readonly name: string }>(workers: readonly Named[]): readonly Named[] {
  const isPlaced = (name: string): boolean => firstToAnswer.includes(name) || lastToAnswer.includes(name);
  const between = workers.filter(({ name }) => !isPlaced(name)).map(({ name }) => name);
  const order = [...firstToAnswer, ...between, ...lastToAnswer];
  return [...workers].sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
}

export function wantedOf(
  sources: readonly Source[],
  migrations: readonly {
    readonly database: Pick<DatabaseConfig, 'databaseName'>;
    readonly migrations: readonly Migration[];
  }[],
  environment: Environment,
  known: { readonly hasStripe: boolean; readonly publicUrl: string },
): Wanted {
  const variables = variablesIn(sources, environment, known);
  const ordered = inOrder(sources.map((source) => ({ ...source, name: source.config.name })));
  const calledBy = callersOf(sources);
  return {
    workers: ordered.map((source) => workerOf(source, environment, variables, calledBy)),
    databases: migrations.map((database) => ({
      name: nameIn(environment, database.database.databaseName),
      jurisdiction: environment.d1?.jurisdiction ?? null,
      migrations: database.migrations,
    })),
    queues: queuesOf(sources).map((queue) => nameIn(environment, queue)),
    consumers: ordered.flatMap(({ config }) => consumersOf(config, environment)),
  };
}

function workerOf(
  { config: { name, wrangler }, settings, code }: Source,
  environment: Environment,
  variables: Readonly<Record<string, string>>,
  calledBy: ReadonlySet<string>,
): WantedWorker {
  const isRouter = name === 'router';
  return {
    name: nameIn(environment, wrangler.name),
    reads: settings,
    module: { file: `${name}.mjs`, code, digest: createHash('sha256').update(code).digest('hex') },
    compatibilityDate: wrangler.compatibility_date,
    compatibilityFlags: wrangler.compatibility_flags,
    observability: wrangler.observability ?? null,
    cache: wrangler.cache ?? null,
    exports: wrangler.exports ?? null,
    bindings: bindingsOf({ wrangler }, settings, environment, variables),
    classes: wrangler.migrations,
    crons: wrangler.triggers?.crons ?? [],
    isPublic: isRouter && environment.route === undefined,
    canBeSplit: !calledBy.has(wrangler.name) || wrangler.services.length === 0,
  };
}

function bindingsOf(
  { wrangler }: Pick<WorkerConfig, 'wrangler'>,
  settings: WorkerSettings,
  environment: Environment,
  variables: Readonly<Record<string, string>>,
): readonly Binding[] {
  const own = Object.entries({ ...wrangler.vars, ...variables }).filter(
    ([name]) => wrangler.vars[name] !== undefined || settings.vars.includes(name),
  );
  return [
    ...own.map(([name, text]) => ({ type: 'plain_text' as const, name, text })),
    ...wrangler.services.map(({ binding, service, entrypoint }) => ({
      type: 'service' as const,
      name: binding,
      service: nameIn(environment, service),
      ...(entrypoint === undefined ? {} : { entrypoint }),
    })),
    ...wrangler.d1_databases.map(({ binding, database_name }) => ({
      type: 'd1' as const,
      name: binding,
      database: nameIn(environment, database_name),
    })),
    ...wrangler.queues.producers.map(({ binding, queue }) => ({
      type: 'queue' as const,
      name: binding,
      queue: nameIn(environment, queue),
    })),
    ...wrangler.durable_objects.bindings.map(({ name, class_name }) => ({
      type: 'durable_object_namespace' as const,
      name,
      className: class_name,
    })),
  ];
}

/** Throws for a variable that no Worker reads: a name that is typed wrong would be ignored in silence. */
function variablesIn(
  sources: readonly Source[],
  environment: Environment,
  { hasStripe, publicUrl }: { readonly hasStripe: boolean; readonly publicUrl: string },
): Readonly<Record<string, string>> {
  const read = new Set(sources.flatMap(({ settings }) => settings.vars));
  const unread = Object.keys(environment.vars).find((name) => !read.has(name));
  if (unread !== undefined)
    throw new SettingError(
      `${environment.name} sets ${unread}, which no Worker reads. Known: ${[...read].sort().join(', ')}.`,
    );
  const providers = [...(environment.sandbox ? ['sandbox'] : []), ...(hasStripe ? ['stripe'] : [])].join(',');
  return {
    ...(environment.sandbox ? { VITRINE_ENV: 'development' } : {}),
    ...(providers === '' ? {} : { VITRINE_PROVIDERS: providers }),
    VITRINE_PUBLIC_URL: publicUrl,
    ...environment.vars,
  };
}

function queuesOf(sources: readonly Source[]): readonly string[] {
  const named = sources.flatMap(({ config: { wrangler } }) => [
    ...wrangler.queues.producers.map(({ queue }) => queue),
    ...wrangler.queues.consumers.flatMap(({ queue, dead_letter_queue: dead }) => [
      queue,
      ...(dead === undefined ? [] : [dead]),
    ]),
  ]);
  return [...new Set(named)].sort();
}

function consumersOf({ wrangler }: Pick<WorkerConfig, 'wrangler'>, environment: Environment): readonly Consumer[] {
  return wrangler.queues.consumers.map((consumer) => ({
    worker: nameIn(environment, wrangler.name),
    queue: nameIn(environment, consumer.queue),
    deadLetterQueue: consumer.dead_letter_queue === undefined ? null : nameIn(environment, consumer.dead_letter_queue),
    settings: {
      ...(consumer.max_batch_size === undefined ? {} : { batch_size: consumer.max_batch_size }),
      ...(consumer.max_retries === undefined ? {} : { max_retries: consumer.max_retries }),
      ...(consumer.max_batch_timeout === undefined ? {} : { max_wait_time_ms: consumer.max_batch_timeout * 1000 }),
      ...(consumer.retry_delay === undefined ? {} : { retry_delay: consumer.retry_delay }),
    },
  }));
}

/** The sandbox calls the router like a stranger would, so that call counts for nothing. */
function callersOf(sources: readonly Source[]): ReadonlySet<string> {
  const callers = sources.filter(({ config }) => config.name !== 'sandbox' && config.name !== 'router');
  return new Set(callers.flatMap(({ config }) => config.wrangler.services.map(({ service }) => service)));
}
