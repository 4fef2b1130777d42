/** From answers to writes: each plan is done in its order by pricing's own rules, and leaves nothing to do. */
import { describe, expect, test } from 'vitest';
import { Answers } from './answers.ts';
import { afterAll, freshShop, rateRow } from './modelled-shop.ts';
import { planOf } from './plan.ts';
import { answersOf, type ShopState } from './state.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const germany = { name: 'Germany', countries: ['DE'], currencies: ['EUR'], pricesIncludeTax: true, taxRate: '0.19' };

function done(state: ShopState, given: object) {
  const answers = Answers.parse(given);
  const plan = planOf(state, answers);
  expect(plan.faults).toEqual([]);
  const after = afterAll(state, plan.writes);
  expect(planOf(after, answers).writes).toEqual([]);
  return { after, what: plan.writes.map(({ what }) => what), plan };
}

describe('answers that the shop fits already', () => {
  test('write nothing, whether they say little or all', () => {
    const state = freshShop();
    expect(planOf(state, {}).writes).toEqual([]);
    expect(planOf(state, Answers.parse(answersOf(state))).writes).toEqual([]);
    expect(done(state, { markets: [germany] }).what).toEqual([]);
  });

  test('are taken for so in any order of countries and amounts', () => {
    const { after } = done(freshShop(), {
      markets: [
        {
          ...germany,
          currencies: ['EUR', 'USD'],
          shipping: [{ name: 'Standard', prices: [{ amount: 1, currency: 'USD' }, euros(2)] }],
        },
      ],
    });
    const again = Answers.parse(answersOf(after));
    const turned = {
      ...again,
      markets: again.markets?.map((market) => ({
        ...market,
        countries: market.countries.toReversed(),
        shipping: (market.shipping ?? []).map((rate) => ({ ...rate, prices: rate.prices.toReversed() })),
      })),
    };
    expect(planOf(after, turned).writes).toEqual([]);
  });
});

describe('a home market', () => {
  test('that is there is changed only where it differs', () => {
    const { plan, after } = done(freshShop(), { markets: [{ ...germany, taxRate: '0.07' }] });
    expect(plan.writes).toMatchObject([
      { method: 'PATCH', body: { taxRate: '0.07' }, version: 1, changes: ['taxRate: 0.19 → 0.07'] },
    ]);
    expect(after.markets[0]).toMatchObject({ taxRate: '0.07', isDefault: true });
  });

  test('elsewhere takes over from the one before', () => {
    const { after } = done(freshShop(), {
      markets: [{ ...germany, name: 'Austria', countries: ['AT'], taxRate: '0.20' }],
    });
    expect(after.markets.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['Austria']);
  });

  test('of a country without a market is opened, with its shipping', () => {
    const shipping = [{ name: 'Post', prices: [{ amount: 790, currency: 'CHF' }] }];
    const swiss = {
      name: 'Schweiz',
      countries: ['CH', 'LI'],
      currencies: ['CHF'],
      pricesIncludeTax: true,
      taxRate: '0.081',
      shipping,
    };
    const { after, what } = done(freshShop(), { markets: [swiss] });
    expect(what).toEqual(['open the market Schweiz', 'add the shipping rate Post to Schweiz']);
    const market = after.markets.find(({ name }) => name === 'Schweiz');
    expect(market?.isDefault).toBe(true);
    expect(after.shippingRates.filter(({ marketId }) => marketId === market?.id)).toMatchObject([{ name: 'Post' }]);
  });
});

describe('a country that another market has', () => {
  test('is taken from it first, where something is left there', () => {
    const { after, what } = done(freshShop(), { markets: [{ ...germany, countries: ['DE', 'MC'] }] });
    expect(what[0]).toBe('take MC out of the market France');
    expect(after.markets.map(({ countries }) => countries)).toEqual([['DE', 'MC'], ['AT'], ['FR'], []]);
  });

  test('is a fault of its field where nothing would be left', () => {
    const { faults } = planOf(freshShop(), Answers.parse({ markets: [{ ...germany, countries: ['DE', 'AT'] }] }));
    expect(faults).toMatchObject([{ pointer: '/markets/0/countries/1' }]);
    expect(faults[0]?.detail).toContain('Austria');
  });

  test('is parted from its market into one of its own', () => {
    const monaco = { ...germany, name: 'Monaco', countries: ['MC'] };
    const france = { ...germany, name: 'France', countries: ['FR'], taxRate: '0.21' };
    for (const markets of [
      [germany, monaco],
      [germany, monaco, france],
    ])
      done(freshShop(), { markets });
    const { after } = done(freshShop(), { markets: [germany, france, monaco] });
    expect(after.markets.map(({ name, countries }) => [name, countries.join()])).toContainEqual(['Monaco', 'MC']);
    expect(after.markets.find(({ name }) => name === 'France')?.countries).toEqual(['FR']);
  });
});

test('the mark of the fallback moves without a version that nobody expects', () => {
  const swiss = { ...germany, name: 'Schweiz', countries: ['CH'], isFallback: true };
  const rest = { ...germany, name: 'Rest', countries: ['NO'], taxRate: '0.25' };
  const withCountries = done(freshShop(), { markets: [germany, { ...rest, countries: [], isFallback: true }] }).after;
  expect(withCountries.markets.find(({ isFallback }) => isFallback)?.name).toBe('Rest');
  const stranded = planOf(withCountries, Answers.parse({ markets: [germany, swiss] }));
  // The rest of the world names no country, so the shop itself refuses to make it a market like any other.
  expect(() => afterAll(withCountries, stranded.writes)).toThrow('/isFallback');
});

test('a home market that is no longer the fallback is changed at the version that it then has', () => {
  const state = freshShop();
  const markets = state.markets.slice(0, 2).map((market) => ({ ...market, isFallback: market.isDefault }));
  const austria = { ...germany, name: 'Austria', countries: ['AT'], isFallback: true };
  const { after } = done({ ...state, markets }, { markets: [{ ...germany, taxRate: '0.07' }, austria] });
  expect(after.markets.map(({ isDefault, isFallback }) => [isDefault, isFallback])).toEqual([
    [true, false],
    [false, true],
  ]);
});

describe('shipping', () => {
  test('is known by its name: changed, added, and removed where it is not named', () => {
    const state = freshShop();
    const express = rateRow(9, state.markets[0]?.id ?? '', {
      name: 'Express',
      steps: [{ fromGrams: 5_000, prices: [euros(1)] }],
    });
    const shipping = [
      { name: 'Standard', prices: [euros(590)], freeFrom: [euros(5000)] },
      { name: 'Abholung', kind: 'pickup', prices: [euros(0)] },
    ];
    const { what, after } = done(
      { ...state, shippingRates: [...state.shippingRates, express] },
      { markets: [{ ...germany, shipping }] },
    );
    expect(what).toEqual([
      'change the shipping rate Standard of Germany',
      'add the shipping rate Abholung to Germany',
      'remove the shipping rate Express of Germany',
    ]);
    expect(after.shippingRates).toHaveLength(5);
  });

  test('keeps the rules that an answer does not name', () => {
    const state = freshShop();
    const heavy = rateRow(1, state.markets[0]?.id ?? '', {
      weightMaxGrams: 30_000,
      steps: [{ fromGrams: 5_000, prices: [euros(990)] }],
    });
    const shippingRates = [heavy, ...state.shippingRates.slice(1)];
    const { after } = done(
      { ...state, shippingRates },
      { markets: [{ ...germany, shipping: [{ name: 'Standard', prices: [euros(690)] }] }] },
    );
    expect(after.shippingRates[0]).toMatchObject({
      weightMaxGrams: 30_000,
      prices: [euros(690)],
      steps: [{ fromGrams: 5_000 }],
    });
  });

  test('of markets that are not named stays, or is closed', () => {
    expect(done(freshShop(), { markets: [germany], otherMarkets: 'keep' }).after.shippingRates).toHaveLength(4);
    const { after } = done(freshShop(), { markets: [germany], otherMarkets: 'close' });
    expect(after.shippingRates.map(({ marketId }) => marketId)).toEqual([after.markets[0]?.id]);
  });
});

describe('taxes', () => {
  test('are known by name, class and place, and removed where they are not named', () => {
    const row = (name: string, rate: string, more: object = {}) => ({ name, rate, zone: { country: 'DE' }, ...more });
    const first = done(freshShop(), {
      taxes: [row('MwSt', '0.19'), row('ermäßigt', '0.07', { taxClass: 'reduced' })],
    }).after;
    const { what, after } = done(first, { taxes: [row('ermäßigt', '0.05', { taxClass: 'reduced' })] });
    expect(what).toEqual(['change the tax rate ermäßigt (DE, reduced)', 'remove the tax rate MwSt (DE, standard)']);
    expect(after.taxRates).toMatchObject([{ name: 'ermäßigt', rate: '0.05' }]);
  });

  test('stay as they are without an answer', () => {
    const { after } = done(freshShop(), { taxes: [{ name: 'MwSt', rate: '0.19', zone: { country: 'DE' } }] });
    expect(done(after, { markets: [germany] }).after.taxRates).toHaveLength(1);
  });
});

test('ways to pay that are named are changed in one write, and all others stay', () => {
  const payment = [
    { id: 'manual', isEnabled: true },
    { id: 'cash-on-delivery', provider: 'manual', name: 'Nachnahme', shipsUnpaid: true },
  ];
  const { plan, after } = done(freshShop(), { payment });
  expect(plan.writes).toHaveLength(1);
  expect(after.payment.methods.map(({ id, isEnabled }) => [id, isEnabled])).toEqual([
    ['card', true],
    ['test-card', true],
    ['manual', true],
    ['cash-on-delivery', true],
  ]);
});

test('who the shop is and whom its e-mails come from is one write', () => {
  const shop = { name: 'متجر الورد', contactEmail: 'hello@shop.example' };
  const { plan, after } = done(freshShop(), { shop, mail: { from: { address: 'orders@shop.example' } } });
  expect(plan.writes).toMatchObject([{ method: 'PATCH', path: '/admin/v1/shop', version: 0 }]);
  expect(after.profile.mailFrom).toEqual({ name: null, address: 'orders@shop.example' });
});
