/** What every command answers before it does anything: its usage, or one clear line. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patienceMs } from '../shared/testing/patience.ts';
import { projectRoot } from './configs.ts';

function run(script: string, given: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const command = ['scripts/run.mjs', script, ...given];
  const options = {
    cwd: projectRoot,
    encoding: 'utf8',
    timeout: patienceMs,
    env: { ...process.env, ...environment },
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options);
  return { status, stdout, stderr };
}

describe('--help', () => {
  it.each([
    'scripts/start.ts',
    'scripts/dev.ts',
    'scripts/deploy.ts',
    'scripts/rollback.ts',
    'scripts/import.ts',
    'scripts/simulate.ts',
    'scripts/backup.ts',
    'scripts/restore.ts',
    'scripts/setup.ts',
    'scripts/doctor.ts',
    'bench/run.ts',
  ])('prints the usage of %s and ends well', (script) => {
    const { status, stdout, stderr } = run(script, ['--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: npm (?:start|run \w+) -- /);
  });
});

describe('a start that cannot work', () => {
  it.runIf(process.platform === 'linux')('ends with one line when the state cannot be a folder', () => {
    for (const folder of ['/proc/nope', path.join(projectRoot, 'package.json')]) {
      const { status, stderr } = run('scripts/start.ts', ['--state', folder]);
      expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
      expect(stderr).toContain(`The state cannot be kept in ${folder}`);
    }
  });
});
