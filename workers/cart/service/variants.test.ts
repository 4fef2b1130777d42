/** What a cart line is made of: remembered while nothing changes, told anew after a change that this isolate was not told of. */
import { beforeEach, expect, test } from 'vitest';
import type { VariantRequest, VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import { checkEveryMs } from '../../../shared/values/revised-memory.ts';
import { variantOf } from '../testing/script.ts';
import { variantMemory, variantsOf } from './variants.ts';

/** A catalogue that counts its changes and what it is asked. */
class Catalog {
  readonly asked: VariantRequest[] = [];
  readonly #variants = new Map<string, VariantSnapshot>();
  #revision = 0;
  /** Called while the catalogue looks for variants. */
  meanwhile = (): void => {};

  put(sku: string, title: string): void {
    this.#variants.set(sku, { ...variantOf(0, 990), sku, variantId: `var_${sku}`, title });
    this.#revision += 1;
  }

  async variants(request: VariantRequest): Promise<VariantSnapshot[]> {
    this.asked.push(request);
    const found =
      'skus' in request
        ? request.skus.flatMap((sku) => this.#variants.get(sku) ?? [])
        : [...this.#variants.values()].filter(({ variantId }) => request.variantIds.includes(variantId));
    this.meanwhile();
    return found;
  }

  async variantRevision(): Promise<number> {
    return this.#revision;
  }
}

let start = Date.now();
const work: Promise<unknown>[] = [];
const background = { later: (one: Promise<unknown>) => void work.push(one), report: () => {} };

beforeEach(() => {
  // Later than whatever an earlier test was told.
  start += 60 * checkEveryMs;
  variantMemory.clear();
});

async function titles(catalog: Catalog, skus: readonly string[], afterMs: number): Promise<(string | undefined)[]> {
  const inputs = skus.map((sku) => ({ sku, quantity: 1 }));
  const found = await variantsOf(catalog, inputs, start + afterMs, background);
  await Promise.all(work.splice(0));
  return found.map((variant) => variant?.title);
}

test('a variant is asked for once, however often it is named, and only the others after it', async () => {
  const catalog = new Catalog();
  catalog.put('A', 'Cup');
  catalog.put('B', 'Mug');
  expect(await titles(catalog, ['A'], 0)).toEqual(['Cup']);
  // The first look clears what it may be younger than.
  expect(await titles(catalog, ['A'], 1)).toEqual(['Cup']);
  catalog.asked.length = 0;
  expect(await titles(catalog, ['A', 'B', 'A', 'C'], 2)).toEqual(['Cup', 'Mug', 'Cup', undefined]);
  expect(catalog.asked).toEqual([{ skus: ['B', 'C'], revision: 2 }]);
});

test('a change that nobody told of is learned at the next look, and the catalogue is told how much is known', async () => {
  const catalog = new Catalog();
  catalog.put('A', 'Cup');
  await titles(catalog, ['A'], 0);
  expect(await titles(catalog, ['A'], 1)).toEqual(['Cup']);
  catalog.put('A', 'Beaker');
  expect(await titles(catalog, ['A'], checkEveryMs)).toEqual(['Cup']);
  expect(await titles(catalog, ['A'], checkEveryMs + 1)).toEqual(['Beaker']);
  expect(catalog.asked.at(-1)).toEqual({ skus: ['A'], revision: 2 });
});

test('a known variant is found also when the merchant edits while others are asked for, and nothing old is kept', async () => {
  const catalog = new Catalog();
  catalog.put('A', 'Cup');
  catalog.put('B', 'Mug');
  await titles(catalog, ['A'], 0);
  await titles(catalog, ['A'], 1);
  catalog.meanwhile = () => variantMemory.clear();
  expect(await titles(catalog, ['A', 'B'], 2)).toEqual(['Cup', 'Mug']);
  catalog.meanwhile = () => {};
  catalog.asked.length = 0;
  await titles(catalog, ['A', 'B'], 3);
  expect(catalog.asked).toMatchObject([{ skus: ['A', 'B'] }]);
});
