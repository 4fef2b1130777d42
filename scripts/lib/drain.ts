/**
 * Stops a workerd without cutting what it was asked before: every request that was sent when this began is answered, new
 * connections are refused, and then the process ends. Miniflare alone kills it at once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A started workerd that can be told to end. */
export interface DrainableRuntime {
  /**
   * Resolves when all was answered and the process is gone, or after `patienceMs`, when what hangs is left to be killed.
   * `url` is any address of the runtime that answers quickly.
   */
  drain(url: string, patienceMs: number): Promise<void>;
}

/** Notes the pid of the workerd that `start` starts. Where the wrapper cannot run (Windows), draining does nothing. */
export async function startDrainable<Started>(start: () => Promise<Started>): Promise<[Started, DrainableRuntime]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-runtime-'));
  const pidPath = path.join(folder, 'pid');
  process.env.VITRINE_WORKERD_PID_PATH = pidPath;
  try {
    const started = await start();
    const pid = readPid(pidPath);
    return [started, { drain: (url, patienceMs) => (pid === null ? Promise.resolve() : drain(pid, url, patienceMs)) }];
  } finally {
    delete process.env.VITRINE_WORKERD_PID_PATH;
    rmSync(folder, { recursive: true, force: true });
  }
}

function readPid(pidPath: string): number | null {
  try {
    return Number(readFileSync(pidPath, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * workerd finishes the requests that it has read and cuts the connections whose bytes still wait in the socket, on a busy shop
 * most of them. It reads in the order of arrival, so when a request of our own was answered, all that came earlier were read.
 */
async function drain(pid: number, url: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  await readEverythingSent(url, patienceMs / 2);
  if (!signal(pid, 'SIGTERM')) return;
  while (performance.now() < deadline && signal(pid, 0)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The first connection is accepted behind those that wait; a second request behind what they sent. */
async function readEverythingSent(url: string, patienceMs: number): Promise<void> {
  const init = { signal: AbortSignal.timeout(patienceMs), headers: { connection: 'close' } };
  for (let probe = 0; probe < 2; probe++) {
    const isAnswered = await fetch(url, init).then(
      async (answer) => {
        await answer.body?.cancel();
        return true;
      },
      () => false,
    );
    if (!isAnswered) return;
  }
}

function signal(pid: number, name: 'SIGTERM' | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
