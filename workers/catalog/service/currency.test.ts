/** The currency of a country comes from the merchant's markets, and browsing never depends on it. */
import { expect, test } from 'vitest';
import type { PricingApi } from '../../../shared/contracts/pricing.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import { ShortCache } from '../../../shared/values/short-cache.ts';
import { currencyOfCountry } from './currency.ts';

function shop(market: PricingApi['market']) {
  const asked: unknown[] = [];
  const clock = { now: 0 };
  const catalog = {
    pricing: {
      market: (wish: Parameters<typeof market>[0]) => {
        asked.push(wish);
        return market(wish);
      },
    },
    currencies: new ShortCache<'EUR' | 'CHF' | null>({ ttlMs: 5_000, sizeMax: 10 }),
    now: () => clock.now,
  };
  return { asked, clock, currencyOf: (country: string) => currencyOfCountry(catalog, country) };
}

test('is the one of its market, asked once in five seconds', async () => {
  let currency: 'EUR' | 'CHF' = 'EUR';
  const { asked, clock, currencyOf } = shop(async () => accept({ marketId: 'mkt_1', country: 'CH', currency }));
  expect(await currencyOf('CH')).toBe('EUR');
  currency = 'CHF';
  clock.now = 4_999;
  expect(await currencyOf('CH')).toBe('EUR');
  clock.now = 5_000;
  expect(await currencyOf('CH')).toBe('CHF');
  expect(asked).toEqual([
    { country: 'CH', currency: null },
    { country: 'CH', currency: null },
  ]);
});

test('is none where nothing is sold, and that is remembered too', async () => {
  const { asked, currencyOf } = shop(async () =>
    refuse({ code: 'unknown-market', country: 'AQ', currency: null, detail: 'Nothing is sold there.' }),
  );
  expect([await currencyOf('AQ'), await currencyOf('AQ'), asked.length]).toEqual([null, null, 1]);
});

test('is none while pricing does not answer, and asked again at once', async () => {
  const answers = [
    () => Promise.reject(new Error('away')),
    async () => accept({ marketId: 'm', country: 'DE', currency: 'EUR' as const }),
  ];
  const { currencyOf } = shop(() => (answers.shift() ?? (() => Promise.reject(new Error('asked thrice'))))());
  expect([await currencyOf('DE'), await currencyOf('DE'), await currencyOf('DE')]).toEqual([null, 'EUR', 'EUR']);
});
