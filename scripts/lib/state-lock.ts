/**
 * One process per state folder: two runtimes writing the same SQLite files would break each other. The lock is a file with
 * the process id; a lock whose process is gone, as after `kill -9`, is taken over.
 */
import { closeSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError } from './arguments.ts';

const Lock = z.strictObject({ pid: z.int().min(1), startedAt: z.string() });
type Lock = z.infer<typeof Lock>;

export class StateInUseError extends SettingError {}

export interface StateLock {
  release(): void;
}

/** A process that was told to stop a moment ago needs about a second; a restart should not fail on it. */
const patienceMs = 3_000;

/** Takes the lock of an existing folder. Throws a `StateInUseError` when another living process goes on holding it. */
export async function lockState(statePath: string): Promise<StateLock> {
  const file = path.join(statePath, 'lock.json');
  const own: Lock = { pid: process.pid, startedAt: startOf(process.pid) };
  const deadline = performance.now() + patienceMs;
  while (!(await take(file, own))) {
    const holder = read(file);
    if (holder === undefined || !isAlive(holder)) {
      rmSync(file, { force: true });
    } else if (performance.now() > deadline) {
      throw new StateInUseError(
        `The state folder ${statePath} is in use by process ${holder.pid}. Stop that one first, or give this one another folder with --state.`,
      );
    } else {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return { release: () => rmSync(file, { force: true }) };
}

/** The living process that holds the lock of a folder; null when nobody does. */
export function holderOf(statePath: string): number | null {
  const holder = read(path.join(statePath, 'lock.json'));
  return holder !== undefined && isAlive(holder) ? holder.pid : null;
}

/**
 * Two processes may find the same stale lock: the slower one then removes the lock that the faster one has just made. So a
 * lock counts once it is still ours a moment later.
 */
async function take(file: string, own: Lock): Promise<boolean> {
  if (!create(file, own)) return false;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return read(file)?.pid === own.pid;
}

/** Linking a complete file into place fails when the name exists, so nobody ever reads half a lock. */
function create(file: string, lock: Lock): boolean {
  const draft = `${file}.${process.pid}`;
  const descriptor = openSync(draft, 'w', 0o600);
  writeSync(descriptor, JSON.stringify(lock));
  closeSync(descriptor);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): Lock | undefined {
  try {
    return Lock.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt }: Lock): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process exists and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startOf(pid) === startedAt;
}

/**
 * When a process started, in ticks since boot: process ids are reused, at once in a container where ours is always the same.
 * Empty where the system does not say it as Linux does; there a living process id is enough. A dead process that its parent
 * has not yet collected counts as gone.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; after it come the state and, as the 20th field, the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isDead = fields[0] === 'Z' || fields[0] === 'X';
    return isDead ? 'dead' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
