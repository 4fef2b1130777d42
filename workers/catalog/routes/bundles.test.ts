/** Variants that nobody counts, and bundles that take units of others: what is shown of them, and what carts are told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { sibling } from '../../../shared/values/ids.ts';
import { untrackedFloor } from '../../../shared/values/quantity.ts';
import { contextOf } from '../context.ts';
import { standingsOf, stockNoted, variantsFor } from '../service/variants.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
});
afterAll(() => database.close());

const price = { amount: 1000, currency: 'EUR' };
const unitOf = (variantId: string) => sibling(variantId, 'stockUnit');
const add = async (title: string, variants: readonly object[]) => {
  const answer = await catalog.call('POST', '/admin/v1/products', {
    title,
    variants: variants.map((variant) => ({ price, ...variant })),
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
};
const edit = async (key: string, body: object) => {
  const path = `/admin/v1/products/${key}`;
  const { headers } = await catalog.call('GET', path);
  return catalog.call('PATCH', path, body, { 'if-match': headers.get('etag') ?? '' });
};
const remove = (key: string) => catalog.call('DELETE', `/admin/v1/products/${key}`);
/** What a cart is told that a variant takes. */
async function needsOf(sku: string) {
  const context = contextOf(catalog.env, null);
  context.variants.clear();
  const [variant] = await variantsFor(context, { skus: [sku] }, () => {});
  return variant?.stockNeeds;
}
/** What a storefront is shown of the first variant. */
async function shown(key: string) {
  const { body } = await catalog.call('GET', `/v1/products/${key}`);
  return [body.variants[0].available, body.variants[0].availableForSale];
}
let sequence = 0;
async function counted(stockUnitId: string, available: number) {
  sequence += 1;
  const { db } = contextOf(catalog.env, null);
  await commit(db, stockNoted(db, [{ stockUnitId, available, asOf: Date.now(), sequence }]));
}

describe('a variant that nobody counts', () => {
  test('is for sale without stock, takes none, and is shown without a figure', async () => {
    const song = await add('Song', [{ sku: 'SONG', tracked: false, requiresShipping: false }]);
    expect(song.variants[0]).toMatchObject({ tracked: false, available: null, availableForSale: true });
    expect(await shown('song')).toEqual([null, true]);
    expect(await needsOf('SONG')).toEqual([]);
    expect(catalog.openings.at(-1)).toMatchObject({ sku: 'SONG', floor: untrackedFloor });
  });

  test('is counted again when the merchant says so, and keeps that through other edits', async () => {
    const poster = await add('Poster', [{ sku: 'POSTER', tracked: false }]);
    await edit('poster', { title: 'Large poster' });
    expect(await needsOf('POSTER')).toEqual([]);
    const tracked = await edit('poster', { variants: [{ sku: 'POSTER', tracked: true }] });
    expect(tracked.body.variants[0]).toMatchObject({ tracked: true, available: 0, availableForSale: false });
    expect(await needsOf('POSTER')).toEqual([{ stockUnitId: unitOf(poster.variants[0].id), quantity: 1 }]);
    expect(catalog.openings.at(-1)).toMatchObject({ sku: 'POSTER', floor: 0 });
  });
});

describe('a bundle', () => {
  test('takes units of other variants, is for sale as the scarcest allows, and opens no stock', async () => {
    const cup = await add('Cup', [{ sku: 'CUP', quantity: 7 }]);
    const tea = await add('Tea', [{ sku: 'TEA', quantity: 9 }]);
    const opened = catalog.openings.length;
    const set = await add('Tea set', [
      {
        sku: 'SET',
        components: [
          { sku: 'CUP', quantity: 2 },
          { variantId: tea.variants[0].id, quantity: 1 },
        ],
      },
    ]);
    const [cupUnit, teaUnit] = [unitOf(cup.variants[0].id), unitOf(tea.variants[0].id)];
    expect(set.variants[0]).toMatchObject({
      available: 3,
      availableForSale: true,
      components: [
        { variantId: cup.variants[0].id, quantity: 2 },
        { variantId: tea.variants[0].id, quantity: 1 },
      ],
    });
    expect(catalog.openings).toHaveLength(opened);
    const needs = await needsOf('SET');
    expect(needs).toHaveLength(2);
    expect(needs).toEqual(
      expect.arrayContaining([
        { stockUnitId: cupUnit, quantity: 2 },
        { stockUnitId: teaUnit, quantity: 1 },
      ]),
    );
    await counted(teaUnit, 1);
    expect(await shown('tea-set')).toEqual([1, true]);
    await counted(cupUnit, 1);
    expect(await shown('tea-set')).toEqual([0, false]);
    // An edit of a component changes the bundle: backorders of cups, and tea that nobody counts.
    await edit('cup', { variants: [{ sku: 'CUP', policy: 'continue' }] });
    expect(await shown('tea-set')).toEqual([1, true]);
    await edit('tea', { variants: [{ sku: 'TEA', tracked: false }] });
    expect(await needsOf('SET')).toEqual([{ stockUnitId: cupUnit, quantity: 2 }]);
    expect((await shown('tea-set'))[0]).toBeGreaterThan(1_000);
    // Until nothing of it is counted any more, and again when something is.
    const isCounted = async () => (await catalog.call('GET', '/v1/products/tea-set')).body.variants[0].tracked;
    expect(await isCounted()).toBe(true);
    await edit('cup', { variants: [{ sku: 'CUP', tracked: false }] });
    expect([await shown('tea-set'), await isCounted()]).toEqual([[null, true], false]);
    await edit('cup', { variants: [{ sku: 'CUP', tracked: true, policy: 'deny' }] });
    expect([await shown('tea-set'), await isCounted()]).toEqual([[0, false], true]);
  });

  test('may be another variant of the same product, made in one request', async () => {
    const beer = await add('Beer', [
      { sku: 'BEER-1', options: { Pack: 'One' }, quantity: 13 },
      { sku: 'BEER-6', options: { Pack: 'Six' }, components: [{ sku: 'BEER-1', quantity: 6 }] },
    ]);
    expect(beer.variants[1]).toMatchObject({ available: 2, availableForSale: true });
    const unit = unitOf(beer.variants[0].id);
    expect(await needsOf('BEER-6')).toEqual([{ stockUnitId: unit, quantity: 6 }]);
    await counted(unit, 5);
    const { body } = await catalog.call('GET', '/v1/products/beer');
    expect(body.variants.map(({ available }: { available: number }) => available)).toEqual([5, 0]);
    // An edit that says nothing of it leaves it as it was, and changes nothing.
    const same = await edit('beer', { variants: [{ sku: 'BEER-1' }, { sku: 'BEER-6' }] });
    expect(same.body).toMatchObject({ version: 1, variants: [{}, { components: [{ quantity: 6 }] }] });
    const gone = await edit('beer', { variants: [{ sku: 'BEER-6' }] });
    expect([gone.status, gone.body.errors[0].pointer]).toEqual([400, '/variants/0/components/0/variantId']);
    const plain = await edit('beer', { variants: [{ sku: 'BEER-1' }, { sku: 'BEER-6', components: null }] });
    expect(plain.body.variants[1].components).toBeUndefined();
    expect(catalog.openings.at(-1)).toMatchObject({ sku: 'BEER-6', quantity: 0 });
    expect(await needsOf('BEER-6')).toEqual([{ stockUnitId: unitOf(beer.variants[1].id), quantity: 1 }]);
  });

  test('of nothing that is counted always sells', async () => {
    await add('File', [{ sku: 'FILE', tracked: false }]);
    const pack = await add('Files', [{ sku: 'FILES', components: [{ sku: 'FILE', quantity: 3 }] }]);
    const endless = { available: null, tracked: false, availableForSale: true };
    expect(pack.variants[0]).toMatchObject(endless);
    const pages = await Promise.all(
      ['/v1/products/files', '/admin/v1/products/files'].map((path) => catalog.call('GET', path)),
    );
    for (const { body } of pages) expect(body.variants[0]).toMatchObject(endless);
    expect(await needsOf('FILES')).toEqual([]);
    const [standing] = await standingsOf(contextOf(catalog.env, null), [pack.variants[0].id]);
    expect(standing).toMatchObject({ isSold: true, available: 0, units: [] });
    expect(standing?.sellable).toBeGreaterThan(1_000_000);
  });

  test('tells carts what it takes of which stock, and what is left of that', async () => {
    const cup = await add('Mug', [{ sku: 'MUG', quantity: 7 }]);
    await add('Recipe', [{ sku: 'RECIPE', tracked: false }]);
    const components = [
      { sku: 'MUG', quantity: 2 },
      { sku: 'RECIPE', quantity: 1 },
    ];
    const kit = await add('Kit', [{ sku: 'KIT', components }]);
    const unit = { stockUnitId: unitOf(cup.variants[0].id), sellable: 7 };
    const ids = [cup, kit].map(({ variants }) => variants[0].id);
    const standings = await standingsOf(contextOf(catalog.env, null), ids);
    expect(standings.find(({ variantId }) => variantId === ids[0])?.units).toEqual([{ ...unit, quantity: 1 }]);
    expect(standings.find(({ variantId }) => variantId === ids[1])).toMatchObject({
      available: 3,
      units: [{ ...unit, quantity: 2 }],
    });
  });

  test.each([
    ['what there is not', { components: [{ sku: 'NOTHING', quantity: 1 }] }, '/variants/0/components/0/sku'],
    ['itself', { components: [{ sku: 'BAD', quantity: 1 }] }, '/variants/0/components/0/sku'],
    ['another bundle', { components: [{ sku: 'PAIR', quantity: 1 }] }, '/variants/0/components/0/sku'],
    ['no whole number', { components: [{ sku: 'SOCK', quantity: 0.5 }] }, '/variants/0/components/0/quantity'],
    ['nothing', { components: [] }, '/variants/0/components'],
    [
      'two names',
      { components: [{ sku: 'SOCK', variantId: 'var_1', quantity: 1 }] },
      '/variants/0/components/0/variantId',
    ],
    ['stock of its own', { quantity: 1, components: [{ sku: 'SOCK', quantity: 1 }] }, '/variants/0/quantity'],
    ['a count of its own', { tracked: false, components: [{ sku: 'SOCK', quantity: 1 }] }, '/variants/0/tracked'],
  ])('is not made of %s', async (_what, variant, pointer) => {
    const isThere = (await catalog.call('GET', '/v1/products/sock')).status === 200;
    if (!isThere) {
      await add('Sock', [{ sku: 'SOCK', quantity: 4 }]);
      await add('Pair', [{ sku: 'PAIR', components: [{ sku: 'SOCK', quantity: 2 }] }]);
    }
    const answer = await catalog.call('POST', '/admin/v1/products', {
      title: 'Bad',
      variants: [{ sku: 'BAD', price, ...variant }],
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('keeps what it is made of: that is neither removed nor made a bundle before it', async () => {
    await add('Left', [{ sku: 'LEFT', quantity: 1 }]);
    await add('Right', [{ sku: 'RIGHT', quantity: 1 }]);
    await add('Both', [{ sku: 'BOTH', components: [{ sku: 'LEFT', quantity: 1 }] }]);
    const refusals = [
      await remove('left'),
      await edit('left', { variants: [{ sku: 'OTHER', options: { Title: 'Other' }, price }] }),
      await edit('left', { variants: [{ sku: 'LEFT', components: [{ sku: 'RIGHT', quantity: 1 }] }] }),
    ];
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual(
      refusals.map(() => [409, 'variant-in-bundle']),
    );
    const csv = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nleft,Left,Size,New,NEW,1\n';
    const { body: report } = await catalog.importCsv(csv);
    expect(report).toMatchObject({ status: 'done', products: { rejected: 1 }, faults: [{ line: 2 }] });
    expect([(await remove('both')).status, (await remove('left')).status]).toEqual([204, 204]);
  });

  test('is not left without a component by a request that comes in between', async () => {
    await add('Wheel', [{ sku: 'WHEEL', quantity: 4 }]);
    const rival = testCatalog(database.db);
    let answer = 0;
    catalog.whileOpening = async () => {
      catalog.whileOpening = async () => {};
      answer = (await rival.call('DELETE', '/admin/v1/products/wheel')).status;
    };
    const made = await catalog.call('POST', '/admin/v1/products', {
      title: 'Cart',
      variants: [
        { sku: 'AXLE', price, options: { Kind: 'Axle' } },
        { sku: 'CART', price, options: { Kind: 'Cart' }, components: [{ sku: 'WHEEL', quantity: 4 }] },
      ],
    });
    expect([answer, made.status, made.body.errors]).toMatchObject([
      204,
      400,
      [{ pointer: '/variants/1/components/0/sku' }],
    ]);
    expect((await catalog.call('GET', '/v1/products/cart')).status).toBe(404);
  });
});

test('a gift card is no bundle, whichever of the two comes first', async () => {
  await add('Soap', [{ sku: 'SOAP' }]);
  const variants = [{ sku: 'CARD', price, components: [{ sku: 'SOAP', quantity: 1 }] }];
  const made = await catalog.call('POST', '/admin/v1/products', { title: 'Card', isGiftCard: true, variants });
  expect([made.status, made.body.errors?.[0].pointer]).toEqual([400, '/variants/0/components']);
  const set = await add('Soap set', [{ sku: 'SOAP-SET', components: [{ sku: 'SOAP', quantity: 2 }] }]);
  const turned = await edit(set.id, { isGiftCard: true });
  expect([turned.status, turned.body.errors?.[0].pointer]).toEqual([400, '/isGiftCard']);
});
