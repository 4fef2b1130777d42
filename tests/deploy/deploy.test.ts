/** Deployments of a small shop to a fake account: what each changes, and what it leaves alone. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sha256 } from './fake/account.ts';
import {
  answering,
  changed,
  createTestAccount,
  secrets,
  shopNow,
  staging,
  stateOf,
  withMigration,
  withWorker,
} from './world.ts';

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
    expect(stateOf(account)).toEqual(await afresh(withObserver));
  });
});

/** Releases are named by content and tags by when a Worker last changed: those of a fresh account differ by right. */
async function afresh(shop: typeof shopNow): Promise<unknown> {
  const account = createTestAccount();
  await account.run(shopNow);
  await account.run(shop);
  return stateOf(account);
}

describe('a new migration', () => {
  const sql = 'ALTER TABLE orders ADD COLUMN note TEXT;\n';

  it('runs after the databases were bookmarked and before any new code', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const next = changed(withMigration(shopNow, '0002_note.sql', sql), 'orders', { code: '2' });
    const callsBefore = account.api.calls.length;
    const { outcome, journal } = await account.run(next);
    expect(outcome).toBe('done');
    const told = account.api.calls.slice(callsBefore).map(({ method, path }) => `${method} ${path}`);
    const at = (part: RegExp): number => told.findIndex((call) => part.test(call));
    expect(at(/time_travel\/bookmark/)).toBeGreaterThan(-1);
    expect(at(/time_travel\/bookmark/)).toBeLessThan(told.findLastIndex((call) => call.endsWith('/query')));
    expect(told.findLastIndex((call) => call.endsWith('/query'))).toBeLessThan(at(/POST .*versions/));
    expect(Object.keys(journal.at(-1)?.bookmarks ?? {})).toEqual(['vitrine-orders-staging']);
  });

  it('that fails stops everything behind it, and the next run goes on from there', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const broken = changed(withMigration(shopNow, '0002_note.sql', 'ALTER TABLE nothing ADD COLUMN x;'), 'orders', {
      code: '2',
    });
    const { outcome, lines } = await account.run(broken);
    expect(outcome).toBe('failed');
    expect(lines.join('\n')).toContain('The migration 0002_note.sql of vitrine-orders-staging failed');
    expect(answering(account)['vitrine-orders-staging']).toEqual([sha256("export default 'orders 1';")]);
    expect((await account.run(withMigration(shopNow, '0002_note.sql', sql))).outcome).toBe('done');
  });

  it('whose answer is lost is not run twice', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const next = withMigration(shopNow, '0002_note.sql', sql);
    const { options, wasLost } = losing(
      account,
      (url, body) => url.endsWith('/query') && body.includes('ADD COLUMN note'),
    );
    const { outcome } = await account.run(next, { options });
    expect([outcome, wasLost()]).toEqual(['done', true]);
  });

  it('of a newer checkout than this one stops it', async () => {
    const account = createTestAccount();
    await account.run(withMigration(shopNow, '0002_note.sql', sql));
    const { outcome, lines } = await account.run(shopNow);
    expect(outcome).toBe('failed');
    expect(lines.join('\n')).toContain('has had the migration 0002_note.sql');
  });
});

/** Options whose first answer to a matching call is lost on its way back, after the platform has done what it was asked. */
function losing(account: ReturnType<typeof createTestAccount>, isIt: (url: string, body: string) => boolean) {
  let isLost = false;
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith('https://cloudflare.test'))
      return Response.json({ id: 'x', items: [], parts: [], status: 'ok' });
    const response = await account.api.fetch(input, init);
    if (isLost || !isIt(url, String(init?.body))) return response;
    isLost = true;
    throw new Error('the connection was reset');
  };
  const options = {
    ...{ baseUrl: 'https://cloudflare.test/client/v4', token: 'token', account: 'a'.repeat(32), fetch },
    sleep: async () => undefined,
  };
  return { options, wasLost: () => isLost };
}

describe('a change of object classes', () => {
  const next = changed(shopNow, 'cart', {
    code: '2',
    wrangler: {
      migrations: [
        { tag: 'v1', new_sqlite_classes: ['CartObject'] },
        { tag: 'v2', new_sqlite_classes: ['CartJobs'] },
      ],
    },
  });

  it('is a full deployment of that Worker, from the tag that the platform has', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { outcome, writes, lines } = await account.run(next);
    expect([outcome, writes]).toEqual(['done', ['PUT /workers/scripts/vitrine-cart-staging']]);
    expect(lines.join('\n')).toContain('! upload vitrine-cart-staging: module');
    expect([...(account.api.account.workers.get('vitrine-cart-staging')?.classes ?? [])]).toEqual([
      'CartObject',
      'CartJobs',
    ]);
  });

  it('whose answer is lost counts as done', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const { options, wasLost } = losing(account, (url) => url.includes('excludeScript'));
    const { outcome } = await account.run(next, { options });
    expect([outcome, wasLost()]).toEqual(['done', true]);
  });

  it('is never rolled back over', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    account.brokenWhile = (modules) => modules.includes(sha256('2'));
    const { outcome, lines } = await account.run(next);
    expect(outcome).toBe('failed');
    expect(lines.join('\n')).toContain(
      'not taken back: vitrine-cart-staging has had a change of its object classes since (v1 → v2)',
    );
    expect(answering(account)['vitrine-cart-staging']).toEqual([sha256('2')]);
  });
});

describe('an upload that fails in the middle', () => {
  const both = changed(changed(shopNow, 'cart', { code: '2' }), 'router', { code: '2' });

  it('is tried again, and shows nothing of the release to a visitor when it stays refused', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const before = stateOf(account);
    account.api.fail('POST', /vitrine-router-staging\/versions$/, { status: 503, times: 10 });
    const { outcome, lines } = await account.run(both);
    expect(outcome).toBe('failed');
    expect(lines.at(-1)).toContain('No visitor has met anything of this release');
    expect(stateOf(account)).toEqual(before);
  });

  it('goes on where it stopped, without uploading again what is there', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    account.api.fail('POST', /vitrine-router-staging\/versions$/, { status: 400, times: 1 });
    await account.run(both);
    const { outcome, writes } = await account.run(both);
    expect(outcome).toBe('done');
    expect(writes.filter((call) => call.endsWith('/versions'))).toEqual([
      'POST /workers/scripts/vitrine-router-staging/versions',
    ]);
  });

  it('is no failure when the platform was only busy', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    account.api.fail('POST', /versions$/, { status: 429, times: 2 });
    expect((await account.run(both)).outcome).toBe('done');
  });
});

describe('a shop that does not work after its release', () => {
  const both = changed(changed(shopNow, 'cart', { code: '2' }), 'router', { code: 'broken' });

  it('answers with the release before again', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const before = answering(account);
    account.brokenWhile = (modules) => modules.includes(sha256('broken'));
    const { outcome, lines, journal } = await account.run(both);
    expect(outcome).toBe('failed');
    expect(lines).toContain('failed: the router answers: GET /healthz answered 500 no');
    expect(answering(account)).toEqual(before);
    expect(journal.at(-1)?.outcome).toBe('taken-back');
  });

  it('does so when a first run was cut off between two Workers, too', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const before = answering(account);
    const isCutOff = (): boolean => !isDeepStrictEqual(answering(account), before);
    const half = await account.run(both, { trouble: { kind: 'death', atCall: isCutOff } });
    expect(half.outcome).toBe('died');
    expect(answering(account)['vitrine-router-staging']).toEqual(before['vitrine-router-staging']);
    account.brokenWhile = (modules) => modules.includes(sha256('broken'));
    const { outcome } = await account.run(both);
    expect(outcome).toBe('failed');
    expect(answering(account)).toEqual(before);
  });

  it('is left as it is after a first deployment, never given a placeholder', async () => {
    const account = createTestAccount();
    account.brokenWhile = () => true;
    const { outcome, lines } = await account.run(shopNow);
    expect(outcome).toBe('failed');
    expect(lines.join('\n')).toContain('There is no release before this one');
    expect(answering(account)['vitrine-cart-staging']).toEqual([sha256("export default 'cart 1';")]);
  });
});

describe('a deployment under other names', () => {
  it('shares nothing with its twin', async () => {
    const account = createTestAccount();
    await account.run(shopNow);
    const before = stateOf(account);
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
    expect(before).toBeDefined();
  });
});
