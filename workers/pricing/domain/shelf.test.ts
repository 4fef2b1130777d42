/** What pages are told of price lists is what a quote of the same goods says to a stranger. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListPrice, PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { bookOf, line, now, priceList, quoted, request, shop } from '../testing/settings.ts';
import { editionOf, listsOnShelf, shelfMarketsOf, shelfPricesOf } from './shelf.ts';

const iso = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const entry = (variantId: string, changes: Partial<ListPrice> = {}): ListPrice => ({
  variantId,
  currency: 'EUR',
  amount: 1500,
  compareAtAmount: null,
  tiers: [],
  ...changes,
});

const variantIds = ['var_cup', 'var_pot', 'var_tea'];
const amounts = fc.integer({ min: 0, max: 100_000 });
const moments = fc.option(fc.constantFrom(-2_000, -1, 0, 1, 2_000).map(iso));
const lists = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 3 }),
      isActive: fc.boolean(),
      marketIds: fc.constantFrom<string[]>([], ['mkt_de'], ['mkt_fr']),
      customerGroups: fc.constantFrom<string[]>([], ['vip']),
      adjustment: fc.option(
        fc.record({
          direction: fc.constantFrom('down' as const, 'up' as const),
          rate: fc.constantFrom('0.15', '0.333', '1'),
        }),
      ),
      startsAt: moments,
      endsAt: moments,
      entries: fc.uniqueArray(
        fc.record({
          variantId: fc.constantFrom(...variantIds),
          currency: fc.constantFrom('EUR' as const, 'CHF' as const),
          amount: amounts,
          compareAtAmount: fc.option(amounts),
          tiers: fc.array(fc.record({ minQuantity: fc.integer({ min: 2, max: 6 }), amount: amounts }), {
            maxLength: 4,
          }),
        }),
        { selector: ({ variantId, currency }) => `${variantId} ${currency}` },
      ),
    }),
    { maxLength: 4 },
  )
  .map((drafts) => drafts.map(({ entries, ...draft }, index) => ({ list: draft, id: `plt_${index}`, entries })));

test('one piece costs on the shelf what it is quoted at, and so does each of more', () => {
  const quantities = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(lists, fc.tuple(amounts, amounts, amounts), quantities, (drafts, catalogue, quantity) => {
      const settings = shop({ priceLists: drafts.map(({ id, list }) => ({ ...priceList(id), ...list })) });
      const book = bookOf(Object.fromEntries(drafts.map(({ id, entries }) => [id, entries])));
      const goods = variantIds.map((variantId, index) => ({ variantId, priceMinor: catalogue[index] ?? 0 }));
      const [market] = settings.markets;
      if (market === undefined) throw new Error('The shop has a market');
      const shelf = shelfPricesOf(goods, listsOnShelf(settings, 'mkt_de', now), book, { currency: 'EUR', market });
      const lines = goods.map(({ variantId, priceMinor }) => line(variantId, priceMinor, quantity, { variantId }));
      const cart = quoted(settings, request(lines), { book });
      const shown = shelf.map((price, index) => {
        if (price === null) return [catalogue[index], null, false];
        const reached = price.tiers.filter(({ minQuantity }) => minQuantity <= quantity).at(-1);
        return [reached?.priceMinor ?? price.priceMinor, price.compareAtMinor, true];
      });
      expect(shown).toEqual(
        cart.lines.map(({ unitPriceMinor, compareAtMinor, priceListId }) => [
          unitPriceMinor,
          compareAtMinor,
          priceListId !== null,
        ]),
      );
    }),
  );
});

describe('the shelf of a market', () => {
  test.each([
    ['a list with entries', {}, true],
    ['a list that adjusts', { pricesVersion: 0, adjustment: { direction: 'down', rate: '0.1' } }, true],
    ['a list of the market', { marketIds: ['mkt_de'] }, true],
    ['a list that says nothing', { pricesVersion: 0 }, false],
    ['a list of another market', { marketIds: ['mkt_fr'] }, false],
    ['a list for a group', { customerGroups: ['vip'] }, false],
    ['a list that is switched off', { isActive: false }, false],
    ['a list that begins later', { startsAt: iso(1) }, false],
    ['a list that has ended', { endsAt: iso(0) }, false],
  ] satisfies [string, Partial<PriceList>, boolean][])('with %s', (_, changes, expected) => {
    const settings = shop({ priceLists: [{ ...priceList('plt_1'), ...changes }] });
    expect(shelfMarketsOf(settings, now).map((market) => market.listsTag !== '')).toEqual([expected]);
  });

  test('is empty without lists', () => {
    expect(shelfMarketsOf(shop(), now)).toMatchObject([{ id: 'mkt_de', listsTag: '' }]);
  });
});

describe('an edition', () => {
  const untilOf = (...changes: Partial<PriceList>[]) =>
    editionOf(shop({ priceLists: changes.map((change, index) => ({ ...priceList(`plt_${index}`), ...change })) }), now)
      .until;

  test('lasts until the next list begins or ends', () => {
    expect(untilOf()).toBeNull();
    expect(untilOf({ startsAt: iso(-5), endsAt: iso(0) })).toBeNull();
    expect(untilOf({ startsAt: iso(-5), endsAt: iso(9) }, { startsAt: iso(7), endsAt: null })).toBe(now + 7);
    expect(untilOf({ startsAt: iso(7) }, { startsAt: iso(8), endsAt: iso(9) })).toBe(now + 7);
  });

  test('knows nothing of lists that no stranger sees', () => {
    expect(untilOf({ endsAt: iso(5), customerGroups: ['vip'] })).toBeNull();
    expect(untilOf({ endsAt: iso(5), isActive: false })).toBeNull();
    expect(untilOf({ endsAt: iso(5), marketIds: ['mkt_gone'] })).toBeNull();
  });

  test('prices a tier that is named twice as a quote does', () => {
    const settings = shop({ priceLists: [priceList('plt_1')] });
    const tiers = [
      { minQuantity: 5, amount: 700 },
      { minQuantity: 3, amount: 900 },
      { minQuantity: 3, amount: 800 },
    ];
    const [market] = settings.markets;
    if (market === undefined) throw new Error('The shop has a market');
    const book = bookOf({ plt_1: [entry('var_cup', { tiers })] });
    const goods = [{ variantId: 'var_cup', priceMinor: 2000 }];
    expect(shelfPricesOf(goods, settings.priceLists ?? [], book, { currency: 'EUR', market })).toEqual([
      {
        priceMinor: 1500,
        compareAtMinor: null,
        tiers: [
          { minQuantity: 3, priceMinor: 900 },
          { minQuantity: 5, priceMinor: 700 },
        ],
      },
    ]);
  });
});
