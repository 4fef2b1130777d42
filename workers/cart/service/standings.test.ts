/** What carts remember of the stock: some seconds, and longer only while it is asked for again behind the answer. */
import { expect, test } from 'vitest';
import { secondMs } from '../../../shared/values/time.ts';
import { StandingMemory } from './standings.ts';

function desk() {
  const asked: (readonly string[])[] = [];
  const behind: Promise<unknown>[] = [];
  const reported: string[] = [];
  const state = { available: 3 as number | null, isSilent: false };
  const memory = new StandingMemory();
  const catalog = {
    standings: async (ids: readonly string[]) => {
      asked.push(ids);
      if (state.isSilent) throw new Error('no answer');
      const { available } = state;
      if (available === null) return [];
      return ids.map((variantId) => ({
        variantId,
        isSold: true,
        currencies: [],
        available,
        sellable: available,
        units: [],
      }));
    },
  };
  const background = {
    later: (work: Promise<unknown>) => void behind.push(work),
    report: (text: string) => void reported.push(text),
  };
  const left = async (id: string, now: number) => (await memory.of(catalog, [id], now, background)).get(id)?.available;
  return { asked, behind, reported, state, memory, left };
}

test('a variant is asked about once, then behind the answer, and before it when it was not for a minute', async () => {
  const { asked, behind, state, left } = desk();
  expect(await left('a', 0)).toBe(3);
  state.available = 2;
  expect(await left('a', 4 * secondMs)).toBe(3);
  expect(asked).toHaveLength(1);
  expect(await left('a', 5 * secondMs)).toBe(3);
  await Promise.all(behind);
  expect(await left('a', 6 * secondMs)).toBe(2);
  state.available = 1;
  expect(await left('a', 70 * secondMs)).toBe(1);
  expect(asked).toHaveLength(3);
});

test('what many carts ask for again goes in one question', async () => {
  const { asked, behind, state, left } = desk();
  for (const id of ['a', 'b', 'c']) await left(id, 0);
  state.available = 2;
  await left('a', 5_000);
  await left('b', 5_100);
  await left('c', 5_200);
  await left('b', 5_300);
  await left('a', 5_500);
  await Promise.all(behind);
  expect(asked.slice(3)).toEqual([['a'], ['b', 'c']]);
  expect([await left('a', 5_600), await left('b', 5_600), await left('c', 5_600)]).toEqual([2, 2, 2]);
});

test('nothing is said of what is left while the catalogue is silent, and the cart is shown', async () => {
  const { reported, state, memory, left } = desk();
  state.isSilent = true;
  expect(await left('a', 0)).toBeUndefined();
  expect(reported).toHaveLength(1);
  state.isSilent = false;
  expect(await left('a', 1)).toBe(3);
  state.available = 7;
  memory.clear();
  expect(await left('a', 2)).toBe(7);
});
