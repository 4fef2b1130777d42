/** One variant is added, changed or taken away without a word about the others; a list that would lose some names a version. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
});
afterAll(() => database.close());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
let made = 0;
/** A shirt in three sizes. */
async function shirt() {
  made += 1;
  const answer = await catalog.call('POST', '/admin/v1/products', {
    title: `Shirt ${made}`,
    options: [{ name: 'Size', values: ['L', 'M', 'S'] }],
    variants: ['S', 'M', 'L'].map((size) => ({
      sku: `SHIRT-${made}-${size}`,
      price: eur(1000),
      options: { Size: size },
    })),
  });
  expect(answer.status, answer.text).toBe(201);
  return { ...answer.body, etag: answer.headers.get('etag') ?? '', path: `/admin/v1/products/${answer.body.id}` };
}
const skusOf = (product: { variants: { sku: string }[] }) => product.variants.map(({ sku }) => sku.slice(-1));

describe('one variant', () => {
  test('is changed by its id or its SKU, and the others stay as they are', async () => {
    const { variants, path } = await shirt();
    const byId = await catalog.call('PATCH', `${path}/variants/${variants[1].id}`, { price: eur(1200) });
    const bySku = await catalog.call('PATCH', `${path}/variants/${variants[1].sku}`, { barcode: '123' });
    expect([byId.status, bySku.status, bySku.body.version]).toEqual([200, 200, 3]);
    expect(bySku.body.variants[1]).toMatchObject({ id: variants[1].id, price: eur(1200), barcode: '123' });
    expect([bySku.body.variants[0], bySku.body.variants[2]]).toEqual([variants[0], variants[2]]);
    expect(bySku.body.options).toEqual([{ name: 'Size', values: ['L', 'M', 'S'] }]);
  });

  test('is added behind the others, with a new value of the option', async () => {
    const { path, variants } = await shirt();
    const variant = { sku: `NEW-${variants[0].sku}`, price: eur(900), options: { Size: 'XL' }, quantity: 4 };
    const added = await catalog.call('POST', `${path}/variants`, variant, { 'idempotency-key': path });
    const again = await catalog.call('POST', `${path}/variants`, variant, { 'idempotency-key': path });
    expect([added.status, again.text, added.body.variants.length]).toEqual([201, added.text, 4]);
    expect(added.body.options[0].values).toEqual(['L', 'M', 'S', 'XL']);
    expect(added.body.variants[3]).toMatchObject({ available: 4 });
    const other = await catalog.call('POST', `${path}/variants`, { ...variant, sku: 'ANOTHER' });
    expect([other.status, other.body.errors[0].pointer]).toEqual([422, '/options']);
  });

  test('keeps the options that it is not asked to change, and a SKU that is taken is blamed on the body', async () => {
    const { body } = await catalog.call('POST', '/admin/v1/products', {
      title: 'Scarf',
      options: [{ name: 'Size' }, { name: 'Color' }],
      variants: ['red', 'blue'].map((color) => ({
        sku: `SCARF-${color}`,
        price: eur(500),
        options: { Size: 'M', Color: color },
      })),
    });
    const path = `/admin/v1/products/${body.id}/variants/SCARF-red`;
    const edited = await catalog.call('PATCH', path, { options: { Color: 'green' } });
    expect([edited.status, edited.body.variants?.[0].title], edited.text).toEqual([200, 'M / green']);
    const taken = await catalog.call('PATCH', path, { sku: 'SCARF-blue' });
    expect([taken.body.code, taken.body.errors[0].pointer]).toEqual(['sku-taken', '/sku']);
  });

  test('that chooses nothing of an option is blamed for that alone', async () => {
    const variants = ['S', 'M'].map((size) => ({ sku: `GLOVE-${size}`, price: eur(500), options: { Size: size } }));
    const { body } = await catalog.call('POST', '/admin/v1/products', {
      ...{ title: 'Glove', options: [{ name: 'Hand' }], variants },
    });
    expect(body.errors.map(({ detail }: { detail: string }) => detail)).toEqual(
      [0, 1].flatMap(() => ['The variant chooses no value for "Hand".', 'There is no option "Size".']),
    );
  });

  test('is refused by what was sent of it, and the sentence names the other by its SKU and choice', async () => {
    const { path, variants } = await shirt();
    const [small, middle] = variants;
    const alike = await catalog.call('PATCH', `${path}/variants/${small.sku}`, { options: { Size: 'M' } });
    expect(alike.body.errors).toEqual([
      { pointer: '/options', detail: `"${middle.sku}" makes the same choice: Size M.` },
    ]);
    const gbp = { amount: 900, currency: 'GBP' };
    for (const { sku } of variants) {
      const foreign = await catalog.call('PATCH', `${path}/variants/${sku}`, { price: gbp });
      const detail = expect.stringContaining('here EUR. Prices in other currencies go into "prices".');
      expect(foreign.body.errors).toEqual([{ pointer: '/price/currency', detail }]);
    }
    const unsaid = await catalog.call('POST', `${path}/variants`, { sku: `X-${small.sku}`, price: eur(1) });
    expect(unsaid.body.errors).toEqual([{ pointer: '/options', detail: 'The variant chooses no value for "Size".' }]);
    const strange = await catalog.call('PATCH', `${path}/variants/${small.sku}`, { options: { Hue: 'red' } });
    expect(strange.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain('/options/Hue');
    for (const { pointer } of strange.body.errors) expect(pointer).toMatch(/^\/options/);
  });

  test('with options is not added to a product without, which is told in one sentence', async () => {
    const made = await catalog.call('POST', '/admin/v1/products', {
      title: 'Bowl',
      variants: [{ sku: 'BOWL', price: eur(700) }],
    });
    const path = `/admin/v1/products/${made.body.id}/variants`;
    const detail =
      'The product has no options, so its variant "BOWL" has no value for "Size". Send all variants with their options in a PATCH of the product.';
    const added = await catalog.call('POST', path, { sku: 'BOWL-L', price: eur(900), options: { Size: 'L' } });
    expect([added.status, added.body.errors]).toEqual([422, [{ pointer: '/options', detail }]]);
    const list = [{ sku: 'BOWL' }, { sku: 'BOWL-L', price: eur(900), options: { Size: 'L' } }];
    const patched = await catalog.call('PATCH', `/admin/v1/products/${made.body.id}`, { variants: list });
    expect(patched.body.errors).toEqual([{ pointer: '/variants/1/options', detail }]);
    const whole = [{ sku: 'BOWL', options: { Size: 'S' } }, list[1]];
    expect((await catalog.call('PATCH', `/admin/v1/products/${made.body.id}`, { variants: whole })).status).toBe(200);
  });

  test('is taken away, but not the last', async () => {
    const { path, variants } = await shirt();
    for (const { sku } of variants.slice(0, 2))
      expect((await catalog.call('DELETE', `${path}/variants/${sku}`)).status).toBe(200);
    const last = await catalog.call('DELETE', `${path}/variants/${variants[2].sku}`);
    expect([last.status, last.body.code]).toEqual([400, 'invalid-input']);
    expect((await catalog.call('GET', path)).body.variants).toHaveLength(1);
  });

  test('that is not there is not found, and its stock is no matter of the catalogue', async () => {
    const { path, variants, etag } = await shirt();
    const answers = [
      await catalog.call('PATCH', `${path}/variants/nothing`, { price: eur(1) }),
      await catalog.call('PATCH', '/admin/v1/products/nothing/variants/nothing', { price: eur(1) }),
      await catalog.call('DELETE', `${path}/variants/nothing`),
      await catalog.call('PATCH', `${path}/variants/${variants[0].id}`, { quantity: 3 }),
      await catalog.call('PATCH', `${path}/variants/${variants[0].id}`, { price: eur(1) }, { 'if-match': '"7"' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 400, 412]);
    const right = await catalog.call(
      'PATCH',
      `${path}/variants/${variants[0].id}`,
      { price: eur(1) },
      { 'if-match': etag },
    );
    expect(right.status).toBe(200);
  });
});

describe('a list of variants', () => {
  test('that would take some away names the version that it has seen', async () => {
    const { path, variants, etag } = await shirt();
    const list = { variants: [{ sku: variants[0].sku, price: eur(1) }] };
    const refused = await catalog.call('PATCH', path, list);
    expect([refused.status, refused.body]).toMatchObject([
      428,
      { code: 'precondition-required', errors: [{ pointer: '/variants' }] },
    ]);
    expect(refused.body.detail).toContain(variants[1].sku);
    const any = await catalog.call('PATCH', path, list, { 'if-match': '*' });
    expect([any.status, any.body.code]).toEqual([428, 'precondition-required']);
    expect((await catalog.call('PATCH', path, { title: 'Any' }, { 'if-match': '*' })).status).toBe(200);
    expect(skusOf((await catalog.call('GET', path)).body)).toEqual(['S', 'M', 'L']);
    const stale = await catalog.call('PATCH', path, list, { 'if-match': etag });
    expect(stale.status).toBe(412);
    const { headers } = await catalog.call('GET', path);
    const taken = await catalog.call('PATCH', path, list, { 'if-match': headers.get('etag') ?? '' });
    expect([taken.status, skusOf(taken.body)]).toEqual([200, ['S']]);
  });

  test('that keeps all of them, or adds some, needs no version', async () => {
    const { path, variants } = await shirt();
    const known = variants.map(({ id }: { id: string }) => ({ id }));
    const added = [...known, { sku: `MORE-${made}`, price: eur(5), options: { Size: 'XS' } }];
    const answer = await catalog.call('PATCH', path, { variants: added });
    expect([answer.status, answer.body.variants.length]).toEqual([200, 4]);
  });
});
