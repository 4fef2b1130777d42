/**
 * Holds a running shop still for the moment in which its files are copied: every process that writes is stopped with SIGSTOP and
 * continued afterwards. A watchdog process continues it even when this process is killed in between, or hangs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { SettingError } from '../lib/arguments.ts';

/** Requests wait while a shop stands still, and clients give up after some seconds. */
export const standstillMsMax = 20_000;
/** A write that is under way ends before its process stops. */
const stopPatienceMs = 10_000;
/** A shop that is just starting has no runtime yet. */
const runtimePatienceMs = 15_000;
const runtimeName = 'workerd';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** As the system says it: `T` is stopped. */
  readonly state: string;
}

/** Runs `copy` while nobody writes. Answers how long the shop stood still. Throws when it did not stand still all the time. */
export async function withShopStopped(shopPid: number, copy: () => void): Promise<{ readonly pausedMs: number }> {
  const pids = await runtimesOf(shopPid);
  const watchdog = await startWatchdog(pids);
  try {
    const startedAt = performance.now();
    try {
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      untilStopped(pids);
      copy();
      if (!pids.every(isStopped))
        throw new SettingError(
          'The shop ended or went on while its files were copied, so the copy is of no single moment. Run the backup again.',
        );
    } finally {
      for (const pid of pids) continueProcess(pid);
    }
    return { pausedMs: Math.round(performance.now() - startedAt) };
  } finally {
    // Its input ends: it continues what is continued already, and ends.
    watchdog.stdin?.end();
    watchdog.unref();
  }
}

/** Every runtime below the process of a shop. */
async function runtimesOf(shopPid: number): Promise<readonly number[]> {
  const deadline = performance.now() + runtimePatienceMs;
  for (;;) {
    const all = listProcesses();
    const below = new Set([shopPid]);
    // A parent may stand behind its child in the list, so it is walked until nothing is new.
    for (let size = 0; size !== below.size; ) {
      size = below.size;
      for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
    }
    const pids = all.filter(({ pid, name }) => below.has(pid) && name === runtimeName).map(({ pid }) => pid);
    if (pids.length > 0) return pids;
    if (performance.now() > deadline)
      throw new SettingError(
        `Process ${shopPid} holds the lock of the state folder and runs no ${runtimeName}: the shop is starting or ending. Run the backup again in a moment.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function untilStopped(pids: readonly number[]): void {
  const deadline = performance.now() + stopPatienceMs;
  while (!pids.every(isStopped)) {
    if (performance.now() > deadline)
      throw new SettingError('The shop does not stand still; its disk may be hanging. No backup was made.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

/** Of a process with many threads each stops by itself, and one in the middle of a write ends it before. */
function isStopped(pid: number): boolean {
  if (process.platform !== 'linux') return listProcesses().find((one) => one.pid === pid)?.state === 'T';
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => statOf(`/proc/${pid}/task/${thread}`)?.state === 'T');
  } catch {
    return false;
  }
}

function continueProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It is gone, and stands still no more.
  }
}

/** Waits for the end of its input, which comes when this process ends in whatever way, or for too long a time. */
const watchdogSource = `
  const pids = process.argv.slice(1).map(Number);
  const end = () => { for (const pid of pids) { try { process.kill(pid, 'SIGCONT'); } catch {} } process.exit(0); };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  process.stdin.on('data', () => undefined).on('end', end).on('error', end);
  setTimeout(end, ${standstillMsMax});
  process.stdout.write('ready');
`;

/** In a session of its own, so that what ends a terminal or a process group does not end it too. */
async function startWatchdog(pids: readonly number[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', watchdogSource, ...pids.map(String)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The watchdog of the backup did not start')));
  if (child.stdout !== null)
    await Promise.race([
      once(child.stdout, 'data'),
      ended,
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ]);
  ended.catch(() => undefined);
  return child;
}

/** All processes, by `/proc` where there is one and else as `ps` tells. */
function listProcesses(): readonly Process[] {
  if (process.platform === 'linux')
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (statOf(`/proc/${entry}`) ?? []) : []));
  const { stdout = '' } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : { pid: Number(pid), parent: Number(parent), state, name: command.split('/').at(-1) ?? '' };
  });
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(folder: string): Process | undefined {
  try {
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    const [, pid, name = '', state = '', parent] = /^(\d+) \((.*)\) (\S) (\d+)/s.exec(stat) ?? [];
    return { pid: Number(pid), name, state: state.toUpperCase(), parent: Number(parent) };
  } catch {
    return undefined;
  }
}
