/** Keys are made once, kept private, and give way to the environment. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingError } from './arguments.ts';
import { keepSecrets, variablesOf } from './settings.ts';

let statePath = '';
beforeEach(() => {
  statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-settings-'));
});
afterEach(() => rmSync(statePath, { recursive: true, force: true }));

describe('a state folder without secrets', () => {
  it('gets its own, readable by the owner only, and keeps them', () => {
    const secrets = keepSecrets(statePath);
    expect(secrets.adminKey).toMatch(/^vak_[0-9A-Za-z]{32}$/);
    expect(secrets.sandboxSecretKey).toMatch(/^sk_test_[0-9A-Za-z]{32}$/);
    expect(secrets.sandboxWebhookSecret).toMatch(/^whsec_[0-9A-Za-z]{32}$/);
    expect(statSync(path.join(statePath, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(keepSecrets(statePath)).toEqual(secrets);
  });
});

describe('damaged secrets', () => {
  it('stop the start with the name of the file, instead of being replaced', () => {
    writeFileSync(path.join(statePath, 'secrets.json'), '{"adminKey":');
    expect(() => keepSecrets(statePath)).toThrow(/secrets\.json is damaged/);
  });
});

describe('the environment', () => {
  const secrets = { adminKey: 'vak_kept', secret: 's', sandboxSecretKey: 'sk_test_x', sandboxWebhookSecret: 'whsec_x' };
  const url = 'http://127.0.0.1:8787';

  it('wins over what is kept, and an empty variable counts as not set', () => {
    const variables = variablesOf(secrets, url, {
      VITRINE_ADMIN_KEY: 'vak_given',
      VITRINE_SECRET: '',
      VITRINE_CART_DAYS: '3',
    });
    expect(variables).toMatchObject({
      VITRINE_ADMIN_KEY: 'vak_given',
      VITRINE_SECRET: 's',
      VITRINE_HOLD_SECONDS: '900',
      VITRINE_CART_DAYS: '3',
    });
    expect(variables).not.toHaveProperty('VITRINE_CAPTURE');
    expect(variables).not.toHaveProperty('STRIPE_SECRET_KEY');
  });

  it('turns on Stripe by its two keys', () => {
    const stripe = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(variablesOf(secrets, url, stripe)).toMatchObject(stripe);
  });

  it.each(['VITRINE_ADMIN_KEY', 'VITRINE_SECRET'])('%s may have a previous one beside it, but not the same', (name) => {
    const previous = `${name}_PREVIOUS`;
    expect(variablesOf(secrets, url, { [name]: 'new', [previous]: 'old' })).toMatchObject({
      [name]: 'new',
      [previous]: 'old',
    });
    expect(variablesOf(secrets, url, { [previous]: '' })).not.toHaveProperty(previous);
    const start = () => variablesOf(secrets, url, { [name]: 'one', [previous]: 'one' });
    expect(start).toThrow(SettingError);
    expect(start).toThrow(new RegExp(`^${previous} is the same as ${name}\\. [^\n]+$`));
  });

  it.each(['0', '-1', '1.5', 'soon', '1e3'])('is refused in one line when a life of a cart is %j days', (value) => {
    const start = () => variablesOf(secrets, url, { VITRINE_CART_DAYS: value });
    expect(start).toThrow(SettingError);
    expect(start).toThrow(/^VITRINE_CART_DAYS must be a whole number above 0, not [^\n]+\.$/);
  });

  it.each([
    ['VITRINE_CAPTURE', 'later'],
    ['STRIPE_MULTICAPTURE', 'yes'],
  ])('%s refuses what it does not know', (name, value) => {
    expect(() => variablesOf(secrets, url, { [name]: value })).toThrow(new RegExp(`^${name} must be one of `));
  });

  it.each(['0', '-1', '1.5', 'soon', '1e3'])('is refused when the hold time is %j', (value) => {
    expect(() => variablesOf(secrets, url, { VITRINE_HOLD_SECONDS: value })).toThrow(
      /VITRINE_HOLD_SECONDS must be a whole number/,
    );
  });
});
