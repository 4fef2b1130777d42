/**
 * Runs the bundled Workers in one Miniflare, with the bindings that their wrangler files name. Requests reach the router on
 * a direct socket of workerd: Miniflare's own entry Worker, a development proxy, would cost three quarters of the
 * throughput. The runtime ends with this process, even by `kill -9`.
 */
import { Log, LogLevel, Miniflare, Response, type WorkerOptions } from 'miniflare';
import type { RunnableWorker } from '../configs.ts';
import type { Bundle } from './bundle.ts';
import { drain, keepRuntimePid, type RuntimePid } from './drain.ts';
import { collectGarbageEarly, guardOfPublicSocket, isNoticeOfFlags, tieRuntimeToProcess } from './runtime.ts';
import type { Variables } from './settings.ts';

export interface ShopOptions {
  readonly workers: readonly RunnableWorker[];
  readonly bundles: readonly Bundle[];
  readonly variables: Variables;
  readonly host: string;
  readonly port: number;
  /** The folder of all databases and objects. */
  readonly storagePath: string;
  /** Ranges of addresses of proxies whose `X-Forwarded-…` headers are believed; nobody's unless given. */
  readonly trustedProxies?: readonly string[];
  /** Whether each request gets a line in the log. */
  readonly hasAccessLog?: boolean;
  /** Receives what the Workers log, a line at a time. */
  readonly onLog: (level: string, message: string) => void;
}

/** What `/readyz` says: `open` is ready, `unready` is not; `held` is the moment in which a shop stops. */
type Phase = 'unready' | 'open' | 'held';

export interface Shop {
  /** Says at `/readyz` whether new requests are wanted, which changes nothing else. A shop is not ready before it is told so. */
  setReady(isReady: boolean): void;
  /** Answers what is in flight, for `patienceMs` at most, and ends. What hangs is cut; all that was acknowledged is on disk. */
  stop(patienceMs?: number): Promise<void>;
}

export const stopPatienceMs = 10_000;

/** Where a process of this machine reaches a shop that listens on `host`. */
export function localHostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Starts all Workers and resolves when the port is open. Rejects when the port is taken or a Worker does not load. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  tieRuntimeToProcess();
  collectGarbageEarly();
  const pid = keepRuntimePid();
  const ties = new HostTies();
  const miniflare = await openRuntime(options, pid, ties);
  const timers = options.workers.flatMap((worker) => hourly(worker, miniflare, options.onLog));
  const host = localHostOf(options.host);
  const url = urlOf(host, options.port);
  return {
    setReady: (isReady) => {
      ties.phase = isReady ? 'open' : 'unready';
    },
    stop: async (patienceMs = stopPatienceMs) => {
      for (const timer of timers) clearInterval(timer);
      await drain({
        pid: pid.read(),
        host,
        port: options.port,
        url: `${url}/healthz`,
        patienceMs,
        hold: () => ties.hold(`${url}/readyz`, patienceMs / 4),
        release: () => ties.release(),
      });
      await miniflare.dispose();
      pid.forget();
    },
  };
}

/** This process as the router sees it (`workers/router/node-host.ts`): which phase it is, and when the port is closed. */
class HostTies {
  phase: Phase = 'unready';
  readonly #closed: Promise<void>;
  #release: () => void = () => undefined;

  constructor() {
    this.#closed = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async answer(request: { readonly url: string }): Promise<Response> {
    if (new URL(request.url).pathname !== '/closed') return new Response(this.phase);
    await this.#closed;
    return new Response();
  }

  /** The router looks at the phase when it is asked whether it is ready. */
  async hold(readinessUrl: string, patienceMs: number): Promise<void> {
    this.phase = 'held';
    const init = { signal: AbortSignal.timeout(patienceMs), headers: { connection: 'close' } };
    const answer = await fetch(readinessUrl, init).catch(() => undefined);
    await answer?.body?.cancel();
  }

  release(): void {
    this.#release();
  }
}

async function openRuntime(options: ShopOptions, pid: RuntimePid, ties: HostTies): Promise<Miniflare> {
  const miniflare = withoutSignalHandlers(
    () =>
      new Miniflare({
        // Its own doors, which are for tools: only the shop's own socket is open to others.
        host: '127.0.0.1',
        cf: false,
        telemetry: { enabled: false },
        enableDevRegistry: false,
        log: new Log(LogLevel.ERROR),
        handleStructuredLogs: ({ level, message }) => {
          if (!isNoticeOfFlags(message)) options.onLog(level, message);
        },
        resourcePersistencePath: options.storagePath,
        unsafeRuntimeEnv: { ...pid.environment, ...guardOfPublicSocket() },
        workers: options.workers.map((worker) => workerOptionsOf(worker, options, ties)),
      }),
  );
  try {
    await miniflare.ready;
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    pid.forget();
    throw error;
  }
}

const hourMs = 60 * 60 * 1000;

/** The runtime rings no crons by itself. All of ours are hourly, which is held here so that another one is not overlooked. */
function hourly(
  { name, wrangler }: RunnableWorker,
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

function workerOptionsOf({ name, wrangler }: RunnableWorker, options: ShopOptions, ties: HostTies): WorkerOptions {
  const { bundles, variables, host, port } = options;
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
      env: { ...environmentOf(wrangler, variables), ...(name === 'router' ? routerOnNode(options, ties) : {}) },
      exports,
      triggers: triggersOf(wrangler),
    },
    dev: { unsafeRegisterWorker: false, ...(name === 'router' ? { unsafeDirectSockets: [{ host, port }] } : {}) },
  };
}

/** What a router has on a single node only, named as in `workers/router` (`node-host.ts`, `client.ts`, `access-log.ts`). */
function routerOnNode({ trustedProxies = [], hasAccessLog = false }: ShopOptions, ties: HostTies): Environment {
  return {
    NODE_HOST: { type: 'fetcher', handler: (request) => ties.answer(request) },
    VITRINE_TRUSTED_PROXIES: { type: 'text', value: trustedProxies.join(',') },
    VITRINE_ACCESS_LOG: { type: 'text', value: hasAccessLog ? 'on' : 'off' },
  };
}

function environmentOf(wrangler: RunnableWorker['wrangler'], variables: Variables): Environment {
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

function triggersOf({ queues }: RunnableWorker['wrangler']): Triggers {
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
