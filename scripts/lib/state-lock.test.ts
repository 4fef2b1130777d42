/** One process per state folder, whatever happened to the one before. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockState, StateInUseError } from './state-lock.ts';

let statePath = '';
const lockFile = (): string => path.join(statePath, 'lock.json');

beforeEach(() => {
  statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-lock-'));
});
afterEach(() => rmSync(statePath, { recursive: true, force: true }));

/** A process that lives until it is killed, and the lock that it would write. */
async function otherProcess(): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve) => child.once('spawn', resolve));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { pid: child.pid ?? 0, kill };
}

function startTicksOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

describe.runIf(process.platform === 'linux')('a state folder', () => {
  it('is refused while another living process holds it, naming that process', async () => {
    const other = await otherProcess();
    writeFileSync(lockFile(), JSON.stringify({ pid: other.pid, startedAt: startTicksOf(other.pid) }));
    const refusal = await lockState(statePath).catch((error: unknown) => error);
    await other.kill();
    expect(refusal).toBeInstanceOf(StateInUseError);
    expect(String(refusal)).toContain(`in use by process ${other.pid}`);
  });

  it('is taken over from a process that was killed', async () => {
    const other = await otherProcess();
    writeFileSync(lockFile(), JSON.stringify({ pid: other.pid, startedAt: startTicksOf(other.pid) }));
    await other.kill();
    await lockState(statePath);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).pid).toBe(process.pid);
  });

  it('is taken over when the process id was reused by a younger process', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: process.ppid, startedAt: '1' }));
    await lockState(statePath);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).pid).toBe(process.pid);
  });

  it('waits for a holder that is about to stop', async () => {
    const first = await lockState(statePath);
    setTimeout(() => first.release(), 200);
    await expect(lockState(statePath)).resolves.toBeDefined();
  });

  it('is taken over when the lock is unreadable', async () => {
    writeFileSync(lockFile(), '{"pid":');
    await expect(lockState(statePath)).resolves.toBeDefined();
  });
});
