/** Products over HTTP on a real database: what merchants write, what storefronts read, and what both are refused. */
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
let named = 0;
/** A product that no other test has. */
function fresh(more: object = {}) {
  named += 1;
  return { title: `Thing ${named}`, variants: [{ sku: `T-${named}`, price: eur(1000), quantity: 3 }], ...more };
}
async function created(more: object = {}) {
  const answer = await catalog.call('POST', '/admin/v1/products', fresh(more));
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}
const rowsOf = async (query: string) => (await database.db.prepare(query).all()).results;

describe('a created product', () => {
  test('is on its page at once with its opening stock, and its event is in the outbox', async () => {
    const product = await created({ descriptionHtml: '<p>"quoted"</p>' });
    const page = await catalog.call('GET', `/v1/products/${product.handle}`);
    expect(page.status).toBe(200);
    expect(page.body).toMatchObject({
      id: product.id,
      availableForSale: true,
      variants: [{ available: 3, price: eur(1000) }],
    });
    expect(page.body.status).toBeUndefined();
    expect((await catalog.call('GET', `/v1/products/${product.id}`)).text).toBe(page.text);
    expect(catalog.openings.at(-1)).toMatchObject({ sku: product.variants[0].sku, quantity: 3, floor: 0 });
    const [row] = await rowsOf(`select envelope, pending from outbox where event_id = '${product.id}/1'`);
    expect(JSON.parse(String(row?.envelope))).toMatchObject({
      type: 'catalog.product-changed.v1',
      sequence: 1,
      subject: product.id,
    });
    expect(row?.pending).toBe('["inventory","notifications"]');
  });

  test('is seen by merchants only while it is a draft', async () => {
    const product = await created({ status: 'draft' });
    expect((await catalog.call('GET', `/v1/products/${product.id}`)).status).toBe(404);
    expect((await catalog.call('GET', `/admin/v1/products/${product.id}`)).body.status).toBe('draft');
  });

  test('is shown in the currency of the market, of the query, or in its own', async () => {
    const product = await created({
      variants: [
        {
          sku: 'cur-1',
          price: eur(1000),
          prices: [
            { amount: 1100, currency: 'USD' },
            { amount: 950, currency: 'CHF' },
          ],
          compareAtPrice: eur(1500),
        },
      ],
    });
    const shown = async (query: string) => {
      const { body } = await catalog.call('GET', `/v1/products/${product.id}${query}`);
      const [variant] = body.variants;
      return [variant.price?.currency, body.priceRange?.min.amount, variant.compareAtPrice];
    };
    expect(await shown('')).toEqual(['EUR', 1000, eur(1500)]);
    expect(await shown('?country=US')).toEqual(['USD', 1100, null]);
    // Switzerland is sold to in euros, and Brazil not at all. No cart is charged euros in the US, or yen.
    expect(await shown('?country=CH')).toEqual(['EUR', 1000, eur(1500)]);
    for (const query of ['?country=BR', '?country=US&currency=EUR', '?currency=JPY'])
      expect(await shown(query)).toEqual([undefined, undefined, null]);
    expect((await catalog.call('GET', `/v1/products/${product.id}?currency=XXX`)).status).toBe(400);
  });

  test('answers 304 until its stock or its version changes', async () => {
    const product = await created();
    const first = await catalog.call('GET', `/v1/products/${product.id}`);
    const etag = first.headers.get('etag') ?? '';
    expect((await catalog.call('GET', `/v1/products/${product.id}`, undefined, { 'if-none-match': etag })).status).toBe(
      304,
    );
    await database.db.prepare('update availability set available = 2 where product_id = ?').bind(product.id).run();
    const second = await catalog.call('GET', `/v1/products/${product.id}`, undefined, { 'if-none-match': etag });
    expect([second.status, second.body.variants[0].available]).toEqual([200, 2]);
  });
});

test('a product without a SKU at a former handle gets a number behind its code, also before a rival', async () => {
  const make = (body: object) => catalog.call('POST', '/admin/v1/products', { title: 'Moved', ...body });
  const variants = [{ price: eur(1) }];
  const moved = await make({ handle: 'moved', variants });
  await catalog.call('PATCH', `/admin/v1/products/${moved.body.id}`, { handle: 'moved-on' });
  const next = await make({ handle: 'moved', variants });
  expect([next.status, next.body.variants?.[0].sku], next.text).toEqual([201, 'moved-1']);
  catalog.whileOpening = async () => {
    catalog.whileOpening = async () => {};
    expect((await make({ handle: 'rival', variants: [{ sku: 'raced', price: eur(1) }] })).status).toBe(201);
  };
  const late = await make({ handle: 'raced', variants });
  expect([late.status, late.body.variants?.[0].sku], late.text).toEqual([201, 'raced-1']);
});

describe('a product is refused', () => {
  test('when its handle or its SKU is in use, with the name of what is taken', async () => {
    const product = await created();
    const sku = product.variants[0].sku;
    const handle = await catalog.call('POST', '/admin/v1/products', fresh({ handle: product.handle }));
    expect([handle.status, handle.body.code, handle.body.errors[0].pointer]).toEqual([409, 'handle-taken', '/handle']);
    const code = await catalog.call('POST', '/admin/v1/products', fresh({ variants: [{ sku, price: eur(1) }] }));
    expect([code.status, code.body.code, code.body.sku]).toEqual([409, 'sku-taken', sku]);
  });

  test('when a rival takes its SKU while its stock is being opened, and the rival keeps the code', async () => {
    const sku = 'contested';
    catalog.whileOpening = async () => {
      catalog.whileOpening = async () => {};
      expect(
        (
          await catalog.call(
            'POST',
            '/admin/v1/products',
            fresh({ variants: [{ sku, price: eur(1), policy: 'continue' }] }),
          )
        ).status,
      ).toBe(201);
    };
    const late = await catalog.call(
      'POST',
      '/admin/v1/products',
      fresh({ handle: 'late', variants: [{ sku, price: eur(2) }] }),
    );
    expect([late.status, late.body.code]).toEqual([409, 'sku-taken']);
    expect((await catalog.call('GET', '/admin/v1/products/late')).status).toBe(404);
    const [owner] = await rowsOf(`select stock_unit_id from variants where sku = '${sku}'`);
    expect(catalog.openings.at(-1)).toEqual({ stockUnitId: owner?.stock_unit_id, sku, quantity: 0, floor: -1_000_000 });
  });

  const good = { title: 'X', variants: [{ sku: 'x', price: eur(1) }] };
  const variant = (more: object) => ({ ...good, variants: [{ sku: 'x', price: eur(1), ...more }] });
  test.each<[string, unknown, string, number]>([
    ['broken JSON', '{"title":', '', 400],
    ['an unknown field', { ...good, colour: 1 }, '/colour', 400],
    ['an unknown field of a variant', variant({ cost: 1 }), '/variants/0/cost', 400],
    ['no title', { variants: good.variants }, '/title', 400],
    ['no variants', { title: 'X', variants: [] }, '/variants', 400],
    ['a negative price', variant({ price: eur(-1) }), '/variants/0/price/amount', 400],
    ['a fractional price', variant({ price: eur(1.5) }), '/variants/0/price/amount', 400],
    ['a huge price', variant({ price: eur(1e15) }), '/variants/0/price/amount', 400],
    ['a foreign currency', variant({ price: { amount: 1, currency: 'ZZZ' } }), '/variants/0/price/currency', 400],
    ['a negative quantity', variant({ quantity: -1 }), '/variants/0/quantity', 400],
    ['a NUL', { ...good, title: 'a\u0000b' }, '/title', 400],
    ['a lone surrogate', { ...good, tags: ['\ud800'] }, '/tags/0', 400],
    ['a script as image address', variant({ imageUrl: 'javascript:alert(1)' }), '/variants/0/imageUrl', 400],
    ['an overlong description', { ...good, descriptionHtml: 'x'.repeat(65_537) }, '/descriptionHtml', 400],
    ['a bad handle', { ...good, handle: 'Not A Handle' }, '/handle', 400],
    ['a choice without its option', { ...good, options: [{ name: 'Size' }] }, '/variants/0/options', 422],
  ])('with %s', async (_, body, pointer, status) => {
    const before = await rowsOf('select count(*) as products from products');
    const answer = await catalog.call('POST', '/admin/v1/products', body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect(await rowsOf('select count(*) as products from products')).toEqual(before);
  });
});

describe('an edit', () => {
  test.each(['', '?currency=EUR', '?currency=USD'])('is on a page that was shown before (%s)', async (query) => {
    const product = await created();
    const path = `/v1/products/${product.handle}${query}`;
    expect((await catalog.call('GET', path)).body).toMatchObject({ title: product.title, version: 1 });
    await catalog.call('PATCH', `/admin/v1/products/${product.id}`, { title: 'Another name' });
    expect((await catalog.call('GET', path)).body).toMatchObject({ title: 'Another name', version: 2 });
  });

  test('is guarded by the version, whatever the stock does meanwhile', async () => {
    const product = await created();
    const path = `/admin/v1/products/${product.id}`;
    const etag = (await catalog.call('GET', path)).headers.get('etag') ?? '';
    await database.db.prepare('update availability set available = 1 where product_id = ?').bind(product.id).run();
    const edited = await catalog.call('PATCH', path, { title: 'New' }, { 'if-match': etag });
    expect([edited.status, edited.body.version]).toEqual([200, 2]);
    expect((await catalog.call('PATCH', path, { title: 'Newer' }, { 'if-match': etag })).body.code).toBe(
      'precondition-failed',
    );
    expect((await catalog.call('PATCH', path, { title: 'Newer' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await catalog.call('PATCH', path, { title: 'Newer' }, { 'if-match': '"2"' })).status).toBe(200);
    expect((await catalog.call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412);
  });

  test('of eight at once loses none', async () => {
    const product = await created();
    const vendors = Array.from({ length: 8 }, (_, index) => `vendor ${index}`);
    await Promise.all(vendors.map((vendor) => catalog.call('PATCH', `/admin/v1/products/${product.id}`, { vendor })));
    const after = await catalog.call('GET', `/admin/v1/products/${product.id}`);
    expect(after.body.version).toBe(1 + vendors.length);
    const events = await rowsOf(`select event_id from outbox where event_id like '${product.id}/%'`);
    expect(events).toHaveLength(1 + vendors.length);
  });

  test('that changes nothing makes no version and no event', async () => {
    const product = await created();
    expect(
      (await catalog.call('PATCH', `/admin/v1/products/${product.id}`, { title: product.title })).body.version,
    ).toBe(1);
    expect(await rowsOf(`select event_id from outbox where event_id = '${product.id}/2'`)).toEqual([]);
  });

  test('may swap the SKUs of two variants', async () => {
    const options = (size: string) => ({ Size: size });
    const product = await created({
      variants: [
        { sku: 'sw-a', options: options('S'), price: eur(1) },
        { sku: 'sw-b', options: options('M'), price: eur(1) },
      ],
    });
    const [a, b] = product.variants;
    const swapped = await catalog.call('PATCH', `/admin/v1/products/${product.id}`, {
      variants: [
        { id: a.id, sku: 'sw-b' },
        { id: b.id, sku: 'sw-a' },
      ],
    });
    expect(swapped.body.variants.map((variant: { id: string; sku: string }) => [variant.id, variant.sku])).toEqual([
      [a.id, 'sw-b'],
      [b.id, 'sw-a'],
    ]);
  });

  test('of what is not there is 404, and so is reading it after it was deleted', async () => {
    const product = await created();
    const path = `/admin/v1/products/${product.id}`;
    expect((await catalog.call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await catalog.call(method, path, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    expect((await catalog.call('GET', `/v1/products/${product.handle}`)).status).toBe(404);
    expect(await rowsOf(`select 1 from outbox where event_id = '${product.id}/2'`)).toHaveLength(1);
    expect(await rowsOf(`select 1 from availability where product_id = '${product.id}'`)).toEqual([]);
  });
});

describe('an idempotency key', () => {
  test('gives the first answer again, and refuses another body', async () => {
    const body = fresh();
    const headers = { 'idempotency-key': 'key-1' };
    const first = await catalog.call('POST', '/admin/v1/products', body, headers);
    const again = await catalog.call('POST', '/admin/v1/products', body, headers);
    expect([first.status, again.status, again.text === first.text]).toEqual([201, 201, true]);
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await catalog.call('POST', '/admin/v1/products', fresh(), headers)).body.code).toBe(
      'idempotency-key-reused',
    );
  });

  test('gives a refusal again, even when it would succeed by now', async () => {
    const product = await created();
    const body = fresh({ handle: product.handle });
    const headers = { 'idempotency-key': 'key-2' };
    expect((await catalog.call('POST', '/admin/v1/products', body, headers)).status).toBe(409);
    await catalog.call('DELETE', `/admin/v1/products/${product.id}`);
    expect((await catalog.call('POST', '/admin/v1/products', body, headers)).headers.get('idempotency-replayed')).toBe(
      'true',
    );
  });

  test('lets one of ten equal requests in', async () => {
    const body = fresh();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        catalog.call('POST', '/admin/v1/products', body, { 'idempotency-key': 'key-3' }),
      ),
    );
    const statuses = new Set(answers.map(({ status, body: { code } }) => `${status} ${code ?? ''}`));
    expect([...statuses].every((status) => ['201 ', '409 request-in-progress'].includes(status))).toBe(true);
    expect(await rowsOf(`select id from products where title = '${body.title}'`)).toHaveLength(1);
  });

  test('stays free after a failure on our side', async () => {
    const body = fresh();
    const headers = { 'idempotency-key': 'key-4' };
    catalog.whileOpening = async () => {
      catalog.whileOpening = async () => {};
      throw new Error('The inventory is away');
    };
    expect((await catalog.call('POST', '/admin/v1/products', body, headers)).status).toBe(500);
    expect((await catalog.call('POST', '/admin/v1/products', body, headers)).status).toBe(201);
  });
});
