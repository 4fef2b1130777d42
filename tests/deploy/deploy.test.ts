/** Deployments of a small shop to a fake account: what each changes, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import { sha256 } from './fake/account.ts';
import { changed, secrets, shopNow, staging, withWorker } from './shop.ts';
import { answering, createTestAccount, queueIn, stateOf } from './world.ts';

describe('a first deployment into an empty account', () => {
  it('makes everything there is, in an order in which nothing is bound before it is there', async () => {
    const account = createTestAccount();
    const { outcome, writes } = await account.run(shopNow);
    expect(outcome).toBe('done');
    expect(account.api.calls.filter(({ status }) => status >= 400)).toEqual([]);
    expect(writes.filter((call) => call.startsWith('PUT /workers/scripts/') && !call.includes('schedules'))).toEqual([
      'PUT /workers/scripts/vitrine-notifications-staging',
      'PUT /workers/scripts/vitrine-cart-staging',
      'PUT /workers/scripts/vitrine-orders-staging',
      'PUT /workers/scripts/vitrine-router-staging',
      'PUT /workers/scripts/vitrine-notifications-staging',
      'PUT /workers/scripts/vitrine-cart-staging',
      'PUT /workers/scripts/vitrine-orders-staging',
      'PUT /workers/scripts/vitrine-router-staging',
    ]);
    expect(stateOf(account)).toMatchSnapshot();
  });

  it('gives a secret to the Workers that read it, and shows it to nobody', async () => {
    const account = createTestAccount();
    const { lines, journal } = await account.run(shopNow);
    const has = [...account.api.account.workers.values()].map(({ name, versions }) => [
      name,
      versions
        .at(-1)
        ?.bindings.filter(({ type }) => type === 'secret_text')
        .map((binding) => binding.name),
    ]);
    expect(Object.fromEntries(has)).toEqual({
      'vitrine-cart-staging': ['VITRINE_SECRET'],
      'vitrine-notifications-staging': [],
      'vitrine-orders-staging': ['VITRINE_SECRET'],
      'vitrine-router-staging': ['VITRINE_ADMIN_KEY'],
    });
    const shown = JSON.stringify([lines, journal, account.api.calls]);
    for (const value of Object.values(secrets)) expect(shown).not.toContain(value);
  });

  it('makes the first key of the merchant where none is given, and shows it once', async () => {
    const account = createTestAccount();
    const { VITRINE_ADMIN_KEY: _, ...others } = secrets;
    const first = await account.run(shopNow, { secrets: others });
    const second = await account.run(shopNow, { secrets: others });
    expect(first.lines.filter((line) => line.includes('vak_new'))).toHaveLength(1);
    expect(second.lines.join()).not.toContain('vak_');
    expect(second.writes).toEqual([]);
  });

  it('does nothing where a secret is missing', async () => {
    const account = createTestAccount();
    const { outcome, lines, writes } = await account.run(shopNow, { secrets: {} });
    expect(outcome).toBe('failed');
    expect(lines).toContain(
      'refused: vitrine-cart-staging needs the secret VITRINE_SECRET, which is neither given nor there.',
    );
    expect(writes).toEqual([]);
  });
});

describe('a repeated deployment', () => {
  it.each([
    ['with the secrets', secrets],
    ['without them', {}],
  ])('changes nothing, %s', async (_, given) => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { outcome, writes, lines } = await account.run(shopNow, { secrets: given });
    expect([outcome, writes]).toEqual(['done', []]);
    expect(lines.at(-1)).toBe('nothing to do: staging is as this checkout says');
  });

  it.each(['dry-run', 'check'] as const)('as a %s says that nothing is to do', async (mode) => {
    const account = createTestAccount();
    await account.run(shopNow);
    expect((await account.run(shopNow, { mode })).outcome).toBe('done');
  });
});

describe('a changed module', () => {
  it('is uploaded as a version, and answers only then', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { outcome, writes } = await account.run(changed(shopNow, 'cart', { code: 'export default 2;' }));
    expect([outcome, writes]).toEqual([
      'done',
      ['POST /workers/scripts/vitrine-cart-staging/versions', 'POST /workers/scripts/vitrine-cart-staging/deployments'],
    ]);
    expect(answering(account)['vitrine-cart-staging']).toEqual([sha256('export default 2;')]);
  });

  it('is all uploaded before any of it answers', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const both = changed(changed(shopNow, 'cart', { code: '2' }), 'router', { code: '2' });
    const { writes } = await account.run(both);
    expect(writes.map((call) => call.replace(/.*vitrine-(\w+)-staging/, '$1'))).toEqual([
      'cart/versions',
      'router/versions',
      'cart/deployments',
      'router/deployments',
    ]);
  });

  it('is only printed by a dry run', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { outcome, writes, lines } = await account.run(changed(shopNow, 'cart', { code: '2' }), { mode: 'dry-run' });
    expect([outcome, writes]).toEqual(['changes', []]);
    expect(lines.join('\n')).toMatch(/~ upload vitrine-cart-staging: module \w{8} → \w{8}/);
    expect(lines).toContain('= vitrine-orders-staging unchanged');
  });
});

describe('a new Worker', () => {
  const withObserver = withWorker(
    changed(shopNow, 'router', {
      wrangler: {
        services: [
          ...(shopNow.sources[0]?.config.wrangler.services ?? []),
          { binding: 'OBSERVER', service: 'vitrine-observer' },
        ],
      },
    }),
    'observer',
    '[[queues.consumers]]\nqueue = "vitrine-notifications-inbox-dead"\n',
  );

  it('begins as a placeholder, and no Worker that is there becomes one', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { outcome, writes } = await account.run(withObserver);
    expect(outcome).toBe('done');
    expect(writes.filter((call) => call.startsWith('PUT'))).toEqual([
      'PUT /workers/scripts/vitrine-observer-staging',
      'PUT /workers/scripts/vitrine-observer-staging',
    ]);
    expect(answering(account)['vitrine-observer-staging']).toEqual([sha256("export default 'observer 1';")]);
    expect(queueIn(account, 'vitrine-notifications-inbox-dead-staging').consumers).toHaveLength(1);
    expect((await account.run(withObserver)).writes).toEqual([]);
  });
});

describe('a deployment under other names', () => {
  it('shares nothing with its twin', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const twin = {
      ...staging,
      name: 'production',
      kind: 'production',
      suffix: '',
      foreignSuffixes: ['-staging'],
    } as const;
    const route = { pattern: 'shop.example.com', custom_domain: true };
    const { outcome } = await account.run({ ...shopNow, environment: { ...twin, route } });
    expect(outcome).toBe('done');
    const names = [...account.api.account.workers.keys()];
    expect(new Set(names).size).toBe(8);
    expect((await account.run(shopNow, { mode: 'check' })).outcome).toBe('done');
  });
});
