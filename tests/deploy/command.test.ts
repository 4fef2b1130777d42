/** The commands as a person meets them: what is missing is named, what is wrong is shown, and a whole shop goes up and stays up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { createFakeApi, type FakeApi, fakeAccountId } from './fake/api.ts';

const api: FakeApi = createFakeApi();
const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-command-'));
const branch = `of the tests ${process.pid}`;
const preview = ['--env', 'preview', '--branch', branch];
let server: Awaited<ReturnType<FakeApi['listen']>>;
let account: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await api.listen();
  account = {
    ...{ CLOUDFLARE_API_BASE_URL: server.url, CLOUDFLARE_API_TOKEN: 'a token nobody sees' },
    CLOUDFLARE_ACCOUNT_ID: fakeAccountId,
  };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string, given: readonly string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['scripts/run.mjs', `scripts/${script}.ts`, ...given], {
    ...{ cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { PATH, HOME, ...environment },
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const [status] = await once(child, 'close');
  return { status, ...texts };
}

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a command that cannot begin', () => {
  it.each([
    ['with an unknown flag', ['--env', 'staging', '--dryrun'], {}, /--dryrun/],
    ['with a share that is none', ['--env', 'staging', '--gradual', '100'], {}, /from 1 to 99/],
    [
      'with an environment that is not there',
      ['--env', 'prod'],
      {},
      /no deploy\/prod\.json\. Environments: preview, production, staging/,
    ],
    ['without a token', ['--env', 'staging', '--check'], {}, /CLOUDFLARE_API_TOKEN is not set/],
    [
      'without an account',
      ['--env', 'staging', '--check'],
      { CLOUDFLARE_API_TOKEN: 't' },
      /CLOUDFLARE_ACCOUNT_ID must be/,
    ],
  ])('%s says so and changes nothing', async (_, given, environment, message) => {
    const { status, stderr } = await run('deploy', given, environment);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(api.calls).toEqual([]);
  });

  it.each([
    ['a file that is not there', 'nowhere.env', null, /--secrets names .*nowhere\.env, which cannot be read/],
    [
      'a secret that no Worker reads',
      'typo.env',
      'VITRINE_SECRT=hush-hush',
      /holds VITRINE_SECRT, which no Worker reads/,
    ],
    ['a line that is none', 'line.env', 'VITRINE_SECRET hush-hush', /Line 1 of .* is not NAME=value/],
  ])('is told of %s, without a value', async (_, name, text, message) => {
    const file = text === null ? path.join(folder, name) : fileOf(name, text);
    const { status, stderr, stdout } = await run('deploy', [...preview, '--dry-run', '--secrets', file], account);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stdout + stderr).not.toContain('hush-hush');
  });
});

describe('a token that the platform does not know', () => {
  it('ends with what the platform says, and without the token', async () => {
    api.fail('GET', /workers\/scripts$/, { status: 403, code: 10000, message: 'Authentication error' });
    const { status, stderr, stdout } = await run('deploy', [...preview, '--check'], account);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Authentication error [10000]')]);
    expect(stdout + stderr).not.toContain('a token nobody sees');
  });
});

describe('a plan of the whole shop', () => {
  it('is printed, ends with 2, and writes nothing', async () => {
    const secrets = fileOf('secrets.json', JSON.stringify({ VITRINE_SECRET: 'hush-hush-hush' }));
    const { status, stdout, stderr } = await run('deploy', [...preview, '--dry-run', '--secrets', secrets], account);
    expect([status, stderr]).toEqual([2, '']);
    expect(stdout).toMatch(/\+ queue vitrine-orders-inbox-dead-preview-of-the-tests-/);
    expect(stdout).toMatch(/> migrate vitrine-orders-preview-\S+: 0001_orders\.sql/);
    expect(stdout).toMatch(/! upload vitrine-orders-preview-\S+: new, classes none → v1/);
    expect(stdout).not.toContain('hush');
    expect(stdout).not.toContain('vak_');
    expect(api.account.workers.size).toBe(0);
  });

  it('is not applied without being asked for', async () => {
    const environment = { ...account, VITRINE_SECRET_FILE: fileOf('secret', 'hush-hush-hush\n') };
    const { status, stdout } = await run('deploy', [...preview, '--force'], environment);
    expect([status, stdout]).toEqual([1, expect.stringContaining('give --yes')]);
    expect(api.account.workers.size).toBe(0);
  });
});

describe('a rollback where nothing is', () => {
  it('says so', async () => {
    const { status, stdout } = await run('rollback', preview, account);
    expect([status, stdout]).toEqual([1, 'refused: Nothing was released here yet.\n']);
  });
});
