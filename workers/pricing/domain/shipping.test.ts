/** How a cart can be sent, for how much, and what happens where it cannot. */
import { describe, expect, test } from 'vitest';
import { ShippingRateDraft } from '../../../shared/contracts/pricing/markets.ts';
import { eur, line, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import { quote } from './quote.ts';
import type { QuoteRequest } from './request.ts';

const cup = line('cup', 1000, 1, { weightGrams: 400 });
const offered = (changes: object, lines = [cup], asked: Partial<QuoteRequest> = {}) =>
  quoted(shop({ shippingRates: [shippingRate('parcel', changes)] }), request(lines, asked)).shippingOptions.map(
    ({ priceMinor }) => priceMinor,
  );

describe('a shipping rate', () => {
  test.each([
    { quantity: 2, price: 490 },
    { quantity: 3, price: 700 },
    { quantity: 12, price: 700 },
    { quantity: 13, price: 1500 },
  ])('by weight costs $price for $quantity of 400 g', ({ quantity, price }) => {
    const steps = [
      { fromGrams: 1200, prices: [eur(700)] },
      { fromGrams: 5001, prices: [eur(1500)] },
    ];
    expect(offered({ steps }, [{ ...cup, quantity }])).toEqual([price]);
  });

  test.each([
    { quantity: 4, price: 490 },
    { quantity: 5, price: 200 },
    { quantity: 10, price: 0 },
  ])('by subtotal costs $price for $quantity of 10.00', ({ quantity, price }) => {
    const steps = [{ fromSubtotals: [eur(5000)], prices: [eur(200)] }];
    expect(offered({ steps, freeFrom: [eur(10_000)] }, [{ ...cup, quantity }])).toEqual([price]);
  });

  test('acts by where its steps begin, not by the order in which they were named', () => {
    const heavy = { fromGrams: 1200, fromSubtotals: [], prices: [eur(700)] };
    const heavier = { fromGrams: 5001, fromSubtotals: [], prices: [eur(1500)] };
    expect(offered({ steps: [heavier, heavy] }, [{ ...cup, quantity: 13 }])).toEqual([1500]);
    // A weight is no more and no less than a subtotal: the later one counts.
    const dear = { fromGrams: 0, fromSubtotals: [eur(5000)], prices: [eur(0)] };
    expect(offered({ steps: [heavier, dear] }, [{ ...cup, quantity: 13 }])).toEqual([0]);
    // Kept from before two that begin alike were refused: the first counts.
    const kept = { ...shippingRate('parcel', {}), steps: [heavy, { ...heavy, prices: [eur(1)] }] };
    const answer = quoted(shop({ shippingRates: [kept] }), request([{ ...cup, quantity: 3 }]));
    expect(answer.shippingMinor).toBe(700);
  });

  test('is refused with two steps that begin alike', () => {
    const begins = (fromGrams: number, ...fromSubtotals: number[]) => ({
      fromGrams,
      fromSubtotals: fromSubtotals.map(eur),
      prices: [eur(1)],
    });
    const draft = { marketId: `mkt_${'0'.repeat(26)}`, name: 'Parcel', prices: [eur(1)] };
    const steps = [begins(5), begins(5, 9), begins(6, 9), begins(5), begins(6, 9)];
    const { error } = ShippingRateDraft.safeParse({ ...draft, steps });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['steps.3', 'steps.4']);
  });

  test.each([
    { postalCode: '27498', isOffered: true },
    { postalCode: '27499', isOffered: false },
    { postalCode: null, isOffered: false },
  ])('of a zone serves $postalCode: $isOffered', ({ postalCode, isOffered }) => {
    const zones = [{ country: 'DE', postalCodes: [{ from: '01000', to: '27498' }] }];
    expect(offered({ zones }, [cup], { address: { region: null, postalCode } })).toHaveLength(isOffered ? 1 : 0);
  });

  test('carries only what fits its profiles, and nothing heavier than it can', () => {
    const sofa = { ...cup, lineId: 'sofa', shippingProfile: 'bulky' };
    expect(offered({ profiles: ['default'] }, [cup])).toHaveLength(1);
    expect(offered({ profiles: ['default'] }, [cup, sofa])).toHaveLength(0);
    expect(offered({ profiles: ['default', 'bulky'] }, [cup, sofa])).toHaveLength(1);
    expect(offered({ weightMaxGrams: 400 })).toHaveLength(1);
    expect(offered({ weightMaxGrams: 399 })).toHaveLength(0);
  });

  test('for fetching the goods is offered, and taken only when it was chosen or the market never delivers', () => {
    const fetch = shippingRate('fetch', { kind: 'pickup', prices: [eur(0)] });
    const both = shop({ shippingRates: [fetch, shippingRate('parcel', {})] });
    expect(quoted(both, request([cup])).shippingOptions.map(({ id, isPickup }) => [id, isPickup])).toEqual([
      ['fetch', true],
      ['parcel', undefined],
    ]);
    expect(quoted(both, request([cup])).shippingOptionId).toBe('parcel');
    expect(quoted(both, request([cup], { shippingOptionId: 'fetch' })).shippingMinor).toBe(0);
    expect(quoted(shop({ shippingRates: [fetch] }), request([cup])).shippingOptionId).toBe('fetch');
    const elsewhere = shippingRate('parcel', { zones: [{ country: 'FR', region: null, postalCodes: [] }] });
    expect(quoted(shop({ shippingRates: [elsewhere, fetch] }), request([cup]))).toMatchObject({
      shippingOptionId: null,
      isUnshippable: true,
      shippingOptions: [{ id: 'fetch' }],
    });
  });
});

describe('an address that nothing can be sent to', () => {
  const settings = shop({
    shippingRates: [shippingRate('parcel', { zones: [{ country: 'DE', region: 'BE', postalCodes: [] }] })],
  });
  const address = { region: 'BY', postalCode: '80331' };

  test('still has a price while the cart is looked at, and says so', () => {
    expect(quoted(settings, request([cup], { address }))).toMatchObject({
      isUnshippable: true,
      shippingOptionId: null,
      totalMinor: 1000,
    });
  });

  test('is refused with its facts when a checkout needs a rate', () => {
    expect(quote(settings, request([cup], { address, isForCheckout: true }))).toEqual({
      ok: false,
      refusal: { code: 'no-shipping-rate', country: 'DE', ...address, weightGrams: 400 },
    });
  });

  test('is no matter where nothing is shipped, or where the market charges for no shipping at all', () => {
    const isForCheckout = true;
    const file = { ...cup, requiresShipping: false };
    expect(quoted(settings, request([file], { address, isForCheckout })).isUnshippable).toBe(false);
    expect(quoted(shop(), request([cup], { address, isForCheckout })).isUnshippable).toBe(false);
  });
});
