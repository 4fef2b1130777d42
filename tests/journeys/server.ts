/**
 * Runs a whole shop for a journey: the command of `npm start` in a process group of its own, with a fresh state folder and a
 * free port, so that it can be killed the hard way and started again on the same state.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { isPortFree, waitForFreePort } from '../../scripts/lib/ports.ts';

export interface ShopOptions {
  /** `none` unless given, so a test sees only what it made. */
  readonly seed?: string;
  readonly holdSeconds?: number;
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Puts a state into the folder before the shop opens; it begins with nothing else. */
  readonly fill?: (stateDir: string) => void;
  /** Begins without databases, as a shop does that was never started before. */
  readonly isNew?: boolean;
}

export interface TestShop {
  readonly url: string;
  readonly adminKey: string;
  readonly stateDir: string;
  /** Everything that the shop has printed so far. */
  log(): string;
  /** Kills all its processes at once, as a power cut of the machine would as far as processes go. */
  kill9(): Promise<void>;
  /**
   * Starts it again on the same port, after `kill9` or from running, with further variables; on the same state, or on another.
   * Resolves when it is ready.
   */
  restart(env?: Readonly<Record<string, string>>, onState?: string): Promise<void>;
  /** Stops it in order and removes its state folder. Safe to call twice. */
  stop(): Promise<void>;
}

const adminKey = 'vak_journeys00000000000000000000000';
/** These end what hangs, and measure nothing. */
const readyTimeoutMs = 300_000;
const stopTimeoutMs = 60_000;
const deathTimeoutMs = 60_000;

/** Starts a shop and resolves when it is ready. Throws with its log when it does not get there. */
export async function startShop(options: ShopOptions = {}): Promise<TestShop> {
  const firstStateDir = await makeState(options);
  let stateDir = firstStateDir;
  const port = await freePort();
  let log = '';
  const launch = (env: ShopOptions['env'] = {}): Promise<ChildProcess> =>
    launchShop({ ...options, env: { ...options.env, ...env } }, stateDir, port, (text) => (log += text));
  const removeState = (): Promise<void> => rm(firstStateDir, { recursive: true, force: true });
  let child: ChildProcess | undefined = await launch().catch(async (error: unknown) => {
    await removeState();
    throw error;
  });

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending !== undefined) await endGroup(ending, signal);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    adminKey: options.env?.VITRINE_ADMIN_KEY ?? adminKey,
    get stateDir() {
      return stateDir;
    },
    log: () => log,
    kill9: async () => {
      await end('SIGKILL');
      // The runtime dies with the process, on a busy machine a moment behind it, and holds port and files until then.
      if (!(await waitForFreePort(port, deathTimeoutMs))) throw new Error(`Port ${port} survived its shop`);
    },
    restart: async (env, onState = stateDir) => {
      await end('SIGTERM');
      stateDir = onState;
      child = await launch(env);
    },
    stop: async () => {
      await end('SIGTERM');
      await removeState();
    },
  };
}

async function makeState({ isNew = false, fill }: ShopOptions): Promise<string> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-journey-'));
  const migrated = inject('migratedStorage');
  if (fill !== undefined) fill(stateDir);
  else if (migrated !== undefined && !isNew) await cp(migrated, path.join(stateDir, 'storage'), { recursive: true });
  return stateDir;
}

async function launchShop(
  { seed = 'none', holdSeconds, env }: ShopOptions,
  stateDir: string,
  port: number,
  onOutput: (text: string) => void,
): Promise<ChildProcess> {
  const given = ['--port', String(port), '--state', stateDir, '--seed', seed];
  const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/start.ts', ...given], {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutTestVariables(process.env),
      VITRINE_ADMIN_KEY: adminKey,
      ...(holdSeconds === undefined ? {} : { VITRINE_HOLD_SECONDS: String(holdSeconds) }),
      ...env,
    },
  });
  // A test run that ends early must not leave shops behind.
  const killWithUs = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.removeListener('exit', killWithUs));

  let output = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The shop ${why}. It printed:\n${output}`));
    const timer = setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      fail(`was not ready within ${readyTimeoutMs / 1000} s`);
    }, readyTimeoutMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? code}`);
    });
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      onOutput(chunk.toString());
      if (!/^ready http/m.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  return child;
}

/** Variables of vitest and of npm would reach the shop, which behaves differently below npm. */
function withoutTestVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(npm_|VITEST|VITRINE_|SANDBOX_|NODE_ENV$|TEST$)/.test(name),
  );
  return Object.fromEntries(kept);
}

async function endGroup(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(child, signal);
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Below the ports that kernels give to connections: one of those could be taken by a client of another journey while the shop is
 * down, and restarts keep their port.
 */
const portFirst = 10_000;
/** Test files that run at once look for theirs apart: a port that looked free to two of them would fail one. */
const portsPerWorker = 2_500;
const portRanges = 8;

async function freePort(): Promise<number> {
  const range = (Number(process.env.VITEST_POOL_ID ?? 0) || 0) % portRanges;
  for (let tries = 0; tries < 100; tries += 1) {
    const port = portFirst + range * portsPerWorker + Math.floor(Math.random() * portsPerWorker);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port');
}
