/** The files in `deploy/`, what a wrong one is told, and that no two environments ever share a name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { databasesOf, readWorkers, workerNames } from '../../scripts/configs.ts';
import { environmentsFolder, secretNamesOf, workersOf } from '../../scripts/deploy/command.ts';
import {
  type Environment,
  environmentNames,
  nameIn,
  nameLengthMax,
  readEnvironment,
} from '../../scripts/deploy/environment.ts';
import { inOrder } from '../../scripts/deploy/wanted.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(file: unknown, name = 'trial'): Environment {
  writeFileSync(path.join(folder, `${name}.json`), typeof file === 'string' ? file : JSON.stringify(file));
  return readEnvironment(folder, name);
}

const workers = readWorkers();

/** Every name that an environment has on the platform. */
function namesOf(environment: Environment): readonly string[] {
  const queues = workers.flatMap(({ wrangler: { queues: all } }) => [
    ...all.producers.map(({ queue }) => queue),
    ...all.consumers.flatMap(({ queue, dead_letter_queue: dead = queue }) => [queue, dead]),
  ]);
  const bases = [
    ...workers.map(({ wrangler }) => wrangler.name),
    ...databasesOf(workers).map(({ databaseName }) => databaseName),
    ...queues,
  ];
  return [...new Set(bases)].map((base) => nameIn(environment, base));
}

describe('the environments of this checkout', () => {
  const fixed = environmentNames(environmentsFolder).filter((name) => name !== 'preview');

  it('are understood, and share no name', () => {
    const previews = ['main', 'Main', 'feature/a-b', 'feature/a_b', ''].slice(0, 4);
    const all = [
      ...fixed.map((name) => readEnvironment(environmentsFolder, name)),
      ...previews.map((branch) => readEnvironment(environmentsFolder, 'preview', branch)),
    ];
    const names = all.flatMap(namesOf);
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have names that the platform takes, whatever a branch is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }), (branch) => {
        for (const name of namesOf(readEnvironment(environmentsFolder, 'preview', branch)))
          expect(name).toMatch(new RegExp(`^[a-z0-9][a-z0-9-]{0,${nameLengthMax - 2}}[a-z0-9]$`));
      }),
      { numRuns: 50 },
    );
  });

  it('have the sandbox only where their file says so, and then no production', () => {
    for (const name of fixed) {
      const environment = readEnvironment(environmentsFolder, name);
      expect(workersOf(environment).some((worker) => worker.name === 'sandbox')).toBe(environment.sandbox);
      expect(secretNamesOf(environment).some((secret) => secret.startsWith('SANDBOX_'))).toBe(environment.sandbox);
      if (environment.sandbox) expect(environment.kind).not.toBe('production');
    }
  });
});

describe('a file that is wrong', () => {
  const good = { kind: 'staging', suffix: '-trial' };

  it.each([
    ['that is no JSON', '{', /trial\.json is no JSON/],
    ['with an unknown word', { ...good, sufix: '-x' }, /sufix/],
    ['of production with the sandbox', { kind: 'production', suffix: '', sandbox: true }, /cannot have the sandbox/],
    ['of production with a suffix', { kind: 'production', suffix: '-x' }, /production has no suffix/],
    ['of staging without a suffix', { kind: 'staging', suffix: '' }, /needs one/],
    ['with an id as a suffix', { ...good, suffix: '-A_B' }, /suffix/],
    ['that turns development on', { ...good, vars: { VITRINE_ENV: 'development' } }, /VITRINE_ENV is not set by hand/],
    ['with an address that is none', { ...good, route: { pattern: 'https://x.example', custom_domain: true } }, /host/],
  ])('%s is refused with its name', (_, file, message) => {
    expect(() => read(file)).toThrow(message);
  });

  it('is told apart from one that is not there', () => {
    read(good);
    expect(() => readEnvironment(folder, 'stagin')).toThrow('There is no deploy/stagin.json. Environments: trial.');
  });

  it('is told when a branch is missing, or one too many', () => {
    expect(() => readEnvironment(environmentsFolder, 'preview')).toThrow('--branch');
    expect(() => readEnvironment(environmentsFolder, 'staging', 'main')).toThrow('--branch is for previews');
  });
});

describe('the order in which Workers begin to answer', () => {
  it('ends with the router, and has a place for a Worker that nobody thought of', () => {
    const names = inOrder([...workerNames, 'wishlists'].map((name) => ({ name }))).map(({ name }) => name);
    expect(names).toEqual([
      ...['notifications', 'inventory', 'catalog', 'pricing', 'cart', 'payments', 'orders'],
      ...['wishlists', 'observer', 'sandbox', 'router'],
    ]);
  });
});
