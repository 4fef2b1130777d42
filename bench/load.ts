/**
 * A closed loop of load: so many connections, each doing one piece of work after the other, for so long. What it reports is
 * what a client sees. An unexpected answer ends the run: a fast error is not a result.
 */
import { cpuMsOf } from './cpu.ts';
import { type Answer, Connection, type Exchange } from './http-client.ts';

/** One piece of work on one connection: a request, or several that belong together. False when there is none left. */
export type Work = (connection: Connection) => Promise<false | undefined>;

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The server's process, to count its processor time. */
  readonly pid?: number | undefined;
}

export interface Measured {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server per piece of work; null where it cannot be known. */
  readonly cpuMs: number | null;
}

export async function load({ port, connections, seconds, pid }: LoadOptions, work: Work): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latenciesMs: number[] = [];
  const cpuBefore = cpuMsOf(pid);
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  try {
    await Promise.all(
      open.map(async (connection) => {
        for (let now = performance.now(); now < endsAt; ) {
          if ((await work(connection)) === false) return;
          const after = performance.now();
          latenciesMs.push(after - now);
          now = after;
        }
      }),
    );
    const cpuAfter = cpuMsOf(pid);
    const cpuMs = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
    return measuredOf(latenciesMs, performance.now() - startedAt, cpuMs);
  } finally {
    for (const connection of open) connection.close();
  }
}

export function measuredOf(latenciesMs: number[], tookMs: number, cpuMs: number | null): Measured {
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))];
  return {
    count: latenciesMs.length,
    perSecond: (latenciesMs.length / tookMs) * 1000,
    p50Ms: at(0.5) ?? 0,
    p99Ms: at(0.99) ?? 0,
    cpuMs: cpuMs === null ? null : cpuMs / latenciesMs.length,
  };
}

/** Sends a request and insists on its status. */
export async function ask(connection: Connection, exchange: Exchange, status: number): Promise<Answer> {
  const answer = await connection.send(exchange);
  if (answer.status === status) return answer;
  const { method, path } = exchange;
  throw new Error(`${method} ${path} answered ${answer.status} instead of ${status}: ${answer.body.toString()}`);
}
