/**
 * Runs a shop as a process: its state locked to it, its databases brought up to date, its Workers started, until a signal stops it.
 * `npm start` and a release folder both end here; they differ in where the Workers come from.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { RunnableWorker } from '../configs.ts';
import { UsageError } from './arguments.ts';
import type { Bundle } from './bundle.ts';
import type { AppliedMigration } from './migrate.ts';
import { watchNpm } from './parent-watch.ts';
import { waitForFreePort } from './ports.ts';
import { waitUntilAnswering } from './ready.ts';
import { release, stateFormat } from './release.ts';
import type { Variables } from './settings.ts';
import { localHostOf, type Shop, startShop, stopPatienceMs, urlOf } from './shop.ts';
import type { ShopLog } from './shop-log.ts';
import { keepAddress } from './state-address.ts';
import { makeStateFolder } from './state-folder.ts';
import { lockState } from './state-lock.ts';
import { markState } from './state-release.ts';

/** What a shop is made of. */
export interface ShopParts {
  readonly workers: readonly RunnableWorker[];
  bundles(): Promise<readonly Bundle[]>;
  migrate(storagePath: string): Promise<readonly AppliedMigration[]>;
}

export interface Serving {
  readonly host: string;
  readonly port: number;
  readonly statePath: string;
  readonly trustedProxies: readonly string[];
  readonly hasAccessLog: boolean;
  /** How long `/readyz` refuses before the port closes, so that a proxy sends elsewhere what comes next. */
  readonly unreadySeconds: number;
  readonly log: ShopLog;
  /** Called when the state is this process's own, with the address at which it reaches itself. */
  variables(url: string): Variables;
  /** Called when the shop answers, before it is ready. Says what there is to say. */
  opened(url: string, variables: Variables): Promise<void>;
}

export async function serve(serving: Serving, parts: ShopParts): Promise<void> {
  makeStateFolder(serving.statePath);
  const lock = await lockState(serving.statePath);
  process.on('exit', () => lock.release());
  useTemporaryFolder(path.join(serving.statePath, 'tmp'));
  let running: Shop | undefined;
  stopOnSignals(() => running, serving);
  running = await open(serving, parts);
  keepAddress(serving.statePath, urlOf(localHostOf(serving.host), serving.port));
  serving.log.say(`ready ${urlOf(localHostOf(serving.host), serving.port)}`);
}

/** Miniflare leaves a folder in the system's temporary one when it is killed. Ours is emptied at every start. */
function useTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  process.env.TMPDIR = folder;
}

async function open(serving: Serving, parts: ShopParts): Promise<Shop> {
  const { host, port, statePath, log } = serving;
  const url = urlOf(localHostOf(host), port);
  const variables = serving.variables(url);
  // After a kill -9 the kernel may need a moment to close the sockets of the process before.
  if (!(await waitForFreePort(port, 1_000, host)))
    throw new UsageError(`Port ${port} is in use. Give another one with --port.`);

  // Before anything of the state is changed, and after everything that may keep the shop from starting.
  markState(statePath, { release, format: stateFormat });
  const storagePath = path.join(statePath, 'storage');
  const [bundles, applied] = await Promise.all([parts.bundles(), parts.migrate(storagePath)]);
  if (applied.length > 0) log.say(`migrated ${applied.length} steps`);

  const { trustedProxies, hasAccessLog } = serving;
  const { onLog } = log;
  const { workers } = parts;
  const shop = await startShop({
    workers,
    bundles,
    variables,
    host,
    port,
    storagePath,
    trustedProxies,
    hasAccessLog,
    onLog,
  });
  try {
    await waitUntilAnswering(url);
    await serving.opened(url, variables);
    shop.setReady(true);
    return shop;
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

// A log on a full disk, or a reader that went away, must not end a shop that can still answer.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/**
 * Installed before the shop opens: a signal that comes while it does ends the process at once, and leaves no lock either. A
 * running shop says that it is not ready, answers what it was asked and ends; neither a second signal nor a runtime that hangs is
 * waited for.
 */
function stopOnSignals(running: () => Shop | undefined, { unreadySeconds, log }: Serving): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    const shop = running();
    if (isStopping || shop === undefined) process.exit(1);
    isStopping = true;
    const unreadyMs = unreadySeconds * 1_000;
    setTimeout(() => process.exit(1), Math.max(stopPatienceMs, unreadyMs) + 2_000).unref();
    shop.setReady(false);
    if (unreadyMs > 0) {
      log.say('stopping');
      await new Promise((resolve) => setTimeout(resolve, unreadyMs));
    }
    await shop.stop(Math.max(1_000, stopPatienceMs - unreadyMs - endMs));
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  watchNpm(process.env, () => void stop());
}

/** What ending takes beside waiting for answers: all of it is done within ten seconds. */
const endMs = 500;
