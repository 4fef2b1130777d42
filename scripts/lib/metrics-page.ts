/**
 * The page that Prometheus reads of a single node: what `metrics.ts` makes of the access log and of what the system says of this
 * process, its workerd and the disk of the state. On a port of its own, because it is nobody's business who only shops.
 */
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import * as z from 'zod';
import { Metrics, type NodeFacts, type ProcessFacts } from './metrics.ts';
import { release } from './release.ts';

const AccessLine = z.looseObject({ status: z.int(), durationMs: z.number().min(0) });
/** What `npm run backup` keeps in the state folder, as far as it is read here. */
const Backups = z.looseObject({ backups: z.array(z.looseObject({ at: z.iso.datetime(), verified: z.boolean() })) });

export class MetricsPage {
  readonly #statePath: string;
  readonly #startedAt = Date.now();
  readonly #metrics = new Metrics();

  constructor(statePath: string) {
    this.#statePath = statePath;
  }

  /** Takes a line of the access log. */
  count(line: string): void {
    const { data } = AccessLine.safeParse(parsed(line));
    if (data !== undefined) this.#metrics.observe(data);
  }

  text(): string {
    const facts: NodeFacts = {
      version: release,
      startedAt: this.#startedAt,
      processes: processes(),
      disk: diskOf(this.#statePath),
      lastBackupAt: lastBackupAt(this.#statePath),
    };
    return this.#metrics.text(facts);
  }

  /** Resolves when the page is there. It never keeps the process alive. */
  async listen(host: string, port: number): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(this.text());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
    server.unref();
  }
}

function diskOf(folder: string): NodeFacts['disk'] {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

function lastBackupAt(statePath: string): number | null {
  try {
    const { backups } = Backups.parse(JSON.parse(readFileSync(path.join(statePath, 'backups.json'), 'utf8')));
    const good = backups.filter(({ verified }) => verified).map(({ at }) => Date.parse(at));
    return good.length === 0 ? null : Math.max(...good);
  } catch {
    // None was taken yet, or the file is being written.
    return null;
  }
}

/** As Linux counts them on every machine that Node runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** This process and its workerd, where the system says it as Linux does; elsewhere this process alone. */
function processes(): readonly ProcessFacts[] {
  const { user, system } = process.cpuUsage();
  const own: ProcessFacts = {
    name: 'node',
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1_000_000,
  };
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return [own, ...pids.flatMap((pid) => runtimeOf(pid) ?? [])];
  } catch {
    return [own];
  }
}

/** The workerd that is a child of this process. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function runtimeOf(pid: string): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    // From the state on, which is the third field.
    const fields = stat
      .slice(end + 2)
      .split(' ')
      .map(Number);
    if (fields[1] !== process.pid || !stat.slice(0, end).endsWith('workerd')) return undefined;
    return {
      name: 'runtime',
      residentBytes: (fields[21] ?? 0) * pageBytes,
      cpuSeconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond,
    };
  } catch {
    // It ended in this moment.
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
