/**
 * The one list of Workers, and what their wrangler files say: bindings, databases, queues. Every script that runs, checks,
 * builds or deploys Workers reads it, so a new Worker is added in one place. A setting that the scripts do not understand
 * stops them, because ignoring it would make the local shop differ from the deployed one in silence.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import * as z from 'zod';

/** The checkout that this file belongs to. */
export const projectRoot: string = path.resolve(import.meta.dirname, '..');

/** The router comes first: `wrangler dev` and Miniflare treat the first Worker as the one that answers requests. */
export const workerNames = [
  'router',
  'catalog',
  'pricing',
  'cart',
  'inventory',
  'orders',
  'payments',
  'notifications',
  'observer',
  'sandbox',
] as const;
export type WorkerName = (typeof workerNames)[number];

/** Workers that must never be deployed. */
export const developmentOnly: ReadonlySet<WorkerName> = new Set<WorkerName>(['sandbox']);

const Database = z.strictObject({
  binding: z.string(),
  database_name: z.string(),
  database_id: z.string(),
  migrations_dir: z.string(),
});

const Wrangler = z.strictObject({
  name: z.string(),
  main: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  workers_dev: z.boolean().optional(),
  observability: z.looseObject({}).optional(),
  rules: z
    .array(z.strictObject({ type: z.literal('Text'), globs: z.array(z.string()), fallthrough: z.boolean().optional() }))
    .optional(),
  vars: z.record(z.string(), z.string()).default({}),
  d1_databases: z.array(Database).default([]),
  durable_objects: z
    .strictObject({ bindings: z.array(z.strictObject({ name: z.string(), class_name: z.string() })) })
    .default({ bindings: [] }),
  migrations: z.array(z.strictObject({ tag: z.string(), new_sqlite_classes: z.array(z.string()) })).default([]),
  services: z
    .array(z.strictObject({ binding: z.string(), service: z.string(), entrypoint: z.string().optional() }))
    .default([]),
  queues: z
    .strictObject({
      producers: z.array(z.strictObject({ binding: z.string(), queue: z.string() })).default([]),
      consumers: z
        .array(
          z.strictObject({
            queue: z.string(),
            max_batch_size: z.int().optional(),
            max_batch_timeout: z.int().optional(),
            max_retries: z.int().optional(),
            retry_delay: z.int().optional(),
            dead_letter_queue: z.string().optional(),
          }),
        )
        .default([]),
    })
    .default({ producers: [], consumers: [] }),
  triggers: z.strictObject({ crons: z.array(z.string()) }).optional(),
  /** Workers Cache, and for which entrypoints. No local runtime has it; the router does without where it is absent. */
  cache: z.strictObject({ enabled: z.boolean() }).optional(),
  exports: z
    .record(z.string(), z.strictObject({ type: z.literal('worker'), cache: z.strictObject({ enabled: z.boolean() }) }))
    .optional(),
});
export type Wrangler = z.infer<typeof Wrangler>;

export interface WorkerConfig {
  readonly name: WorkerName;
  readonly isDevelopmentOnly: boolean;
  /** Absolute. */
  readonly configPath: string;
  /** Absolute path of the entry module. */
  readonly mainPath: string;
  readonly wrangler: Wrangler;
}

export interface DatabaseConfig {
  readonly worker: WorkerName;
  readonly binding: string;
  readonly databaseName: string;
  readonly databaseId: string;
  /** Absolute. */
  readonly migrationsPath: string;
}

/** Where the wrangler file of a Worker lies, relative to the checkout: the router's is the root one. */
export function configFileOf(name: WorkerName): string {
  return name === 'router' ? 'wrangler.toml' : `workers/${name}/wrangler.toml`;
}

/** Reads one wrangler file from its text. Throws with the file's name when it says something unknown. */
export function parseWrangler(text: string, file: string): Wrangler {
  const parsed = Wrangler.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} holds what scripts/configs.ts does not understand:\n${z.prettifyError(parsed.error)}`);
}

/** Reads every wrangler file, in the order of the list. */
export function readWorkers(root: string = projectRoot): readonly WorkerConfig[] {
  return workerNames.map((name) => {
    const configPath = path.join(root, configFileOf(name));
    const wrangler = parseWrangler(readFileSync(configPath, 'utf8'), configFileOf(name));
    const mainPath = path.resolve(path.dirname(configPath), wrangler.main);
    return { name, isDevelopmentOnly: developmentOnly.has(name), configPath, mainPath, wrangler };
  });
}

/** What is needed of a Worker to run it, wherever its files are. */
export type RunnableWorker = Pick<WorkerConfig, 'name' | 'isDevelopmentOnly' | 'wrangler'>;

/** The Workers of a shop that sells for real: those of development are gone, and so is every binding to one. */
export function productionWorkers<Worker extends RunnableWorker>(workers: readonly Worker[]): readonly Worker[] {
  const left = new Set(
    workers.filter(({ isDevelopmentOnly }) => isDevelopmentOnly).map(({ wrangler }) => wrangler.name),
  );
  return workers
    .filter(({ isDevelopmentOnly }) => !isDevelopmentOnly)
    .map((worker) => {
      const services = worker.wrangler.services.filter(({ service }) => !left.has(service));
      return { ...worker, wrangler: { ...worker.wrangler, services } };
    });
}

/** Every database with the Worker that owns it and the folder of its migrations. */
export function databasesOf(workers: readonly WorkerConfig[]): readonly DatabaseConfig[] {
  return workers.flatMap(({ name, configPath, wrangler }) =>
    wrangler.d1_databases.map((database) => ({
      worker: name,
      binding: database.binding,
      databaseName: database.database_name,
      databaseId: database.database_id,
      migrationsPath: path.resolve(path.dirname(configPath), database.migrations_dir),
    })),
  );
}
