/** A process that writes without a break stands in for the runtime of a shop: it stands still for a copy, and always goes on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withShopStopped } from './shop-process.ts';

let folder: string;
let writer: ChildProcess;
const written = (): number => statSync(path.join(folder, 'log')).size;

async function untilMore(than: number): Promise<void> {
  while (written() <= than) await new Promise((resolve) => setTimeout(resolve, 5));
}
const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-still-'));
  const program = path.join(folder, 'workerd');
  writeFileSync(path.join(folder, 'log'), '');
  writeFileSync(program, `#!/bin/sh\nwhile [ -e "${folder}/log" ]; do echo more >>"${folder}/log"; done\n`);
  chmodSync(program, 0o700);
  writer = spawn(program, { stdio: 'ignore' });
  await untilMore(0);
});
afterEach(async () => {
  const ended = once(writer, 'exit');
  writer.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('the runtime of a shop', () => {
  it('writes nothing while it is copied, and goes on afterwards', async () => {
    let grewBy = -1;
    const { pausedMs } = await withShopStopped(process.pid, () => {
      const before = written();
      wait(100);
      grewBy = written() - before;
    });
    expect(grewBy).toBe(0);
    expect(pausedMs).toBeGreaterThanOrEqual(100);
    await untilMore(written());
  });

  it('goes on when the copy fails', async () => {
    const failing = withShopStopped(process.pid, () => {
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    await untilMore(written());
  });

  it('goes on when the backup is killed with -9 in the middle of the copy', async () => {
    const module = path.join(import.meta.dirname, 'shop-process.ts');
    const source = `import(${JSON.stringify(module)}).then(({ withShopStopped }) => withShopStopped(${process.pid}, () => {
      require('node:fs').writeSync(1, 'still');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }));`;
    const backup = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(backup.stdout, 'data');
    const before = written();
    wait(50);
    expect(written()).toBe(before);
    backup.kill('SIGKILL');
    await untilMore(before);
  });

  it('is not taken for copied in one moment when somebody continues it meanwhile', async () => {
    const copying = withShopStopped(process.pid, () => {
      process.kill(writer.pid ?? 0, 'SIGCONT');
      wait(20);
    });
    await expect(copying).rejects.toThrow(/no single moment/);
  });
});
