/**
 * A shop that `npm` started ends with it. A signal that npm gets stops at the shell between the two, and `kill -9` tells
 * nobody; the shop would keep port and state while the terminal says that it is gone. Started any other way, a shop outlives
 * the shell that started it.
 */
import { readFileSync } from 'node:fs';

/** Short enough that the next start, which waits a little for its lock and port, does not notice. */
const intervalMs = 100;

/** Between npm and this process there may be a shell and the launcher of older Nodes. */
const ancestorsMax = 4;

/** Calls `onGone` once when npm, or a process between it and this one, is gone. Does nothing when npm is not the starter. */
export function watchNpm(environment: NodeJS.ProcessEnv, onGone: () => void): void {
  if (environment.npm_lifecycle_event === undefined && environment.VITRINE_LAUNCHER === undefined) return;
  const chain = chainToNpm();
  const timer = setInterval(() => {
    const isWhole = chain.every(({ pid, parent }) => parentOf(pid) === parent);
    if (isWhole) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
}

interface Link {
  readonly pid: number;
  readonly parent: number;
}

/** From this process up to npm. When no npm is found, as on systems without `/proc`, the own parent alone is watched. */
function chainToNpm(): readonly Link[] {
  const chain: Link[] = [{ pid: process.pid, parent: process.ppid }];
  while (chain.length <= ancestorsMax) {
    const pid = chain.at(-1)?.parent ?? 0;
    if (/^npm\b/.test(read(pid, 'comm'))) return chain;
    const parent = parentOf(pid);
    if (parent === 0) break;
    chain.push({ pid, parent });
  }
  return chain.slice(0, 1);
}

/** Zero when it cannot be known. A process whose parent is gone is handed to another one. */
function parentOf(pid: number): number {
  if (pid === process.pid) return process.ppid;
  const stat = read(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function read(pid: number, file: 'comm' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
