/** The prices of pages: which market a wish leads to, when pricing is asked, and what is shown while it does not answer. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Shelf, ShelfMarket, ShelfPrices, ShelfRequest } from '../../../shared/contracts/pricing/shelf.ts';
import { offerTo, patienceMs, priced } from './shelf.ts';
import { ShelfMemory, shelfTtlMs, silenceMs } from './shelf-memory.ts';

const market = (country: string, changes: Partial<ShelfMarket> = {}): ShelfMarket => ({
  id: `mkt_${country}`,
  name: country,
  countries: [country],
  currencies: ['EUR'],
  isDefault: false,
  isFallback: false,
  listsTag: '',
  ...changes,
});

const germany = market('DE', { isDefault: true, listsTag: 'plt_1.1.1' });
const swiss = market('CH', { currencies: ['CHF', 'EUR'] });

/** A page of one variant at 10.00 without any holes but those that every page has. */
function product(id: string, version = 1) {
  const view = { variants: [{ id: `var_${id}`, price: { amount: 1000, currency: 'EUR' } }], end: '\u0001' };
  return {
    id,
    version,
    stock: [],
    page: { createdAt: '', units: [], pieces: JSON.stringify(view).split('"\\u0001"') },
  };
}

class Pricing {
  current: Shelf = { version: 1, until: null, ageMs: 0, markets: [swiss, germany] };
  moved: Partial<Shelf> = {};
  mood: 'well' | 'failing' | 'hanging' = 'well';
  shelvesAsked = 0;
  readonly pricesAsked: ShelfRequest[] = [];
  priceMinor = 700;

  async shelf(): Promise<Shelf> {
    this.shelvesAsked += 1;
    return this.#in(this.current);
  }

  async shelfPrices(request: ShelfRequest): Promise<ShelfPrices> {
    this.pricesAsked.push(request);
    const prices = request.goods.map(() => ({ priceMinor: this.priceMinor, compareAtMinor: null, tiers: [] }));
    const { version, until } = { ...this.current, ...this.moved };
    return this.#in({ version, until, prices });
  }

  #in<Value>(answer: Value): Promise<Value> {
    if (this.mood === 'failing') return Promise.reject(new Error('away'));
    return this.mood === 'hanging' ? new Promise(() => {}) : Promise.resolve(answer);
  }
}

let pricing: Pricing;
let memory: ShelfMemory;
let now: number;
let armed: number;
const armJobs = async () => {
  armed += 1;
};
const catalog = () => ({ pricing, shelf: memory, now: () => now, armJobs });
const shownTo = async (wish: Parameters<typeof offerTo>[1], ...ids: string[]) => {
  const { products, until } = await priced(
    catalog(),
    await offerTo(catalog(), wish),
    ids.map((id) => product(id)),
  );
  return { prices: products.map(({ page }) => JSON.parse(page.pieces.join('0')).variants[0].price.amount), until };
};

beforeEach(() => {
  pricing = new Pricing();
  memory = new ShelfMemory();
  now = 0;
  armed = 0;
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

test('other price lists than before wake the job that sorts by them, once', async () => {
  await offerTo(catalog(), {});
  memory.forget();
  await offerTo(catalog(), {});
  expect(armed).toBe(1);
  pricing.current = { ...pricing.current, markets: [swiss, { ...germany, listsTag: '' }] };
  memory.forget();
  await offerTo(catalog(), {});
  expect(armed).toBe(2);
});

describe('a wish', () => {
  test.each([
    [{}, 'EUR', 'mkt_DE'],
    [{ country: 'DE' }, 'EUR', 'mkt_DE'],
    [{ currency: 'EUR' as const }, 'EUR', 'mkt_DE'],
    [{ country: 'CH' }, 'CHF', undefined],
    [{ country: 'CH', currency: 'EUR' as const }, 'EUR', undefined],
    // Where no cart could be charged, nothing has a price.
    [{ country: 'DE', currency: 'USD' as const }, 'none', undefined],
    [{ country: 'AQ' }, 'none', undefined],
  ])('for %j shows %s and the lists of %s', async (wish, currency, listedIn) => {
    const offer = await offerTo(catalog(), wish);
    expect([offer.currency, offer.listed?.marketId]).toEqual([currency, listedIn]);
  });

  test('asks for the shelf once in five seconds, whatever the wishes', async () => {
    await offerTo(catalog(), { country: 'DE' });
    now = shelfTtlMs - 1;
    await offerTo(catalog(), { country: 'CH' });
    expect(pricing.shelvesAsked).toBe(1);
    pricing.current = { ...pricing.current, markets: [market('DE', { currencies: ['CHF'] })] };
    now = shelfTtlMs;
    expect((await offerTo(catalog(), { country: 'DE' })).currency).toBe('CHF');
  });

  test('asks anew when a list begins or ends, and after an edit', async () => {
    pricing.current = { ...pricing.current, until: 1_500 };
    expect((await offerTo(catalog(), {})).until).toBe(1_500);
    now = 1_500;
    pricing.current = { ...pricing.current, until: null };
    expect((await offerTo(catalog(), {})).until).toBeNull();
    memory.forget();
    await offerTo(catalog(), {});
    expect(pricing.shelvesAsked).toBe(3);
  });

  test('keeps nothing that was asked for before an edit', async () => {
    const early = offerTo(catalog(), {});
    memory.forget();
    await early;
    await offerTo(catalog(), {});
    expect(pricing.shelvesAsked).toBe(2);
  });
});

describe('prices of lists', () => {
  test('cost no call where no list holds', async () => {
    expect((await shownTo({ country: 'CH', currency: 'EUR' }, 'a', 'b')).prices).toEqual([1000, 1000]);
    expect(pricing.pricesAsked).toEqual([]);
  });

  test('are asked for in one call, of those products alone that are not remembered', async () => {
    expect((await shownTo({}, 'a', 'b')).prices).toEqual([700, 700]);
    expect((await shownTo({}, 'b', 'a')).prices).toEqual([700, 700]);
    expect((await shownTo({ currency: 'EUR' }, 'b', 'c')).prices).toEqual([700, 700]);
    expect(pricing.pricesAsked.map(({ goods }) => goods.map(({ variantId }) => variantId))).toEqual([
      ['var_a', 'var_b'],
      ['var_c'],
    ]);
  });

  test('are asked for again of a new version of a product, and in a new edition', async () => {
    await shownTo({}, 'a');
    await priced(catalog(), await offerTo(catalog(), {}), [product('a', 2)]);
    expect(pricing.pricesAsked).toHaveLength(2);
    pricing.current = { ...pricing.current, version: 2 };
    pricing.priceMinor = 600;
    now = shelfTtlMs;
    expect((await shownTo({}, 'a')).prices).toEqual([600]);
  });

  test('of another edition are shown, not remembered, and have the shelf asked for anew', async () => {
    pricing.moved = { version: 2 };
    expect(await shownTo({}, 'a')).toEqual({ prices: [700], until: 5_000 });
    pricing.current = { ...pricing.current, version: 2 };
    pricing.priceMinor = 600;
    expect(await shownTo({}, 'a')).toEqual({ prices: [600], until: null });
  });
});

describe('while pricing does not answer', () => {
  test('the catalogue’s prices are shown for a moment, and pricing is left alone for a while', async () => {
    pricing.mood = 'failing';
    expect(await shownTo({ country: 'DE' }, 'a')).toEqual({ prices: [1000], until: 5_000 });
    await shownTo({ country: 'DE' }, 'a');
    expect(pricing.shelvesAsked).toBe(1);
    pricing.mood = 'well';
    now = silenceMs;
    expect(await shownTo({ country: 'DE' }, 'a')).toEqual({ prices: [700], until: null });
  });

  test('a country keeps the currency that it was last known to be sold to in', async () => {
    await offerTo(catalog(), {});
    pricing.mood = 'failing';
    now = shelfTtlMs;
    expect(await offerTo(catalog(), { country: 'CH' })).toEqual({ currency: 'CHF', listed: null, until: now + 5_000 });
    expect(await shownTo({ country: 'DE' }, 'a')).toEqual({ prices: [1000], until: now + 5_000 });
  });

  test('only what is remembered keeps its list price', async () => {
    await shownTo({}, 'a');
    pricing.mood = 'failing';
    expect(await shownTo({}, 'a')).toEqual({ prices: [700], until: null });
    expect(await shownTo({}, 'a', 'b')).toEqual({ prices: [700, 1000], until: 5_000 });
  });

  test('no page waits for it for ever', async () => {
    vi.useFakeTimers();
    pricing.mood = 'hanging';
    const waiting = shownTo({}, 'a');
    await vi.advanceTimersByTimeAsync(patienceMs);
    expect((await waiting).prices).toEqual([1000]);
    vi.useRealTimers();
  });

  test('settings that it could not look at again are shown for a moment only', async () => {
    pricing.current = { ...pricing.current, ageMs: 60_000 };
    expect((await shownTo({}, 'a')).until).toBe(5_000);
  });
});
