/** The secret that cart ids, order links and gift card codes are made with: kept, guarded, exchanged. */
import { describe, expect, it } from 'vitest';
import { secrets, shopNow } from './shop.ts';
import { type Account, deployed, stateOf, workerIn } from './world.ts';

interface Known {
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

interface Sealing {
  readonly cart: Known;
  readonly orders: Known;
}

/** What the version that answers now seals with, and what it takes beside that. */
function knownTo(account: Account, name: string): Known {
  const worker = workerIn(account, name);
  const answers = worker.versions.find(({ id }) => id === worker.deployments[0]?.versions[0]?.version_id);
  const text = (key: string) => answers?.bindings.find((binding) => binding.name === key)?.text;
  return { current: text('VITRINE_SECRET'), previous: text('VITRINE_SECRET_PREVIOUS') };
}

describe('the secret that stands in ids', () => {
  const next = { ...secrets, VITRINE_SECRET: 'another root', VITRINE_SECRET_PREVIOUS: secrets.VITRINE_SECRET };
  const valueIn = (account: Account, worker: string, name: string) =>
    workerIn(account, worker)
      .versions.at(-1)
      ?.bindings.find((binding) => binding.name === name)?.text;

  it('is not replaced by accident', async () => {
    const account = await deployed();
    const before = stateOf(account);
    for (const given of [{ ...secrets, VITRINE_SECRET: 'typed wrong' }, next]) {
      const { outcome, lines } = await account.run(shopNow, { secrets: given });
      expect([outcome, lines.join('\n')]).toEqual(['failed', expect.stringContaining('rotate with --rotate')]);
    }
    expect(stateOf(account)).toEqual(before);
  });

  it('is exchanged in two rounds, so that at no moment one Worker seals what another cannot open', async () => {
    const account = await deployed();
    const seen: Sealing[] = [];
    const watch = (): boolean => {
      seen.push({ cart: knownTo(account, 'cart'), orders: knownTo(account, 'orders') });
      return false;
    };
    const { outcome } = await account.run(shopNow, {
      ...{ secrets: next, isRotation: true, trouble: { kind: 'death', atCall: watch } },
    });
    expect(outcome).toBe('done');
    for (const { cart, orders } of seen) {
      expect(Object.values(orders)).toContain(cart.current);
      expect(Object.values(cart)).toContain(orders.current);
    }
    expect(valueIn(account, 'cart', 'VITRINE_SECRET')).toBe('another root');
    expect(valueIn(account, 'orders', 'VITRINE_SECRET_PREVIOUS')).toBe(secrets.VITRINE_SECRET);
    expect((await account.run(shopNow, { secrets: next, isRotation: true })).writes).toEqual([]);
  });

  it('is forgotten, once rotated, when that is asked for', async () => {
    const account = await deployed();
    await account.run(shopNow, { secrets: next, isRotation: true });
    const { VITRINE_SECRET_PREVIOUS: _, ...current } = next;
    expect((await account.run(shopNow, { secrets: current })).writes).toEqual([]);
    await account.run(shopNow, { secrets: current, forgotten: ['VITRINE_SECRET_PREVIOUS'] });
    expect(valueIn(account, 'cart', 'VITRINE_SECRET_PREVIOUS')).toBeUndefined();
  });

  it('is never forgotten itself: nobody could read it back', async () => {
    const account = await deployed();
    const { outcome, lines, writes } = await account.run(shopNow, { secrets, forgotten: ['VITRINE_SECRET'] });
    expect([outcome, writes]).toEqual(['failed', []]);
    expect(lines.join('\n')).toContain('needs the secret VITRINE_SECRET: it cannot be forgotten');
    expect(valueIn(account, 'cart', 'VITRINE_SECRET')).toBe(secrets.VITRINE_SECRET);
  });

  it('needs the one that is there beside the new one', async () => {
    const account = await deployed();
    const { outcome, lines } = await account.run(shopNow, {
      ...{ secrets: { ...next, VITRINE_SECRET_PREVIOUS: 'not that' }, isRotation: true },
    });
    expect([outcome, lines.join('\n')]).toEqual(['failed', expect.stringContaining('VITRINE_SECRET is another than')]);
  });
});
