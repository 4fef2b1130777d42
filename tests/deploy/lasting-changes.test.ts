/** Changes that cannot be taken back: of databases and of object classes. Each happens once, also when its answer is lost. */
import { describe, expect, it } from 'vitest';
import { sha256 } from './fake/account.ts';
import { changed, shopNow, withMigration } from './shop.ts';
import { answering, createTestAccount } from './world.ts';

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
