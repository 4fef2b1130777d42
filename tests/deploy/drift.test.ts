/** What differs from the files is found, what the files lost is taken off the platform, and what they never named is left alone. */
import { describe, expect, it } from 'vitest';
import { changed, shopNow, staging } from './shop.ts';
import { type Account, deployed, queueIn, workerIn } from './world.ts';

describe('drift', () => {
  const drifts: readonly (readonly [string, (account: Account) => void, RegExp])[] = [
    [
      'a cron',
      (account) => {
        workerIn(account, 'orders').schedules = [];
      },
      /orders-staging: crons 7 \* \* \* \*/,
    ],
    [
      'a public address',
      (account) => {
        workerIn(account, 'cart').subdomain = { enabled: true, previews_enabled: true };
      },
      /cart-staging is not on workers\.dev/,
    ],
    [
      'a consumer that is gone',
      (account) => {
        queueIn(account, 'vitrine-notifications-inbox-staging').consumers = [];
      },
      /notifications-staging consumes vitrine-notifications-inbox-staging/,
    ],
    [
      'a consumer with other settings',
      (account) => {
        for (const consumer of queueIn(account, 'vitrine-notifications-inbox-staging').consumers)
          consumer.settings = { batch_size: 1 };
      },
      /notifications-staging consumes vitrine-notifications-inbox-staging/,
    ],
    ['a domain', (account) => account.api.account.domains.clear(), /\+ domain staging\.example\.com/],
    [
      'a variable and a secret that somebody put there by hand',
      (account) => {
        const { versions, deployments } = workerIn(account, 'cart');
        const last = versions.at(-1);
        if (last === undefined) throw new Error('There is no version');
        const byHand = [
          { type: 'plain_text', name: 'EXTRA', text: '1' },
          { type: 'secret_text', name: 'HIDDEN' },
        ];
        versions.push({ ...last, id: 'by-hand', number: 99, bindings: [...last.bindings, ...byHand] });
        deployments.unshift({
          id: 'd',
          created_on: '2027-01-01',
          annotations: {},
          versions: [{ version_id: 'by-hand', percentage: 100 }],
        });
      },
      /upload vitrine-cart-staging: without secret HIDDEN, without binding EXTRA/,
    ],
    [
      'a version that was not made by a deployment',
      (account) => {
        const { versions, deployments } = workerIn(account, 'cart');
        const last = versions.at(-1);
        if (last === undefined) throw new Error('There is no version');
        versions.push({ ...last, id: 'by-hand', number: 99, annotations: {} });
        deployments.unshift({
          id: 'd',
          created_on: '2027-01-01',
          annotations: {},
          versions: [{ version_id: 'by-hand', percentage: 100 }],
        });
      },
      /upload vitrine-cart-staging: was changed by something else/,
    ],
  ];

  it.each(drifts)(
    'of %s is reported by a check, which mends nothing, and mended by a deployment',
    async (_, drift, line) => {
      const account = await deployed();
      drift(account);
      const { outcome, lines, writes } = await account.run(shopNow, { mode: 'check' });
      expect([outcome, writes]).toEqual(['changes', []]);
      expect(lines.join('\n')).toMatch(line);
      expect((await account.run(shopNow)).outcome).toBe('done');
      expect((await account.run(shopNow, { mode: 'check' })).outcome).toBe('done');
    },
  );

  it('of what no file names is reported, and left alone', async () => {
    const account = await deployed();
    for (const queue_name of ['vitrine-old-inbox-staging', 'vitrine-old-inbox', 'another-staging'])
      account.api.account.queues.set(queue_name, { queue_id: queue_name, queue_name, consumers: [] });
    const { outcome, lines } = await account.run(shopNow, { mode: 'check' });
    expect(outcome).toBe('changes');
    expect(lines.filter((line) => line.startsWith('?'))).toEqual(['? queue vitrine-old-inbox-staging is in no file']);
    expect((await account.run(shopNow)).writes).toEqual([]);
  });
});

describe('what is taken out of a wrangler file', () => {
  it('is taken off the platform: the last consumer before the code without a handler, the last cron after it', async () => {
    const account = await deployed();
    const without = changed(
      changed(shopNow, 'notifications', { code: '2', wrangler: { queues: { producers: [], consumers: [] } } }),
      'orders',
      { wrangler: { triggers: { crons: [] } } },
    );
    const { writes } = await account.run(without);
    const at = (part: string): number => writes.findIndex((call) => call.includes(part));
    expect(at('DELETE /queues/')).toBeGreaterThan(-1);
    expect(at('DELETE /queues/')).toBeLessThan(at('notifications-staging/versions'));
    expect(at('schedules')).toBeGreaterThan(at('notifications-staging/deployments'));
    expect(workerIn(account, 'orders').schedules).toEqual([]);
    expect(queueIn(account, 'vitrine-notifications-inbox-staging').consumers).toEqual([]);
  });

  it('is taken off the platform: the address', async () => {
    const account = await deployed();
    const { route: _, ...environment } = staging;
    await account.run({ ...shopNow, environment });
    expect(account.api.account.domains.size).toBe(0);
    expect(workerIn(account, 'router').subdomain.enabled).toBe(true);
  });
});
