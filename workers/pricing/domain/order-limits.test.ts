/** The least that an order must come to, and the most of a variant that it may hold. */
import { describe, expect, test } from 'vitest';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { MarketDraft } from '../../../shared/contracts/pricing/markets.ts';
import { variantId } from '../testing/quoted-carts.ts';
import { eur, guest, line, promotion, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import { quote } from './quote.ts';
import type { QuoteRequest } from './request.ts';
import type { Market, PricingSettings } from './settings.ts';

const chf = (amount: number) => ({ amount, currency: 'CHF' as const });
const orderMinimums = [eur(2_500), chf(3_000)];
const shippingRates = [shippingRate('parcel', { prices: [eur(490), chf(590)] })];
const items = { variantIds: [], productIds: [], collectionIds: [], tags: [] };
const [hat, mug] = [variantId(1), variantId(2)];
const hats = (quantity: number, lineId = 'hats') =>
  line(lineId, 1_000, quantity, { variantId: hat, tags: ['Rare'], productId: 'prd_hat' });
const mugs = (quantity: number) => line('mugs', 700, quantity, { variantId: mug, productId: 'prd_mug' });

interface Situation {
  readonly offers?: readonly object[];
  readonly market?: Partial<Market>;
  readonly asked?: Partial<QuoteRequest>;
}

function obstacles(lines: readonly QuoteLine[], { offers = [], market, asked }: Situation = {}) {
  const promotions = offers.map((offer, index) => promotion(`p${index}`, offer, { priority: index }));
  const settings: PricingSettings = shop({ promotions, shippingRates }, { orderMinimums, ...market });
  const shown = quoted(settings, request(lines, asked)).orderObstacles ?? [];
  const ordered = quote(settings, request(lines, { ...asked, isForCheckout: true }));
  // A checkout is refused exactly when the cart says so.
  expect(ordered.ok ? null : ordered.refusal.code).toBe(shown[0]?.code ?? null);
  return shown;
}

const below = (subtotalMinor: number, minimumMinor = 2_500) => [
  { code: 'below-order-minimum', minimumMinor, subtotalMinor },
];

describe('an order from 25.00', () => {
  test.each<{ when: string; lines: QuoteLine[]; given?: Situation; expected: readonly object[] }>([
    { when: 'comes to it exactly', lines: [line('a', 2_500)], expected: [] },
    { when: 'misses it by a cent', lines: [line('a', 2_499)], expected: below(2_499) },
    { when: 'would reach it only with shipping', lines: [line('a', 2_400)], expected: below(2_400) },
    { when: 'is empty', lines: [], expected: [] },
    {
      when: 'comes to less after a discount',
      lines: [line('a', 3_000)],
      given: { offers: [{ kind: 'percent-off-order', rate: '0.2' }] },
      expected: below(2_400),
    },
    {
      when: 'would reach it only with a gift',
      lines: [line('a', 2_000), mugs(1)],
      given: { offers: [{ kind: 'gift-item', variantId: mug }] },
      expected: below(2_000),
    },
    {
      when: 'is paid with a gift card',
      lines: [line('a', 2_500)],
      given: { asked: { giftCards: [{ key: 'card', balanceMinor: 2_000 }] } },
      expected: [],
    },
    {
      when: 'consists of downloads too',
      lines: [line('a', 500), line('song', 2_000, 1, { requiresShipping: false })],
      expected: [],
    },
    {
      when: 'is in another currency with its own minimum',
      lines: [line('a', 2_999)],
      given: { asked: { currency: 'CHF' } },
      expected: below(2_999, 3_000),
    },
    {
      when: 'is in a currency without one',
      lines: [line('a', 1)],
      given: { asked: { currency: 'CHF' }, market: { orderMinimums: [eur(2_500)] } },
      expected: [],
    },
  ])('that $when', ({ lines, given = {}, expected }) => {
    expect(obstacles(lines, given)).toEqual(expected);
    const onTop = { pricesIncludeTax: false, rounding: { mode: 'down', level: 'order' } } as const;
    expect(obstacles(lines, { ...given, market: { ...onTop, ...given.market } })).toEqual(expected);
  });

  test('measures whoever is charged no tax like everybody else', () => {
    const asked = { customer: { ...guest, isTaxExempt: true } };
    expect(obstacles([line('a', 2_500)], { asked })).toEqual([]);
    expect(obstacles([line('a', 2_499)], { asked })).toEqual(below(2_499));
  });

  test('is refused at the checkout with what it must come to and what it comes to', () => {
    const answer = quote(shop({}, { orderMinimums }), request([line('a', 2_499)], { isForCheckout: true }));
    expect(answer).toEqual({
      ok: false,
      refusal: {
        code: 'below-order-minimum',
        detail: 'An order comes to 25.00 EUR at least, and this one to 24.99 EUR.',
        errors: [{ pointer: '/lines', detail: 'An order comes to 25.00 EUR at least, and this one to 24.99 EUR.' }],
        minimum: eur(2_500),
        subtotal: eur(2_499),
      },
    });
  });
});

describe('at most so many of a variant', () => {
  const most = (...variantMaximums: Market['variantMaximums']) => ({ market: { orderMinimums: [], variantMaximums } });
  const above = (variant: string, quantity: number, quantityMax: number) => ({
    code: 'above-order-maximum',
    variantId: variant,
    quantity,
    quantityMax,
  });

  test('is refused at the checkout with how many there may be and how many there are', () => {
    const market = most({ items, quantityMax: 2 }).market;
    const detail = 'An order holds at most 2 of this variant, and the cart has 3.';
    const lines = [hats(1), mugs(1), hats(2, 'others')];
    expect(quote(shop({}, market), request(lines, { isForCheckout: true }))).toEqual({
      ok: false,
      refusal: {
        ...above(hat, 3, 2),
        detail,
        errors: [
          { pointer: '/lines/0/quantity', detail },
          { pointer: '/lines/2/quantity', detail },
        ],
      },
    });
  });

  test.each([
    { lines: [hats(2), mugs(2)], expected: [] },
    { lines: [hats(3), mugs(2)], expected: [above(hat, 3, 2)] },
    { lines: [hats(1), hats(2, 'others')], expected: [above(hat, 3, 2)] },
    { lines: [hats(3), mugs(4)], expected: [above(hat, 3, 2), above(mug, 4, 2)] },
  ])('counts each variant over all its lines: $expected', ({ lines, expected }) => {
    expect(obstacles(lines, most({ items, quantityMax: 2 }))).toEqual(expected);
  });

  test.each([
    { items: { ...items, variantIds: [hat] } },
    { items: { ...items, productIds: ['prd_hat'] } },
    { items: { ...items, tags: ['rare'] } },
  ])('of some items leaves the others alone', ({ items: some }) => {
    expect(obstacles([hats(3), mugs(9)], most({ items: some, quantityMax: 2 }))).toEqual([above(hat, 3, 2)]);
  });

  test('takes the smallest of several', () => {
    const few = { items: { ...items, variantIds: [hat] }, quantityMax: 1 };
    const limits = [{ items, quantityMax: 5 }, few, { items, quantityMax: 3 }] as const;
    expect(obstacles([hats(2), mugs(4)], most(...limits))).toEqual([above(hat, 2, 1), above(mug, 4, 3)]);
    expect(obstacles([hats(1), mugs(3)], most(...limits))).toEqual([]);
  });

  test('comes after the minimum', () => {
    const both = { market: { orderMinimums, variantMaximums: [{ items, quantityMax: 1 }] } };
    expect(obstacles([hats(2)], both)).toEqual([...below(2_000), above(hat, 2, 1)]);
  });
});

test('a market takes any order until it is told otherwise', () => {
  const draft = { name: 'VAT', countries: ['DE'], currencies: ['EUR'], taxRate: '0.19', pricesIncludeTax: true };
  expect(MarketDraft.parse(draft)).toMatchObject({ orderMinimums: [], variantMaximums: [] });
  const { error } = MarketDraft.safeParse({
    ...draft,
    orderMinimums: [eur(1), eur(2)],
    variantMaximums: [{ quantityMax: 0 }],
  });
  expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['orderMinimums', 'variantMaximums.0.quantityMax']);
});
