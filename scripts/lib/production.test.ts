/** What a shop that sells for real is given, and what keeps it from starting. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingError } from './arguments.ts';
import { productionSettings } from './production.ts';

let statePath = '';
beforeEach(() => {
  statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-production-'));
});
afterEach(() => rmSync(statePath, { recursive: true, force: true }));

const localUrl = 'http://127.0.0.1:8787';
const settings = (environment: NodeJS.ProcessEnv = {}) => productionSettings(statePath, localUrl, environment);
const key = 'a-key-that-has-characters-enough';
const fileWith = (text: string): string => {
  const file = path.join(statePath, 'given');
  writeFileSync(file, text);
  return file;
};

describe('a shop in production', () => {
  it('has no sandbox and no name for its environment', () => {
    const { variables } = settings({ SANDBOX_SECRET_KEY: 'sk_test_1' });
    expect(variables).not.toHaveProperty('VITRINE_ENV');
    expect(Object.keys(variables).filter((name) => name.startsWith('SANDBOX_'))).toEqual([]);
    expect(variables.VITRINE_PROVIDERS).toBe('');
  });

  it('makes its keys once, and says where the admin key is without telling it', () => {
    const { variables, adminKeyIsIn } = settings();
    expect(adminKeyIsIn).toBe(`${path.join(statePath, 'secrets.json')} (adminKey)`);
    expect(readFileSync(path.join(statePath, 'secrets.json'), 'utf8')).toContain(variables.VITRINE_ADMIN_KEY);
    expect(settings().variables).toEqual(variables);
    expect(settings({ VITRINE_ADMIN_KEY: key }).adminKeyIsIn).toBe('the variable VITRINE_ADMIN_KEY');
  });

  it('is warned of what it can do without, and of nothing when all is there', () => {
    const warned = (environment: NodeJS.ProcessEnv) => settings(environment).warnings.join('\n');
    expect(warned({})).toMatch(/VITRINE_PUBLIC_URL is not set.*\n.*No payment provider/);
    expect(warned({ VITRINE_PUBLIC_URL: 'http://shop.example' })).toContain('not https');
    const stripe = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(warned({ VITRINE_PUBLIC_URL: 'https://shop.example', ...stripe })).toBe(
      'STRIPE_SECRET_KEY is a key for tests: no money moves.',
    );
    const live = { ...stripe, STRIPE_SECRET_KEY: 'sk_live_1' };
    expect(warned({ VITRINE_PUBLIC_URL: 'https://shop.example', ...live })).toBe('');
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['the environment is called development', { VITRINE_ENV: 'development' }, /^VITRINE_ENV is "development"/],
    ['an admin key can be guessed', { VITRINE_ADMIN_KEY: 'admin' }, /^VITRINE_ADMIN_KEY has fewer than 24 characters/],
    ['a secret can be guessed', { VITRINE_SECRET: 'secret' }, /^VITRINE_SECRET has fewer than 24/],
    ['news of payments could be forged', { STRIPE_SECRET_KEY: 'sk_live_1' }, /STRIPE_WEBHOOK_SECRET is not/],
    ['its own address is none', { VITRINE_PUBLIC_URL: 'shop.example' }, /^VITRINE_PUBLIC_URL must be an address/],
  ])('does not start when %s', (_, environment, message) => {
    expect(() => settings(environment)).toThrow(SettingError);
    expect(() => settings(environment)).toThrow(message);
  });

  it('does not start on keys that others may read', () => {
    settings();
    chmodSync(path.join(statePath, 'secrets.json'), 0o644);
    expect(() => settings()).toThrow(/^Others may read .*chmod 600/);
  });
});

describe('a setting in a file', () => {
  it('counts like the variable, without the end of its line', () => {
    const file = fileWith(`${key}\n`);
    const { variables, adminKeyIsIn } = settings({ VITRINE_ADMIN_KEY_FILE: file });
    expect(variables.VITRINE_ADMIN_KEY).toBe(key);
    expect(adminKeyIsIn).toBe(file);
  });

  it.each<[string, () => NodeJS.ProcessEnv, RegExp]>([
    ['is missing', () => ({ VITRINE_SECRET_FILE: '/nowhere' }), /^VITRINE_SECRET_FILE names .*, which cannot be read/],
    ['is empty', () => ({ VITRINE_SECRET_FILE: fileWith('\n') }), /which is empty/],
    ['has two lines', () => ({ VITRINE_SECRET_FILE: fileWith('a\nb') }), /more than one line/],
    [
      'is given beside the variable',
      () => ({ VITRINE_SECRET_FILE: fileWith(key), VITRINE_SECRET: key }),
      /^VITRINE_SECRET and VITRINE_SECRET_FILE are both set/,
    ],
  ])('keeps the shop from starting when it %s', (_, environment, message) => {
    expect(() => settings(environment())).toThrow(message);
  });
});
