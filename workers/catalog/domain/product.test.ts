/** How products are put together: what is taken, what is refused, and what keeps its identity. */
import { describe, expect, test } from 'vitest';
import type { ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import { makeId } from '../../../shared/values/ids.ts';
import type { Money } from '../../../shared/values/money.ts';
import { composeProduct } from './compose.ts';
import { type Composition, type Product, stockUnitOf } from './product.ts';

let made = 0;
const composing = {
  now: Date.UTC(2026, 10, 20),
  newId: (kind: 'product' | 'variant' | 'image') => {
    made += 1;
    return makeId(kind, { now: made, random: new Uint8Array(16).fill(made % 251) });
  },
  quantityOfKnown: 'refused' as const,
  ingredients: [],
  defaultSku: (handle: string, { isOnly }: { isOnly: boolean }) => (isOnly ? handle : null),
};
const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
const usd = (amount: number) => ({ amount, currency: 'USD' as const });

function accepted(before: Product | null, input: ProductPatch): Composition {
  const result = composeProduct(before, input, composing);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

function refusal(before: Product | null, input: ProductPatch) {
  const result = composeProduct(before, input, composing);
  if (result.ok) throw new Error('This was to be refused');
  return result.refusal;
}

const shirt: ProductPatch = {
  title: 'Plain Shirt',
  options: [{ name: 'Size' }, { name: 'Colour', values: ['Red', 'Blue'] }],
  variants: [
    { sku: 'S-R', options: { Size: 'S', Colour: 'Red' }, price: eur(1999), quantity: 4 },
    { sku: 'S-B', options: { Size: 'S', Colour: 'Blue' }, price: eur(2099), policy: 'continue' },
  ],
};

describe('a new product', () => {
  test('takes its handle from its title and opens stock for each variant', () => {
    const { product, openings, isChanged } = accepted(null, shirt);
    expect(isChanged).toBe(true);
    expect(product).toMatchObject({ handle: 'plain-shirt', status: 'active', version: 1 });
    expect(product.options).toEqual([
      { name: 'Size', values: ['S'] },
      { name: 'Colour', values: ['Red', 'Blue'] },
    ]);
    expect(product.variants.map(({ title }) => title)).toEqual(['S / Red', 'S / Blue']);
    expect(openings).toEqual([
      { stockUnitId: stockUnitOf(product.variants[0]?.id ?? ''), sku: 'S-R', quantity: 4, floor: 0 },
      { stockUnitId: stockUnitOf(product.variants[1]?.id ?? ''), sku: 'S-B', quantity: 0, floor: -1_000_000 },
    ]);
  });

  test('without options has the one option that nobody sees, and may go without a SKU', () => {
    const { product } = accepted(null, { title: 'Mug', variants: [{ price: eur(900) }] });
    expect(product.options).toEqual([{ name: 'Title', values: ['Default Title'] }]);
    expect(product.variants[0]).toMatchObject({ sku: 'mug', title: 'Default Title' });
  });

  test('is refused without a SKU where there are several variants', () => {
    const input = {
      title: 'Mug',
      variants: [
        { sku: 'A', options: { Size: 'S' }, price: eur(1) },
        { options: { Size: 'M' }, price: eur(1) },
      ],
    };
    expect(refusal(null, input)).toMatchObject({ code: 'invalid-input', errors: [{ pointer: '/variants/1/sku' }] });
  });

  test('is refused when two variants have one SKU', () => {
    const input = {
      title: 'Mug',
      variants: [
        { sku: 'A', options: { Size: 'S' }, price: eur(1) },
        { sku: 'A', options: { Size: 'M' }, price: eur(1) },
      ],
    };
    expect(refusal(null, input)).toMatchObject({
      code: 'sku-taken',
      sku: 'A',
      errors: [{ pointer: '/variants/1/sku' }],
    });
  });

  test.each([
    [
      'two variants and no options',
      {
        variants: [
          { sku: 'A', price: eur(1) },
          { sku: 'B', price: eur(1) },
        ],
      },
      '/variants/1/options',
    ],
    [
      'two equal choices',
      {
        variants: [
          { sku: 'A', options: { Size: 'S' }, price: eur(1) },
          { sku: 'B', options: { Size: 'S' }, price: eur(1) },
        ],
      },
      '/variants/1/options',
    ],
    [
      'a choice that is missing',
      { options: [{ name: 'Size' }, { name: 'Cut' }], variants: [{ sku: 'A', options: { Size: 'S' }, price: eur(1) }] },
      '/variants/0/options',
    ],
    [
      'a value outside of the list',
      { options: [{ name: 'Size', values: ['S'] }], variants: [{ sku: 'A', options: { Size: 'M' }, price: eur(1) }] },
      '/variants/0/options/Size',
    ],
    [
      'an option that is not there',
      { options: [{ name: 'Size' }], variants: [{ sku: 'A', options: { Size: 'M', 'A/B': 'x' }, price: eur(1) }] },
      '/variants/0/options/A~1B',
    ],
    [
      'an option that is named twice',
      {
        options: [{ name: 'Size' }, { name: 'Size' }],
        variants: [{ sku: 'A', options: { Size: 'M' }, price: eur(1) }],
      },
      '/options/1/name',
    ],
    [
      'four options',
      { variants: [{ sku: 'A', options: { a: '1', b: '1', c: '1', d: '1' }, price: eur(1) }] },
      '/options',
    ],
  ])('is refused with %s', (_, input, pointer) => {
    const { code, errors } = refusal(null, { title: 'Mug', ...input });
    expect(code).toBe('invalid-options');
    expect(errors[0]?.pointer).toBe(pointer);
  });

  test('is refused when its variants begin with different currencies', () => {
    const input = {
      title: 'Mug',
      variants: [
        { sku: 'A', options: { Size: 'S' }, price: eur(1) },
        { sku: 'B', options: { Size: 'M' }, price: usd(1) },
      ],
    };
    expect(refusal(null, input)).toMatchObject({
      code: 'invalid-input',
      errors: [{ pointer: '/variants/1/price/currency' }],
    });
  });

  test('is refused with two different prices in one currency', () => {
    const input = { title: 'Mug', variants: [{ price: eur(1), prices: [usd(2), usd(3)] }] };
    expect(refusal(null, input)).toMatchObject({
      code: 'invalid-input',
      errors: [{ pointer: '/variants/0/prices/1' }],
    });
  });
});

describe('an edited product', () => {
  const { product: before } = accepted(null, shirt);

  test('keeps the prices in other currencies when one is sent alone', () => {
    const { product: mug } = accepted(null, { title: 'Mug', variants: [{ price: eur(9), prices: [usd(11)] }] });
    const [variant] = mug.variants;
    const pricesAfter = (price: Money) =>
      accepted(mug, { variants: [{ id: variant?.id ?? '', price }] }).product.variants[0]?.prices;
    expect(pricesAfter(eur(10))).toEqual([eur(10), usd(11)]);
    expect(pricesAfter(usd(12))).toEqual([usd(12), eur(9)]);
    const pounds = { amount: 8, currency: 'GBP' } as const;
    expect(pricesAfter(pounds)).toEqual([pounds, eur(9), usd(11)]);
  });

  test('keeps its version when nothing changes', () => {
    const { product, isChanged, openings } = accepted(before, {
      title: 'Plain Shirt',
      variants: before.variants.map(({ id }) => ({ id })),
    });
    expect(isChanged).toBe(false);
    expect(product).toEqual(before);
    expect(openings).toEqual([]);
  });

  test('keeps the ids of variants that are found by SKU or by their choice', () => {
    const { product, openings } = accepted(before, {
      variants: [
        { sku: 'S-B', price: eur(2199) },
        { sku: 'NEW', options: { Size: 'S', Colour: 'Red' } },
      ],
    });
    expect(product.version).toBe(2);
    expect(product.variants.map(({ id }) => id)).toEqual([before.variants[1]?.id, before.variants[0]?.id]);
    // The renamed one is mapped anew, and keeps the stock that it has.
    expect(openings).toMatchObject([{ sku: 'NEW', quantity: 0 }]);
  });

  test('loses variants that are not named and takes new ones', () => {
    const { product, openings } = accepted(before, {
      options: [{ name: 'Size' }, { name: 'Colour' }],
      variants: [{ sku: 'S-R' }, { sku: 'M-R', options: { Size: 'M', Colour: 'Red' }, price: eur(1), quantity: 3 }],
    });
    expect(product.variants.map(({ sku }) => sku)).toEqual(['S-R', 'M-R']);
    expect(openings).toMatchObject([{ sku: 'M-R', quantity: 3 }]);
  });

  test('refuses stock for a variant that exists', () => {
    expect(refusal(before, { variants: [{ sku: 'S-R', quantity: 1 }, { sku: 'S-B' }] })).toMatchObject({
      errors: [{ pointer: '/variants/0/quantity' }],
    });
  });

  test('refuses a variant id that is not its own', () => {
    const stranger = makeId('variant', { now: 1, random: new Uint8Array(16) });
    expect(refusal(before, { variants: [{ id: stranger, price: eur(1) }] })).toMatchObject({
      errors: [{ pointer: '/variants/0/id' }],
    });
  });

  test('is published once, when it first becomes active', () => {
    const draft = accepted(null, { ...shirt, status: 'draft' }).product;
    expect(draft.publishedAt).toBeNull();
    const active = accepted(draft, { status: 'active' }).product;
    expect(active.publishedAt).not.toBeNull();
    expect(accepted(active, { status: 'archived' }).product.publishedAt).toBe(active.publishedAt);
  });
});
