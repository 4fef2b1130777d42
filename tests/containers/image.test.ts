/**
 * The image, built and started as its user. Takes `buildah`, and `mmdebstrap` for a base from Debian's packages, so that no registry of
 * images is asked; where they are missing, the tests are skipped.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { nextFreePort } from '../../scripts/lib/ports.ts';
import { patience } from '../../shared/testing/patience.ts';

const isRoot = process.getuid?.() === 0;
const hasTools = ['buildah', 'mmdebstrap'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
const buildMs = 1_200_000;
const bytesMax = 500_000_000;
const user = 10_001;
/** What Debian's own slim image leaves out. */
const unneeded = ['doc', 'info', 'locale', 'man'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`);

const environment = { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' };
const image = `vitrine-test-${process.pid}`;
const base = `${image}-base`;
let folder = '';
let container = '';
let shop: ChildProcess | undefined;
let log = '';

const buildah = (...given: readonly string[]): string =>
  execFileSync('buildah', given, {
    cwd: projectRoot,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

function ownFolder(name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made);
  chownSync(made, user, user);
  return made;
}

/** Runs a command in the container, as the image's user and with its volumes. */
function inContainer(...command: readonly string[]): readonly string[] {
  const volumes = ['data', 'backups'].flatMap((name) => ['-v', `${path.join(folder, name)}:/${name}`]);
  return ['run', '--user', `${user}:${user}`, ...volumes, container, '--', ...command];
}

describe.skipIf(!hasTools || !isRoot)('the image', () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-image-'));
    const tar = path.join(folder, 'root.tar');
    const packages = ['--variant=minbase', '--include=ca-certificates,tini', ...unneeded, 'bookworm', tar];
    execFileSync('mmdebstrap', packages, { stdio: 'pipe' });
    writeFileSync(
      path.join(folder, 'Dockerfile'),
      'FROM scratch\nADD root.tar /\nRUN rm -rf /var/lib/apt/lists/* /var/cache/apt/*\n',
    );
    // In one layer: what a later one removes would be counted all the same.
    buildah('build', '--squash', '-q', '-t', base, folder);
    execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/release.ts', '--to', path.join(folder, 'release')], {
      cwd: projectRoot,
      stdio: 'pipe',
    });
    const release = `release=${path.join(folder, 'release')}`;
    buildah(
      'build',
      '-q',
      '--format',
      'docker',
      '--build-arg',
      `BASE=localhost/${base}`,
      '--build-context',
      release,
      '-t',
      image,
      '.',
    );
    container = buildah('from', image);
    ownFolder('data');
    ownFolder('backups');
  }, buildMs);

  afterAll(() => {
    shop?.kill('SIGKILL');
    if (container !== '') buildah('rm', container);
    spawnSync('buildah', ['rmi', '--force', image, base], { env: environment });
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  }, buildMs);

  test('is small enough to be pulled', () => {
    const [bytes] = buildah('images', '--format', '{{.Size}}', '--filter', `reference=localhost/${image}`).split('\n');
    const [amount = '0', unit] = bytes?.split(' ') ?? [];
    expect(unit).toBe('MB');
    expect(Number(amount) * 1e6).toBeLessThanOrEqual(bytesMax);
  });

  test('stops by a signal, looks after its health, and is not root', () => {
    const { Docker } = JSON.parse(buildah('inspect', image));
    expect(Docker.config).toMatchObject({ User: `${user}:${user}`, StopSignal: 'SIGTERM', Volumes: { '/data': {} } });
    expect(Docker.config.Healthcheck.Test).toEqual(['CMD', 'node', '-e', expect.stringContaining('/healthz')]);
  });

  test('sells, is backed up while it runs, and ends when it is asked to', { timeout: buildMs }, async () => {
    const port = await nextFreePort(19_600);
    const given = ['--production', '--port', String(port), '--state', '/data', '--unready', '0'];
    shop = spawn('buildah', inContainer('/usr/bin/tini', '-s', '--', 'node', 'start.js', ...given), {
      env: environment,
    });
    for (const stream of [shop.stdout, shop.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await expect.poll(() => log, patience).toContain('"message":"ready http');
    const answer = await fetch(`http://127.0.0.1:${port}/v1/products`);
    expect({ status: answer.status, log }).toMatchObject({ status: 200 });

    const backup = buildah(...inContainer('node', 'backup.js', '--state', '/data', '--to', '/backups', '--json'));
    expect(JSON.parse(backup.split('\n').at(-1) ?? '')).toMatchObject({ verified: true, wasRunning: true });

    const code = spawnSync('buildah', inContainer('sh', '-c', 'touch /app/start.js'), { env: environment }).status;
    expect(code).not.toBe(0);

    // tini is a child of buildah's, which passes no signal on.
    const ended = once(shop, 'exit');
    execFileSync('pkill', ['-TERM', '-u', String(user), '-f', `^/usr/bin/tini .* --port ${port} `]);
    await ended;
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });
});
