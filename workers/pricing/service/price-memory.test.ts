/** Entries of price lists in memory: what is asked of the database, and what is never asked again. */
import { describe, expect, test } from 'vitest';
import type { ListPrice, PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import type { WantedPrices } from '../store/list-prices.ts';
import { priceList } from '../testing/settings.ts';
import { PriceMemory, type PriceSource } from './price-memory.ts';

const list = (id: string, pricesVersion: number): PriceList => ({ ...priceList(id), pricesVersion });
const variantIds = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `var_${from + index}`);

/** Every variant costs its number, in every list. */
class Source implements PriceSource {
  readonly asked: WantedPrices[] = [];

  async listPrices(wanted: WantedPrices) {
    this.asked.push(wanted);
    return wanted.listIds.flatMap((listId) =>
      wanted.variantIds.map((variantId) => {
        const amount = Number(variantId.slice(4));
        const price: ListPrice = { variantId, currency: wanted.currency, amount, compareAtAmount: null, tiers: [] };
        return { listId, price };
      }),
    );
  }
}

describe('a list of 15,000 entries', () => {
  const needed = { lists: [list('plt_1', 3)], currency: 'EUR' as const, version: 9 };

  test('costs one query per cart that brings something new, and none once all were met', async () => {
    const source = new Source();
    const memory = new PriceMemory();
    for (let first = 0; first < 15_000; first += 200)
      await memory.book(source, { ...needed, variantIds: variantIds(first, first + 200) });
    expect(source.asked).toHaveLength(75);
    expect(memory.size).toBe(15_000);
    for (let first = 0; first < 14_900; first += 100) {
      const book = await memory.book(source, { ...needed, variantIds: variantIds(first, first + 200) });
      expect(book.entry(needed.lists[0] ?? list('', 0), `var_${first + 7}`, 'EUR')?.amount).toBe(first + 7);
    }
    expect(source.asked).toHaveLength(75);
  });

  test('asks only for the variants that are missing', async () => {
    const source = new Source();
    const memory = new PriceMemory();
    await memory.book(source, { ...needed, variantIds: variantIds(0, 3) });
    await memory.book(source, { ...needed, variantIds: variantIds(0, 4) });
    expect(source.asked.map((wanted) => wanted.variantIds)).toEqual([['var_0', 'var_1', 'var_2'], ['var_3']]);
    expect(source.asked[0]).toMatchObject({ listIds: ['plt_1'], currency: 'EUR', version: 9 });
  });
});

test('what a list does not have is remembered too', async () => {
  const source: PriceSource & { asked: number } = {
    asked: 0,
    async listPrices() {
      this.asked += 1;
      return [];
    },
  };
  const memory = new PriceMemory();
  const needed = { lists: [list('plt_1', 3)], variantIds: ['var_1'], currency: 'EUR' as const, version: 9 };
  await memory.book(source, needed);
  const book = await memory.book(source, needed);
  expect(book.entry(list('plt_1', 3), 'var_1', 'EUR')).toBeNull();
  expect(source.asked).toBe(1);
});

test('a list without entries is never looked up', async () => {
  const source = new Source();
  await new PriceMemory().book(source, {
    lists: [list('plt_1', 0)],
    variantIds: ['var_1'],
    currency: 'EUR',
    version: 9,
  });
  expect(source.asked).toEqual([]);
});

test('prices of another version of the list, and of another currency, are asked for anew', async () => {
  const source = new Source();
  const memory = new PriceMemory();
  const base = { variantIds: ['var_1'], currency: 'EUR' as const, version: 9 };
  await memory.book(source, { ...base, lists: [list('plt_1', 3)] });
  await memory.book(source, { ...base, lists: [list('plt_1', 10)], version: 10 });
  await memory.book(source, { ...base, lists: [list('plt_1', 10)], currency: 'CHF', version: 10 });
  expect(source.asked.map(({ version, currency }) => [version, currency])).toEqual([
    [9, 'EUR'],
    [10, 'EUR'],
    [10, 'CHF'],
  ]);
});

test('the memory never grows beyond its bound, and a cart gets its prices all the same', async () => {
  const memory = new PriceMemory(4_000);
  const lists = [list('plt_1', 1)];
  const book = await memory.book(new Source(), { lists, variantIds: variantIds(0, 25), currency: 'EUR', version: 1 });
  expect(memory.size).toBeGreaterThan(5);
  expect(memory.size).toBeLessThan(25);
  for (const variantId of variantIds(0, 25))
    expect(book.entry(list('plt_1', 1), variantId, 'EUR')?.amount).toBe(Number(variantId.slice(4)));
});
