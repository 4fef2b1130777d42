/**
 * The processor time that a runtime has used. On a machine that does other work too, time per request says more than requests
 * per second: waiting for a core is not counted. Linux only; elsewhere there is nothing to report.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The runtimes that this process has started. */
export function runtimeProcesses(): ReadonlySet<number> {
  return new Set(
    statFiles().flatMap(({ pid, program, fields }) =>
      program === 'workerd' && Number(fields[1]) === process.pid ? [pid] : [],
    ),
  );
}

/**
 * Milliseconds of processor time that the living threads of a process have used so far; null where that cannot be known. The
 * time of the whole process is counted in hundredths of a second, which is longer than a checkout; a thread's in nanoseconds.
 */
export function cpuMsOf(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== 'linux') return null;
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + threadMs(`/proc/${pid}/task/${thread}/schedstat`), 0);
  } catch {
    // The process has ended.
    return null;
  }
}

function threadMs(file: string): number {
  try {
    return Number(readFileSync(file, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    // The thread has ended.
    return 0;
  }
}

interface Stat {
  readonly program: string;
  /** What follows the program's name: state, parent, and so on. */
  readonly fields: readonly string[];
}

function statFiles(): (Stat & { readonly pid: number })[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readStat(Number(name));
      return stat === undefined ? [] : [{ pid: Number(name), ...stat }];
    });
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in parentheses and may hold some itself.
    const nameEnd = text.lastIndexOf(')');
    return { program: text.slice(text.indexOf('(') + 1, nameEnd), fields: text.slice(nameEnd + 2).split(' ') };
  } catch {
    // The process has ended.
    return undefined;
  }
}
