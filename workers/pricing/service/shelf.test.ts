/** The desk for pages: when it asks the database, and for how much at once. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ListPrice } from '../../../shared/contracts/pricing/price-lists.ts';
import type { PricingSettings } from '../domain/settings.ts';
import type { WantedPrices } from '../store/list-prices.ts';
import { now, priceList, shop } from '../testing/settings.ts';
import { PriceMemory } from './price-memory.ts';
import { checkEveryMs, SettingsMemory, staleMaxMs } from './settings-memory.ts';
import { ShelfDesk, shelfStaleMaxMs } from './shelf.ts';

const tea: ListPrice = { variantId: 'var_tea', currency: 'EUR', amount: 900, compareAtAmount: 1000, tiers: [] };
const goods = ['var_tea', 'var_cup'].map((variantId) => ({ variantId, priceMinor: 1000 }));
const asked = { marketId: 'mkt_de', currency: 'EUR' as const, goods };

class Source {
  settings: PricingSettings = shop({ priceLists: [priceList('plt_1', { endsAt: new Date(now + 1).toISOString() })] });
  isDown = false;
  versionsAsked = 0;
  readonly pricesAsked: WantedPrices[] = [];

  async version() {
    this.versionsAsked += 1;
    if (this.isDown) throw new Error('D1 is down');
    return this.settings.version;
  }
  load = async () => this.settings;
  async listPrices(wanted: WantedPrices) {
    this.pricesAsked.push(wanted);
    return [{ listId: 'plt_1', price: tea }];
  }
}

let source: Source;
let desk: ShelfDesk;
const momentAt = (offsetMs: number) => ({ now: now + offsetMs, later: () => undefined, report: () => undefined });
const shelfAt = (offsetMs: number) => desk.shelf(source, momentAt(offsetMs));

beforeEach(() => {
  source = new Source();
  desk = new ShelfDesk(new SettingsMemory(), new PriceMemory());
});

describe('prices of the shelf', () => {
  test('are fetched in one query for all goods, and then remembered until their lists change', async () => {
    const first = await desk.prices(source, asked, momentAt(0));
    expect(first).toEqual({
      version: 7,
      until: now + 1,
      prices: [{ priceMinor: 900, compareAtMinor: 1000, tiers: [] }, null],
    });
    expect(await desk.prices(source, asked, momentAt(0))).toEqual(first);
    expect(source.pricesAsked).toMatchObject([{ variantIds: ['var_tea', 'var_cup'], currency: 'EUR' }]);
  });

  test('are the catalogue’s after the last list has ended, and in a market that is gone', async () => {
    expect(await desk.prices(source, asked, momentAt(1))).toEqual({ version: 7, until: null, prices: [null, null] });
    const gone = await desk.prices(source, { ...asked, marketId: 'mkt_gone' }, momentAt(0));
    expect(gone.prices).toEqual([null, null]);
    expect(source.pricesAsked).toEqual([]);
  });
});

describe('the shelf', () => {
  test('is told with the age of the settings, and waits for newer ones sooner than a cart does', async () => {
    expect(shelfStaleMaxMs).toBeLessThan(staleMaxMs);
    expect(await shelfAt(0)).toMatchObject({
      version: 7,
      until: now + 1,
      ageMs: 0,
      markets: [{ listsTag: expect.stringMatching(/^plt_/) }],
    });
    expect(await shelfAt(checkEveryMs - 1)).toMatchObject({ version: 7, ageMs: checkEveryMs - 1 });
    source.settings = { ...source.settings, version: 8 };
    expect(await shelfAt(shelfStaleMaxMs)).toMatchObject({ version: 8, ageMs: 0, markets: [{ listsTag: '' }] });
  });

  test('says that it is old where the database does not answer', async () => {
    await shelfAt(0);
    source.isDown = true;
    expect(await shelfAt(shelfStaleMaxMs)).toMatchObject({ version: 7, ageMs: shelfStaleMaxMs });
    expect(source.versionsAsked).toBe(1);
  });
});
