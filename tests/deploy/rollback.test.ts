/** An earlier release answers again, as far as that is possible. */
import { describe, expect, it } from 'vitest';
import { goBack } from '../../scripts/deploy/go-back.ts';
import { sha256 } from './fake/account.ts';
import { changed, shopNow, staging } from './shop.ts';
import { type Account, answering, createTestAccount, deployed, optionsOf } from './world.ts';

describe('a rollback', () => {
  const releases = ['1', '2', '3'].map((code) => changed(shopNow, 'cart', { code }));

  async function released(): Promise<{ readonly account: Account; readonly names: readonly string[] }> {
    const account = createTestAccount();
    const names: string[] = [];
    for (const shop of releases) names.push((await account.run(shop)).journal.at(-1)?.release ?? '');
    return { account, names };
  }

  async function back(account: Account, release: string | null = null) {
    const lines: string[] = [];
    const outcome = await goBack({
      ...{ environment: staging, sources: shopNow.sources, release, isDryRun: false, isForced: false },
      ...{ options: optionsOf(account), say: (line: string) => lines.push(line), confirm: async () => true },
    });
    return { outcome, lines };
  }

  const answers = (account: Account) => answering(account)['vitrine-cart-staging'];

  it('goes to the release before, and from there to the one before that', async () => {
    const { account } = await released();
    expect((await back(account)).outcome).toBe('done');
    expect(answers(account)).toEqual([sha256('2')]);
    expect((await back(account)).outcome).toBe('done');
    expect(answers(account)).toEqual([sha256('1')]);
    const last = await back(account);
    expect([last.outcome, last.lines.at(-1)]).toEqual([
      'failed',
      expect.stringContaining('There is no release before'),
    ]);
  });

  it('goes to the release that is named, and knows no other', async () => {
    const { account, names } = await released();
    expect((await back(account, names[0] ?? '')).outcome).toBe('done');
    expect(answers(account)).toEqual([sha256('1')]);
    const { outcome, lines } = await back(account, '0000000-00000000');
    expect([outcome, lines.at(-1)]).toEqual(['failed', expect.stringContaining(`Known, the newest last: ${names[0]}`)]);
  });

  it('does not go to a release that was itself taken back', async () => {
    const account = await deployed(releases[0]);
    account.brokenWhile = (modules) => modules.includes(sha256('2'));
    await account.run(releases[1] ?? shopNow);
    await account.run(releases[2] ?? shopNow);
    await back(account);
    expect(answers(account)).toEqual([sha256('1')]);
  });

  it('is refused over a change of object classes', async () => {
    const account = await deployed();
    const classes = [
      { tag: 'v1', new_sqlite_classes: ['CartObject'] },
      { tag: 'v2', new_sqlite_classes: ['CartJobs'] },
    ];
    await account.run(changed(shopNow, 'cart', { wrangler: { migrations: classes } }));
    const { outcome, lines } = await back(account);
    expect([outcome, lines.at(-1)]).toEqual(['failed', expect.stringContaining('change of its object classes')]);
  });
});
