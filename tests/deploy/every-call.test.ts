/**
 * A deployment that ends at any of its calls and is repeated comes to the very state of one that nobody disturbed, and one that loses
 * the answer of any call gets there by itself. Every call is tried, of a first deployment and of one that changes all kinds of things.
 */
import { describe, expect, it } from 'vitest';
import { destroy } from '../../scripts/deploy/destroy.ts';
import type { Shop } from '../../scripts/deploy/prepare.ts';
import { copyAccount } from './fake/account.ts';
import { createFakeApi, fakeAccountId } from './fake/api.ts';
import { changed, previewOf, shopNow, withMigration, withWorker } from './shop.ts';
import { type Account, createTestAccount, stateOf } from './world.ts';

const router = shopNow.sources[0]?.config.wrangler;

/** A new Worker, a new class, a migration, a consumer that moves, a cron that goes, another address. */
const next: Shop = {
  ...withMigration(
    withWorker(
      changed(
        changed(
          changed(shopNow, 'cart', {
            code: '2',
            wrangler: {
              migrations: [
                { tag: 'v1', new_sqlite_classes: ['CartObject'] },
                { tag: 'v2', new_sqlite_classes: ['CartJobs'] },
              ],
            },
          }),
          'orders',
          { code: '2', wrangler: { triggers: { crons: [] } } },
        ),
        'router',
        { wrangler: { services: [...(router?.services ?? []), { binding: 'OBSERVER', service: 'vitrine-observer' }] } },
      ),
      'observer',
      '[[queues.consumers]]\nqueue = "vitrine-notifications-inbox-dead"\n',
    ),
    '0002_note.sql',
    'ALTER TABLE orders ADD COLUMN note TEXT;\n',
  ),
  environment: { ...shopNow.environment, route: { pattern: 'www.example.com/*', custom_domain: false } },
};

async function fresh(): Promise<Account> {
  return createTestAccount();
}

/** Deployed once and copied, which is all the same and faster. */
const original = createTestAccount();

async function deployed(): Promise<Account> {
  if (original.api.account.workers.size === 0) await original.run(shopNow);
  return createTestAccount(createFakeApi(copyAccount(original.api.account)));
}

const cases = [
  { name: 'a first deployment', begin: fresh, shop: shopNow },
  { name: 'a deployment that changes all kinds of things', begin: deployed, shop: next },
] as const;

async function undisturbed({ begin, shop }: (typeof cases)[number]) {
  const account = await begin();
  const { callsCount, outcome } = await account.run(shop);
  expect([outcome, callsCount > 40]).toEqual(['done', true]);
  return { callsCount, expected: stateOf(account) };
}

describe.each(cases)('$name', (tried) => {
  it('can be cut off at any call and repeated', async () => {
    const { callsCount, expected } = await undisturbed(tried);
    for (let atCall = 1; atCall <= callsCount; atCall += 1) {
      const account = await tried.begin();
      const cutOff = await account.run(tried.shop, { trouble: { kind: 'death', atCall } });
      expect(cutOff.outcome, `call ${atCall}`).toBe('died');
      const { outcome, lines } = await account.run(tried.shop);
      expect([outcome, stateOf(account)], `call ${atCall}\n${lines.join('\n')}`).toEqual(['done', expected]);
    }
  });

  it('stands the loss of the answer of any call', async () => {
    const { callsCount, expected } = await undisturbed(tried);
    for (let atCall = 1; atCall <= callsCount; atCall += 1) {
      const account = await tried.begin();
      const { outcome, lines } = await account.run(tried.shop, { trouble: { kind: 'lost answer', atCall } });
      expect([outcome, stateOf(account)], `call ${atCall}\n${lines.join('\n')}`).toEqual(['done', expected]);
    }
  });
});

describe('the destruction of a preview', () => {
  const shop: Shop = { ...shopNow, environment: previewOf('try-every-call') };

  it('can be cut off at any call and repeated', async () => {
    const count = { calls: 0 };
    const first = await destroyed(await previewed(shop), shop, null, count);
    expect([first.account.workers.size, first.account.queues.size, first.account.databases.size]).toEqual([0, 0, 0]);
    for (let atCall = 1; atCall <= count.calls; atCall += 1) {
      const account = await previewed(shop);
      await expect(destroyed(account, shop, atCall), `call ${atCall}`).rejects.toThrow('dead');
      const { account: left } = await destroyed(account, shop, null);
      expect([left.workers.size, left.queues.size, left.databases.size], `call ${atCall}`).toEqual([0, 0, 0]);
    }
  });
});

async function previewed(shop: Shop): Promise<Account> {
  const account = createTestAccount();
  await account.run(shop);
  return account;
}

async function destroyed({ api }: Account, { environment }: Shop, deathAtCall: number | null, count = { calls: 0 }) {
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    count.calls += 1;
    if (deathAtCall !== null && count.calls >= deathAtCall) throw new Error('this process is dead');
    return api.fetch(input, init);
  };
  await destroy({
    ...{ environment, mode: 'apply', say: () => undefined, confirm: async () => true },
    options: {
      ...{ baseUrl: 'https://cloudflare.test/client/v4', token: 'token', account: fakeAccountId, fetch },
      sleep: async () => undefined,
    },
  });
  return api;
}
