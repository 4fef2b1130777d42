/** Who gets which market. */
import { describe, expect, test } from 'vitest';
import type { MarketOutline } from '../contracts/pricing/shelf.ts';
import { chooseMarket } from './markets.ts';

function market(id: string, changes: Partial<MarketOutline>): MarketOutline {
  return {
    id,
    name: id,
    countries: [],
    currencies: ['EUR'],
    isDefault: false,
    isFallback: false,
    ...changes,
  };
}

const world = market('a-world', { isFallback: true, currencies: ['EUR', 'USD', 'CHF'] });
const france = market('b-france', { countries: ['FR', 'MC'] });
const germany = market('c-germany', { countries: ['DE'], isDefault: true });
const states = market('d-states', { countries: ['US'], currencies: ['USD'] });
const all = { markets: [world, france, germany, states] };

describe('a wish for a market', () => {
  test.each([
    { country: null, currency: null, marketId: 'c-germany', gets: ['DE', 'EUR'] },
    { country: 'FR', currency: null, marketId: 'b-france', gets: ['FR', 'EUR'] },
    { country: 'MC', currency: 'EUR', marketId: 'b-france', gets: ['MC', 'EUR'] },
    { country: null, currency: 'EUR', marketId: 'c-germany', gets: ['DE', 'EUR'] },
    { country: null, currency: 'USD', marketId: 'd-states', gets: ['US', 'USD'] },
    { country: 'JP', currency: null, marketId: 'a-world', gets: ['JP', 'EUR'] },
    { country: 'JP', currency: 'USD', marketId: 'a-world', gets: ['JP', 'USD'] },
  ])('for $country in $currency leads to $marketId', ({ country, currency, marketId, gets }) => {
    expect(chooseMarket(all, { country, currency })).toMatchObject({
      ok: true,
      value: { marketId, country: gets[0], currency: gets[1] },
    });
  });

  test.each([
    { country: 'US', currency: 'EUR', detail: /sells in USD, not in EUR/, available: ['USD'] },
    { country: 'DE', currency: 'XXX', detail: /not in XXX/, available: ['EUR'] },
  ])('for $country in $currency is refused with what is sold there', ({ country, currency, detail, available }) => {
    expect(chooseMarket(all, { country, currency })).toEqual({
      ok: false,
      refusal: {
        code: 'currency-not-in-market',
        country,
        currency,
        detail: expect.stringMatching(detail),
        available,
      },
    });
  });

  test.each([
    { country: null, currency: 'GBP', detail: /Nothing is sold in GBP/ },
    { country: null, currency: 'CHF', detail: /say which one/ },
  ])('for $country in $currency is refused with the reason', ({ country, currency, detail }) => {
    expect(chooseMarket(all, { country, currency })).toEqual({
      ok: false,
      refusal: { code: 'unknown-market', country, currency, detail: expect.stringMatching(detail) },
    });
  });

  test('for a country that nobody names is refused where there is no fallback market', () => {
    const result = chooseMarket({ markets: [germany] }, { country: 'JP', currency: null });
    expect(result).toMatchObject({ ok: false, refusal: { code: 'unknown-market', detail: 'Nothing is sold to JP.' } });
  });
});
