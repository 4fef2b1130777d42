/** What a merchant may change, and what stays true after it. */

import { describe, expect, test } from 'vitest';
import type { MarketDraft, ShippingRateDraft } from '../../../shared/contracts/pricing/markets.ts';
import { noSuch, refuse } from '../../../shared/values/result.ts';
import { changed, type Edit, removeRow } from './edit.ts';
import { marketEdits, shippingRateEdits } from './edit-markets.ts';
import type { PricingSettings } from './settings.ts';

const draft: MarketDraft = {
  name: 'Japan',
  countries: ['JP'],
  currencies: ['JPY'],
  taxRate: '0.10',
  pricesIncludeTax: true,
  rounding: { mode: 'down', level: 'order' },
  shippingTax: 'standard',
  hasReverseCharge: false,
  orderMinimums: [],
  variantMaximums: [],
  isDefault: false,
  isFallback: false,
};
const always = () => true;
const never = () => false;

const given: PricingSettings = {
  version: 4,
  changedAt: 0,
  markets: [
    { id: 'de', ...draft, name: 'Germany', countries: ['DE'], currencies: ['EUR'], isDefault: true, version: 1 },
    { id: 'world', ...draft, name: 'World', countries: [], currencies: ['EUR'], isFallback: true, version: 3 },
  ],
  promotions: [],
  priceLists: [],
  taxRates: [],
  paymentMethods: [],
  shippingRates: [
    {
      id: 'std',
      marketId: 'de',
      name: 'Standard',
      prices: [{ amount: 490, currency: 'EUR' }],
      freeFrom: [],
      version: 2,
    },
  ],
};

function settingsAfter<Value>(edit: Edit<Value>): PricingSettings {
  if (!edit.ok) throw new Error(edit.refusal.code);
  return changed(given, edit.value, 1);
}

describe('markets', () => {
  test('a new one is found in the next version of the settings', () => {
    const next = settingsAfter(marketEdits.add(given, 'jp', draft));
    expect(next.version).toBe(5);
    expect(next.markets.map((market) => market.id)).toEqual(['de', 'jp', 'world']);
  });

  test('a country of another market is refused by name', () => {
    const result = marketEdits.add(given, 'jp', { ...draft, countries: ['JP', 'DE'] });
    expect(result).toEqual({ ok: false, refusal: { code: 'country-taken', country: 'DE', marketId: 'de' } });
  });

  test('a new default takes the place of the old one', () => {
    const next = settingsAfter(marketEdits.add(given, 'jp', { ...draft, isDefault: true }));
    expect(next.markets.map(({ id, isDefault, version }) => ({ id, isDefault, version }))).toEqual([
      { id: 'de', isDefault: false, version: 2 },
      { id: 'jp', isDefault: true, version: 1 },
      { id: 'world', isDefault: false, version: 3 },
    ]);
  });

  test('the default cannot simply cease to be it', () => {
    expect(marketEdits.change(given, 'de', { isDefault: false }, always)).toMatchObject({
      refusal: { code: 'default-market-needed' },
    });
  });

  test('a market that names no country is refused unless it is the fallback', () => {
    expect(marketEdits.add(given, 'xx', { ...draft, countries: [] })).toMatchObject({
      refusal: { errors: [{ pointer: '/countries' }] },
    });
    expect(marketEdits.change(given, 'world', { isDefault: true }, always)).toMatchObject({
      refusal: { code: 'invalid-input' },
    });
    expect(marketEdits.change(given, 'world', { isFallback: false }, always)).toMatchObject({
      refusal: { code: 'invalid-input' },
    });
    expect(marketEdits.add(given, 'xx', { ...draft, isFallback: true })).toMatchObject({
      refusal: { errors: [{ pointer: '/isFallback' }] },
    });
  });

  test('a change keeps what it does not name and raises the version', () => {
    const next = settingsAfter(marketEdits.change(given, 'de', { taxRate: '0.16' }, always));
    expect(next.markets[0]).toEqual({ ...given.markets[0], taxRate: '0.16', version: 2 });
  });

  test('a change of an older version is refused with the current one', () => {
    expect(marketEdits.change(given, 'de', { name: 'D' }, never)).toEqual({
      ok: false,
      refusal: { code: 'precondition-failed', version: 1 },
    });
  });

  test('a change of what is not there is not found', () => {
    expect(marketEdits.change(given, 'nope', {}, always)).toEqual(refuse(noSuch('market')));
  });
});

describe('shipping rates', () => {
  const rate: ShippingRateDraft = {
    marketId: 'world',
    name: 'Ship',
    prices: [{ amount: 1, currency: 'EUR' }],
    freeFrom: [],
    kind: 'delivery',
    zones: [],
    profiles: [],
    weightMaxGrams: null,
    steps: [],
    subtotalCounts: 'after-discounts',
  };

  test('a new one belongs to a market that exists', () => {
    expect(settingsAfter(shippingRateEdits.add(given, 'new', rate)).shippingRates).toHaveLength(2);
    expect(shippingRateEdits.add(given, 'new', { ...rate, marketId: 'nope' })).toMatchObject({
      refusal: { errors: [{ pointer: '/marketId' }] },
    });
  });

  test('a change keeps what it does not name', () => {
    const next = settingsAfter(shippingRateEdits.change(given, 'std', { name: 'Post' }, always));
    expect(next.shippingRates).toEqual([{ ...given.shippingRates[0], name: 'Post', version: 3 }]);
  });

  test('a removed one is gone', () => {
    expect(settingsAfter(removeRow(given, 'shippingRates', 'std', always)).shippingRates).toEqual([]);
    expect(removeRow(given, 'shippingRates', 'std', never)).toMatchObject({ refusal: { code: 'precondition-failed' } });
    expect(removeRow(given, 'shippingRates', 'nope', always)).toMatchObject({ refusal: { code: 'not-found' } });
  });
});
