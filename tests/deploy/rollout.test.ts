/** Some visitors first, a preview for every branch, and what a first purchase says. */
import { describe, expect, it } from 'vitest';
import { destroy } from '../../scripts/deploy/destroy.ts';
import type { Shop } from '../../scripts/deploy/prepare.ts';
import { sha256 } from './fake/account.ts';
import { changed, previewOf, shopNow, staging, withMigration } from './shop.ts';
import { type Account, answering, createTestAccount, deployed, optionsOf, stateOf, workerIn } from './world.ts';

describe('a gradual rollout', () => {
  const next = changed(shopNow, 'router', { code: '2' });
  const shares = (account: Account) =>
    workerIn(account, 'router').deployments[0]?.versions.map(({ percentage }) => percentage);

  it('gives a share of the visitors the new version, then more, then all', async () => {
    const account = await deployed();
    expect((await account.run(next, { gradualPercentage: 10 })).outcome).toBe('done');
    expect(shares(account)).toEqual([10, 90]);
    expect((await account.run(next, { gradualPercentage: 10 })).writes).toEqual([]);
    await account.run(next, { gradualPercentage: 50 });
    expect(shares(account)).toEqual([50, 50]);
    const { writes } = await account.run(next);
    expect(writes).toEqual(['POST /workers/scripts/vitrine-router-staging/deployments']);
    expect(answering(account)['vitrine-router-staging']).toEqual([sha256('2')]);
  });

  it('is refused for a Worker in the middle', async () => {
    const account = await deployed();
    const { outcome, lines, writes } = await account.run(changed(shopNow, 'cart', { code: '2' }), {
      gradualPercentage: 10,
    });
    expect([outcome, writes]).toEqual(['failed', []]);
    expect(lines.join('\n')).toContain('vitrine-cart-staging has changed, and cannot be rolled out gradually');
  });
});

describe('a preview', () => {
  const shop: Shop = { ...shopNow, environment: previewOf('one') };

  it('is destroyed with all that bears its name, and nothing else', async () => {
    const account = await deployed();
    const before = stateOf(account);
    await account.run(shop);
    await account.run({ ...shopNow, environment: previewOf('two') });
    for (const branch of ['one', 'two', 'two']) {
      const outcome = await destroy({
        ...{ environment: previewOf(branch), mode: 'apply', options: optionsOf(account) },
        ...{ say: () => undefined, confirm: async () => true },
      });
      expect(outcome).toBe('done');
    }
    expect(stateOf(account)).toEqual(before);
  });

  it('is the only thing that can be destroyed', async () => {
    const account = await deployed();
    const lines: string[] = [];
    const outcome = await destroy({
      ...{ environment: staging, mode: 'apply', options: optionsOf(account) },
      ...{ say: (line: string) => lines.push(line), confirm: async () => true },
    });
    expect([outcome, lines]).toEqual([
      'failed',
      ['refused: staging is no preview, and only a preview can be destroyed.'],
    ]);
    expect((await account.run(shopNow, { mode: 'check' })).outcome).toBe('done');
  });

  it('is filled with the demo shop, and bought from', async () => {
    const account = createTestAccount();
    const environment = { ...previewOf('demo'), seed: 'demo', sandbox: true } as const;
    const { lines } = await account.run({ ...shopNow, environment });
    expect(lines).toContain('seed: seeded');
    expect(lines).toContain('ok a purchase succeeds');
  });
});

describe('a purchase that fails after a release', () => {
  it('takes the release back like any other check', async () => {
    const account = createTestAccount();
    const shop: Shop = { ...shopNow, environment: { ...staging, seed: 'demo' } };
    await account.run(shop);
    const { outcome } = await account.run(
      withMigration(changed(shop, 'cart', { code: '2' }), '0002.sql', 'CREATE TABLE t (a);'),
      {
        seed: async () => {
          throw new Error('the import failed');
        },
      },
    );
    expect(outcome).toBe('failed');
    expect(answering(account)['vitrine-cart-staging']).toEqual([sha256("export default 'cart 1';")]);
  });
});
