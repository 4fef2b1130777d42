/** What visitors meet when a deployment fails: nothing of it, or the release before again. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sha256 } from './fake/account.ts';
import { changed, shopNow } from './shop.ts';
import { answering, createTestAccount, stateOf } from './world.ts';

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
