/** The Worker inside the runtime: RPC for carts, and the inbox that keeps availability. */
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import type { VariantSnapshot } from '../../shared/contracts/catalog/api.ts';
import { envelope } from '../../shared/events/envelope.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import { sibling } from '../../shared/values/ids.ts';
import { RevisedMemory } from '../../shared/values/revised-memory.ts';
import { type CatalogEnv, contextOf } from './context.ts';
import CatalogService from './index.ts';
import { variantsFor } from './service/variants.ts';
import { testCatalog } from './testing/catalog.ts';

function isOwn(bindings: object): bindings is CatalogEnv {
  return 'DB' in bindings && 'INVENTORY_INBOX' in bindings;
}

function own(): CatalogEnv {
  if (!isOwn(env)) throw new Error('this is not the catalog');
  return env;
}

let variant: { id: string; sku: string };
let productId: string;
beforeAll(async () => {
  const body = {
    title: 'Cap',
    options: [{ name: 'Size' }],
    variants: [
      {
        sku: 'CAP-S',
        options: { Size: 'S' },
        price: { amount: 900, currency: 'EUR' },
        compareAtPrice: { amount: 1200, currency: 'EUR' },
        quantity: 5,
      },
    ],
  };
  const created = await testCatalog(own().DB).call('POST', '/admin/v1/products', body);
  productId = created.body.id;
  [variant] = created.body.variants;
});

const service = () => new CatalogService(createExecutionContext(), own());

test('answers variants by id and by SKU, and leaves out what it does not know', async () => {
  const snapshot = {
    variantId: variant.id,
    productId,
    productHandle: 'cap',
    productVersion: 1,
    sku: 'CAP-S',
    title: 'Cap',
    variantTitle: 'S',
    imageUrl: null,
    isSold: true,
    prices: [{ currency: 'EUR', amountMinor: 900 }],
    compareAt: { currency: 'EUR', amountMinor: 1200 },
    weightGrams: 0,
    requiresShipping: true,
    isTaxable: true,
    tags: [],
    collectionIds: [],
    stockNeeds: [{ stockUnitId: sibling(variant.id, 'stockUnit'), quantity: 1 }],
  };
  expect(await service().variants({ variantIds: [variant.id, 'var_unknown'] })).toEqual([snapshot]);
  expect(await service().variants({ skus: ['CAP-S'] })).toEqual([snapshot]);
  expect(await service().variants({ skus: [] })).toEqual([]);
});

test('shows a price that was changed through this isolate at once', async () => {
  await service().variants({ skus: ['CAP-S'] });
  const edited = await testCatalog(own().DB).call('PATCH', `/admin/v1/products/${productId}`, {
    variants: [{ id: variant.id, price: { amount: 950, currency: 'EUR' } }],
  });
  expect(edited.status).toBe(200);
  expect((await service().variants({ skus: ['CAP-S'] }))[0]).toMatchObject({
    productVersion: 2,
    prices: [{ amountMinor: 950 }],
  });
});

test('keeps the newest stock, in whatever order and however often it is told', async () => {
  const stockUnitId = sibling(variant.id, 'stockUnit');
  const told = (sequence: number, available: number) =>
    envelope(
      StockChanged,
      { id: `${stockUnitId}/${sequence}`, subject: stockUnitId, sequence, time: '2026-11-20T00:00:00.000Z' },
      {
        stockUnitId,
        onHand: available,
        held: 0,
        committed: 0,
        available,
        levels: [{ locationId: 'loc_main', onHand: available, held: 0, committed: 0 }],
        asOf: `2026-11-20T00:00:0${sequence}.000Z`,
      },
    );
  const deliver = async (...events: object[]) => {
    const batch = createMessageBatch<unknown>(
      'vitrine-catalog-inbox',
      events.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body })),
    );
    const context = createExecutionContext();
    await new CatalogService(context, own()).queue(batch);
    return (await getQueueResult(batch, context)).explicitAcks;
  };
  const shown = async () => {
    const { body } = await testCatalog(own().DB).call('GET', '/v1/products/cap');
    return [body.variants[0].available, body.availability.asOf];
  };
  expect(await deliver(told(3, 1), told(2, 2))).toEqual(['m0', 'm1']);
  expect(await shown()).toEqual([1, '2026-11-20T00:00:03.000Z']);
  await deliver(told(3, 1), told(2, 2));
  await deliver(told(4, 0));
  expect(await shown()).toEqual([0, '2026-11-20T00:00:04.000Z']);
  expect((await service().handledEvents([`${stockUnitId}/2`, `${stockUnitId}/4`, `${stockUnitId}/9`])).sort()).toEqual([
    `${stockUnitId}/2`,
    `${stockUnitId}/4`,
  ]);
});

test('tells of a variant which tags, collections, tax class and shipping profile it has, and of a change at once', async () => {
  const catalog = testCatalog(own().DB);
  await catalog.call('POST', '/admin/v1/products', {
    title: 'Book',
    tags: ['paper'],
    variants: [
      { sku: 'BOOK', price: { amount: 1200, currency: 'EUR' }, taxClass: 'books', shippingProfile: 'letters' },
    ],
  });
  const told = async () => (await service().variants({ skus: ['BOOK'] }))[0];
  expect(await told()).toMatchObject({
    tags: ['paper'],
    collectionIds: [],
    taxClass: 'books',
    shippingProfile: 'letters',
  });
  const { body: collection } = await catalog.call('POST', '/admin/v1/collections', {
    title: 'Reading',
    products: ['book'],
  });
  expect(await told()).toMatchObject({ collectionIds: [collection.id] });
  const edit = { variants: [{ sku: 'BOOK', taxClass: 'standard' }] };
  expect((await catalog.call('PATCH', '/admin/v1/products/book', edit)).body.variants[0]).toMatchObject({
    taxClass: 'standard',
    shippingProfile: 'letters',
  });
  expect((await told())?.taxClass).toBeUndefined();
});

test('does not keep what a write has overtaken', async () => {
  const catalog = testCatalog(own().DB);
  await catalog.call('POST', '/admin/v1/products', {
    title: 'Lamp',
    variants: [{ sku: 'LAMP', price: { amount: 100, currency: 'EUR' } }],
  });
  const memory = new RevisedMemory<VariantSnapshot>(10_000);
  const later = () => {};
  const asked = variantsFor({ ...contextOf(catalog.env, null), variants: memory }, { skus: ['LAMP'] }, later);
  memory.clear();
  expect(await asked).toHaveLength(1);
  expect(memory.get('sku:LAMP', Date.now())).toBeUndefined();
  await variantsFor({ ...contextOf(catalog.env, null), variants: memory }, { skus: ['LAMP'] }, later);
  expect(memory.get('sku:LAMP', Date.now())?.sku).toBe('LAMP');
});

test('exports its products as a file that the runtime streams whole, and that changes nothing when it comes back', async () => {
  const catalog = testCatalog(own().DB);
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  const [header = '', ...rows] = text.trimEnd().split('\r\n');
  expect(header).toMatch(/^Handle,Title,/);
  expect(rows[0]).toMatch(/^cap,Cap,/);
  const { body } = await catalog.importCsv(text);
  expect(body).toMatchObject({ rowsTotal: rows.length, products: { created: 0, updated: 0, rejected: 0 }, faults: [] });
});
