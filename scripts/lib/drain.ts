/**
 * Stops a workerd without cutting what it was asked before: every request that was sent is answered, new connections are refused,
 * and then the process ends. Miniflare alone kills it at once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps the pid of a workerd, also of one that Miniflare started anew after a crash. */
export interface RuntimePid {
  /** For the environment of the workerd. */
  readonly environment: Readonly<Record<string, string>>;
  read(): number | null;
  forget(): void;
}

export interface Drain {
  readonly pid: number | null;
  readonly host: string;
  readonly port: number;
  /** An address of the shop that answers quickly, also while the others hold their answers back. */
  readonly url: string;
  readonly patienceMs: number;
  /** Has the shop hold its answers back: a client that waits for an answer sends no new request on that connection. */
  hold(): Promise<void>;
  /** Has the shop give its answers out. */
  release(): void;
}

export function keepRuntimePid(): RuntimePid {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-runtime-'));
  const pidPath = path.join(folder, 'pid');
  return {
    environment: { VITRINE_WORKERD_PID_PATH: pidPath },
    read: () => readPid(pidPath),
    forget: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Null where the wrapper that writes it cannot run (Windows). */
function readPid(pidPath: string): number | null {
  try {
    return Number(readFileSync(pidPath, 'utf8')) || null;
  } catch {
    return null;
  }
}

/**
 * workerd finishes the requests that it has read and cuts the connections whose bytes still wait in the socket, on a busy shop
 * most of them. It reads in the order of arrival, so when a request of our own was answered, all that came earlier were read; and
 * while answers are held back, their clients send nothing later. Resolves when the process is gone, or after `patienceMs`, when
 * what hangs is left to be killed.
 */
export async function drain({ pid, host, port, url, patienceMs, hold, release }: Drain): Promise<void> {
  const deadline = performance.now() + patienceMs;
  if (pid === null) return release();
  try {
    await hold();
    const idle = await idleConnection(host, port, patienceMs / 2);
    await readEverythingSent(url, patienceMs / 2);
    if (!signal(pid, 'SIGTERM')) return;
    await Promise.race([idle.closed, sleep(Math.max(0, deadline - performance.now()))]);
  } finally {
    release();
  }
  while (performance.now() < deadline && signal(pid, 0)) await sleep(10);
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

/**
 * workerd closes idle connections when it begins to end, and tells in no other way that it has begun: its port stays open.
 * Resolves once there is one.
 */
async function idleConnection(
  host: string,
  port: number,
  patienceMs: number,
): Promise<{ readonly closed: Promise<void> }> {
  const socket = connect({ host, port });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined).on('end', () => socket.destroy());
  const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await Promise.race([answered, closed, sleep(patienceMs)]);
  socket.resume();
  return { closed };
}

function signal(pid: number, name: 'SIGTERM' | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
