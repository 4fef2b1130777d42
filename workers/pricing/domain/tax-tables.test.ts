/** Which taxes apply where, to what and to whom, down to the cent. */
import { describe, expect, test } from 'vitest';
import { isVatIdOf } from '../../../shared/values/vat-id.ts';
import { eur, guest, line, promotion, quoted, request, shippingRate, shop, taxRate } from '../testing/settings.ts';
import type { QuoteRequest } from './request.ts';
import type { TaxProvider } from './tax-tables.ts';

const cup = line('cup', 1000, 1, { requiresShipping: false });
const book = line('book', 1000, 1, { requiresShipping: false, taxClass: 'reduced' });
const onTop = { pricesIncludeTax: false, currencies: ['EUR'] as const };
const at = (region: string | null, postalCode: string | null): Partial<QuoteRequest> => ({
  address: { region, postalCode },
});

describe('a rate', () => {
  const rates = [
    taxRate('standard', '0.19'),
    taxRate('reduced', '0.07', { taxClass: 'reduced' }),
    taxRate('other', '0.5', { zone: { country: 'AT' } }),
  ];

  test('is that of the class, and the classes add up per rate', () => {
    const answer = quoted(shop({ taxRates: rates }, onTop), request([cup, book, { ...cup, lineId: 'third' }]));
    expect(answer.lines.map((one) => one.taxMinor)).toEqual([190, 70, 190]);
    expect(answer.taxLines).toEqual([
      { name: 'reduced', rate: '0.07', baseMinor: 1000, taxMinor: 70 },
      { name: 'standard', rate: '0.19', baseMinor: 2000, taxMinor: 380 },
    ]);
  });

  test("of an unknown class is the standard one, and without any the market's flat one", () => {
    const strange = { ...book, taxClass: 'books' };
    expect(quoted(shop({ taxRates: rates }, onTop), request([strange])).taxMinor).toBe(190);
    const flat = quoted(shop({}, { ...onTop, taxRate: '0.16' }), request([strange]));
    expect(flat.taxLines).toEqual([{ name: 'VAT', rate: '0.16', baseMinor: 1000, taxMinor: 160 }]);
  });

  test.each([
    { place: at(null, null), tax: 50 },
    { place: at('DE-BE', '10115'), tax: 150 },
    { place: at('DE-BE', null), tax: 110 },
    { place: at(null, '10 999'), tax: 90 },
    { place: at(null, '11000'), tax: 50 },
    { place: at(null, '1050'), tax: 50 },
  ])('holds in its zone: $place.address costs $tax', ({ place, tax }) => {
    const taxRates = [
      taxRate('country', '0.05'),
      taxRate('region', '0.06', { zone: { country: 'DE', region: 'Berlin' } }),
      taxRate('city', '0.04', { zone: { country: 'DE', postalCodes: [{ from: '10000', to: '10999' }] } }),
    ];
    expect(quoted(shop({ taxRates }, onTop), request([cup], place)).taxMinor).toBe(tax);
  });

  test.each([
    ['the region decides, and nobody has said it', { region: 'DE-BE' }, at(null, null), ['region']],
    ['the region decides, and it is said', { region: 'DE-BE' }, at('DE-BY', null), undefined],
    ['the postal code decides', { postalCodes: [{ from: '1', to: '2' }] }, at('DE-BE', null), ['postalCode']],
    ['there is no address at all', { region: 'DE-BE' }, {}, ['region']],
    ['the country decides', {}, at(null, null), undefined],
    ['only another country has such zones', { country: 'CA', region: 'QC' }, at(null, null), undefined],
  ])('is estimated as long as nobody can say it: %s', (_why, zone, place, needs) => {
    const taxRates = [taxRate('part', '0.06', { zone: { country: 'DE', ...zone } })];
    expect(quoted(shop({ taxRates }, onTop), request([cup], place)).taxNeeds).toEqual(needs);
  });

  test('is known where nothing is taxed that it is of', () => {
    const zone = { country: 'DE', region: 'DE-BE' };
    const taxRates = [taxRate('books', '0.06', { zone, taxClass: 'reduced' })];
    const needsOf = (lines: (typeof cup)[], more: Partial<QuoteRequest> = {}) =>
      quoted(shop({ taxRates }, onTop), request(lines, more)).taxNeeds;
    expect(needsOf([cup])).toBeUndefined();
    expect(needsOf([])).toBeUndefined();
    expect(needsOf([{ ...book, isTaxable: false }])).toBeUndefined();
    expect(needsOf([book], { customer: { ...guest, isTaxExempt: true } })).toBeUndefined();
    expect(needsOf([book])).toEqual(['region']);
  });

  test.each([
    { included: false, isCompound: false, taxes: [500, 998], total: 11498 },
    { included: false, isCompound: true, taxes: [500, 1047], total: 11547 },
    // 100.00 holds 100 / 1.1547375 = 86.60 net: 4.33 and 9.07 on it.
    { included: true, isCompound: true, taxes: [433, 907], total: 10000 },
  ])('compounds only when it says so: $isCompound, inside: $included', ({ included, isCompound, taxes, total }) => {
    const taxRates = [taxRate('gst', '0.05'), taxRate('qst', '0.09975', { isCompound, priority: 1 })];
    const answer = quoted(
      shop({ taxRates }, { pricesIncludeTax: included }),
      request([{ ...cup, unitPriceMinor: 10_000 }]),
    );
    expect(answer.taxLines.map((one) => one.taxMinor)).toEqual(taxes);
    expect(answer.totalMinor).toBe(total);
  });

  test('may come from elsewhere', () => {
    const taxProvider: TaxProvider = {
      rates: ({ taxClass }) => (taxClass === 'standard' ? [{ name: 'asked', rate: '0.3' }] : null),
      needs: () => [],
    };
    expect(quoted(shop({ taxRates: rates }, onTop), request([cup]), { taxProvider }).taxMinor).toBe(300);
  });
});

describe('shipping', () => {
  const parcel = [shippingRate('parcel', { prices: [eur(1000)] })];
  const sent = [
    { ...cup, unitPriceMinor: 3000, requiresShipping: true },
    { ...book, requiresShipping: true },
    { ...book, lineId: 'file', unitPriceMinor: 9000 },
  ];
  const rates = [taxRate('full', '0.2'), taxRate('less', '0.1', { taxClass: 'reduced' })];
  const taxed = (taxRates: typeof rates, shippingTax: 'standard' | 'weighted') => {
    const answer = quoted(shop({ taxRates, shippingRates: parcel }, { ...onTop, shippingTax }), request(sent));
    return answer.taxMinor - answer.lines.reduce((sum, one) => sum + one.taxMinor, 0);
  };

  test('is taxed like a standard product', () => expect(taxed(rates, 'standard')).toBe(200));
  test('is taxed in the proportions of what is sent', () => expect(taxed(rates, 'weighted')).toBe(175));
  test('is taxed by its own rate where there is one', () =>
    expect(taxed([...rates, taxRate('own', '0.05', { taxClass: 'shipping' })], 'weighted')).toBe(50));
});

describe('a customer', () => {
  const shipped = { shippingRates: [shippingRate('parcel', { prices: [eur(119)] })] };
  const business = { ...guest, vatId: 'DE 123456789' };
  const mugId = `var_${'1'.repeat(26)}`;
  const mug = { variantIds: [mugId] };
  const bowl = { variantIds: ['var_bowl'] };
  const line119 = { ...cup, unitPriceMinor: 1190, quantity: 2, requiresShipping: true };

  test('who is exempt pays the price without the tax inside it', () => {
    const answer = quoted(shop(shipped), request([line119], { customer: { ...guest, isTaxExempt: true } }));
    expect(answer).toMatchObject({
      taxRelief: 'exempt',
      pricesIncludeTax: false,
      subtotalMinor: 2000,
      shippingMinor: 100,
      shippingOptions: [{ priceMinor: 100 }],
      taxMinor: 0,
      totalMinor: 2100,
      taxLines: [],
    });
  });

  test('is taken out of a line as a whole, not unit by unit', () => {
    const many = line('many', 999, 7, { requiresShipping: false });
    const exempt = request([many], { customer: { ...guest, isTaxExempt: true } });
    const answer = quoted(shop({}, { taxRate: '0.2' }), exempt);
    // 69.93 holds 11.655 of tax, which rounds up to 11.66; seven times a net of 8.32 would be 58.24.
    expect([answer.subtotalMinor, answer.totalMinor]).toEqual([5827, 5827]);
    expect(answer.lines[0]?.unitPriceMinor).toBe(832);
  });

  test.each([
    { kind: 'buy-x-get-y', buy: { items: bowl, quantity: 1 }, get: { items: mug, quantity: 3 } },
    { kind: 'buy-x-get-y', buy: { items: bowl, quantity: 1 }, get: { items: mug, quantity: 1 }, setsMax: 3 },
    { kind: 'fixed-off-each-item', amounts: [eur(999)], items: mug },
    { kind: 'gift-item', variantId: mugId, quantity: 3 },
    { kind: 'percent-off-items', rate: '1', items: mug, unitsMax: 3 },
  ])('pays nothing for free items, taxed or not: %j', (offer) => {
    const lines = [
      line('mugs', 999, 3, { variantId: mugId, requiresShipping: false }),
      line('bowl', 4510, 3, { variantId: 'var_bowl', requiresShipping: false }),
    ];
    const settings = shop({ promotions: [promotion('pro_1', offer)] }, { taxRate: '0.2' });
    for (const isTaxExempt of [false, true]) {
      const [mugs] = quoted(settings, request(lines, { customer: { ...guest, isTaxExempt } })).lines;
      expect(mugs).toMatchObject({ subtotalMinor: isTaxExempt ? 2497 : 2997, totalMinor: 0 });
    }
  });

  test('who is exempt pays what is listed where tax comes on top', () => {
    const answer = quoted(shop(shipped, onTop), request([line119], { customer: { ...guest, isTaxExempt: true } }));
    expect(answer).toMatchObject({ subtotalMinor: 2380, shippingMinor: 119, taxMinor: 0, totalMinor: 2499 });
  });

  test('with a VAT id of the country owes the tax himself, where the market says so', () => {
    const settings = shop(shipped, { hasReverseCharge: true });
    expect(quoted(settings, request([line119], { customer: business }))).toMatchObject({
      taxRelief: 'reverse-charge',
      totalMinor: 2100,
    });
    expect(quoted(shop(shipped), request([line119], { customer: business }))).toMatchObject({
      taxRelief: null,
      totalMinor: 2499,
    });
    expect(quoted(settings, request([line119], { customer: { ...guest, vatId: 'ATU12345678' } })).taxRelief).toBeNull();
  });
});

test.each([
  ['DE', 'de123.456.789', true],
  ['DE', 'DE12345678', false],
  ['DE', 'ATU12345678', false],
  ['GR', 'EL123456789', true],
  ['GR', 'GR123456789', false],
  ['AT', 'ATU12345678', true],
  ['NL', 'NL123456789B01', true],
  ['FR', 'FRXX123456789', true],
  ['US', 'US123456789', false],
])('in %s the VAT id %s can be one: %s', (country, vatId, isOne) => {
  expect(isVatIdOf(country, vatId)).toBe(isOne);
});
