/**
 * Runs the bundled Workers in one Miniflare, with the bindings that their wrangler files name. Requests reach the router on
 * a direct socket of workerd: Miniflare's own entry Worker, a development proxy, would cost three quarters of the
 * throughput. The runtime ends with this process, even by `kill -9`.
 */
import { Log, LogLevel, Miniflare, type WorkerOptions } from 'miniflare';
import type { WorkerConfig } from '../configs.ts';
import type { Bundle } from './bundle.ts';
import { startDrainable } from './drain.ts';
import { collectGarbageEarly, isNoticeOfFlags, tieRuntimeToProcess } from './runtime.ts';
import type { Variables } from './settings.ts';

export interface ShopOptions {
  readonly workers: readonly WorkerConfig[];
  readonly bundles: readonly Bundle[];
  readonly variables: Variables;
  readonly host: string;
  readonly port: number;
  /** The folder of all databases and objects. */
  readonly storagePath: string;
  /** Receives what the Workers log, a line at a time. */
  readonly onLog: (level: string, message: string) => void;
}

export interface Shop {
  /** Answers what is in flight, for `stopPatienceMs` at most, and ends. What hangs is cut; all that was acknowledged is on disk. */
  stop(): Promise<void>;
}

export const stopPatienceMs = 10_000;

/** Starts all Workers and resolves when the port is open. Rejects when the port is taken or a Worker does not load. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  tieRuntimeToProcess();
  collectGarbageEarly();
  const [miniflare, runtime] = await startDrainable(() => openRuntime(options));
  const timers = options.workers.flatMap((worker) => hourly(worker, miniflare, options.onLog));
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await runtime.drain(`http://${options.host}:${options.port}/healthz`, stopPatienceMs);
      await miniflare.dispose();
    },
  };
}

async function openRuntime(options: ShopOptions): Promise<Miniflare> {
  const miniflare = withoutSignalHandlers(
    () =>
      new Miniflare({
        host: options.host,
        cf: false,
        telemetry: { enabled: false },
        enableDevRegistry: false,
        log: new Log(LogLevel.ERROR),
        handleStructuredLogs: ({ level, message }) => {
          if (!isNoticeOfFlags(message)) options.onLog(level, message);
        },
        resourcePersistencePath: options.storagePath,
        workers: options.workers.map((worker) => workerOptionsOf(worker, options)),
      }),
  );
  try {
    await miniflare.ready;
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

const hourMs = 60 * 60 * 1000;

/** The runtime rings no crons by itself. All of ours are hourly, which is held here so that another one is not overlooked. */
function hourly(
  { name, wrangler }: WorkerConfig,
  miniflare: Miniflare,
  onLog: ShopOptions['onLog'],
): ReturnType<typeof setInterval>[] {
  return (wrangler.triggers?.crons ?? []).map((cron) => {
    if (!/^\d+ \* \* \* \*$/.test(cron)) throw new Error(`${name} asks for "${cron}", and only hourly crons are rung`);
    const ring = async (): Promise<void> => {
      const worker = await miniflare.getWorker(wrangler.name);
      await worker.scheduled({ cron });
    };
    const timer = setInterval(() => void ring().catch((error) => onLog('error', `${name}: ${error}`)), hourMs);
    timer.unref();
    return timer;
  });
}

/** Miniflare ends the process at the first signal with the code of a failure; stopping is up to our caller. */
function withoutSignalHandlers<Value>(create: () => Value): Value {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const value = create();
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal))
      if (!before[index]?.includes(listener)) process.removeListener(signal, listener);
  });
  return value;
}

type Environment = NonNullable<WorkerOptions['config']['env']>;
type Exports = NonNullable<WorkerOptions['config']['exports']>;
type Triggers = NonNullable<WorkerOptions['config']['triggers']>;

function workerOptionsOf(
  { name, wrangler }: WorkerConfig,
  { bundles, variables, host, port }: ShopOptions,
): WorkerOptions {
  const code = bundles.find((bundle) => bundle.name === name)?.code;
  if (code === undefined) throw new Error(`There is no bundle of ${name}`);
  const mainModule = `${name}.mjs`;
  const exports: Exports = {};
  for (const className of wrangler.migrations.flatMap((migration) => migration.new_sqlite_classes)) {
    exports[className] = { type: 'durable-object', storage: 'sqlite' };
  }
  return {
    config: {
      name: wrangler.name,
      compatibilityDate: wrangler.compatibility_date,
      compatibilityFlags: wrangler.compatibility_flags,
      manifest: { mainModule, modulesRoot: '/', modules: { [mainModule]: { type: 'esm', contents: code } } },
      env: environmentOf(wrangler, variables),
      exports,
      triggers: triggersOf(wrangler),
    },
    dev: { unsafeRegisterWorker: false, ...(name === 'router' ? { unsafeDirectSockets: [{ host, port }] } : {}) },
  };
}

function environmentOf(wrangler: WorkerConfig['wrangler'], variables: Variables): Environment {
  const environment: Environment = {};
  for (const [name, value] of Object.entries({ ...wrangler.vars, ...variables }))
    environment[name] = { type: 'text', value };
  for (const { binding, database_id } of wrangler.d1_databases) environment[binding] = { type: 'd1', id: database_id };
  for (const { name, class_name } of wrangler.durable_objects.bindings) {
    environment[name] = { type: 'durable-object', worker: wrangler.name, exportName: class_name };
  }
  for (const { binding, service, entrypoint } of wrangler.services) {
    environment[binding] = {
      type: 'worker',
      worker: service,
      ...(entrypoint === undefined ? {} : { exportName: entrypoint }),
    };
  }
  for (const { binding, queue } of wrangler.queues.producers) environment[binding] = { type: 'queue', name: queue };
  return environment;
}

function triggersOf({ queues }: WorkerConfig['wrangler']): Triggers {
  return queues.consumers.map((consumer) => ({
    type: 'queue' as const,
    name: consumer.queue,
    ...(consumer.dead_letter_queue === undefined ? {} : { deadLetterQueue: consumer.dead_letter_queue }),
    ...(consumer.max_batch_size === undefined ? {} : { maxBatchSize: consumer.max_batch_size }),
    ...(consumer.max_batch_timeout === undefined ? {} : { maxBatchTimeout: consumer.max_batch_timeout }),
    ...(consumer.max_retries === undefined ? {} : { maxRetries: consumer.max_retries }),
    ...(consumer.retry_delay === undefined ? {} : { retryDelay: consumer.retry_delay }),
  }));
}
