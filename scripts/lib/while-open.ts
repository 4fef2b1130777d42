/** Opens a shop in a process of its own for as long as some work takes, and closes it in order. */
import { spawn } from 'node:child_process';
import { projectRoot } from '../configs.ts';

export interface Place {
  readonly port: number;
  readonly stateDir: string;
  readonly adminKey: string;
  /** `demo` unless given. */
  readonly seed?: string;
  /** How it ends: `SIGTERM` unless given. */
  readonly signal?: NodeJS.Signals;
  readonly env?: Readonly<Record<string, string>>;
}

export async function whileOpen(
  { port, stateDir, adminKey, seed = 'demo', signal = 'SIGTERM', env }: Place,
  work: () => Promise<void>,
): Promise<void> {
  const given = ['--port', String(port), '--state', stateDir, '--seed', seed];
  const shop = spawn(process.execPath, ['scripts/run.mjs', 'scripts/start.ts', ...given], {
    cwd: projectRoot,
    env: { ...process.env, VITRINE_ADMIN_KEY: adminKey, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => shop.once('exit', resolve));
  try {
    await ready(shop);
    await work();
  } finally {
    shop.kill(signal);
    await ended;
  }
}

async function ready(shop: ReturnType<typeof spawn>): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    shop.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/^ready http/m.test(output)) resolve();
    });
    shop.once('exit', () => reject(new Error(`The shop did not start. It printed:\n${output}`)));
  });
}
