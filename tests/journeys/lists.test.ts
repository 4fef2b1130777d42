/**
 * How the shop is read: lists that skip and repeat nothing while they grow, answers that are not sent twice, edits that do not
 * overwrite each other, and addresses and methods that do not exist.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { Market, ShippingRate } from '../../shared/contracts/pricing/markets.ts';
import { Page } from '../../shared/http/pagination.ts';
import { type Answer, expectProblem, expectStatus, inParallel } from './client.ts';
import { untilAllIsTold } from './outbox-rows.ts';
import { buy, card, checkOut, fillCart, journeyOfFile, orderOf, putUp } from './shopping.ts';

const firstProducts = 23;
const shop = journeyOfFile();
beforeAll(async () => {
  await inParallel([...Array(firstProducts).keys()], 4, (index) => putUpNumbered(index));
  const products = [...Array(firstProducts).keys()].map((index) => `list-${index}`);
  const collection = { handle: 'all', title: 'All', products };
  expectStatus(await shop.admin('POST', '/admin/v1/collections', collection), 201);
  for (let index = 0; index < 9; index += 1) {
    await buy(shop, { sku: 'LIST-0', quantity: 1 });
    const title = { handle: `more-${index}`, title: `More ${index}` };
    expectStatus(await shop.admin('POST', '/admin/v1/collections', title), 201);
  }
  await untilAllIsTold(shop);
});

/** Prices repeat, so that the order of equals is put to the test too. */
const putUpNumbered = (index: number) =>
  putUp(shop, { sku: `LIST-${index}`, stock: 50, priceMinor: 1000 + (index % 4) * 100 });

const AnyPage = z.object({ items: z.array(z.looseObject({})), next: z.string().nullable() });
const keyOf = (item: Readonly<Record<string, unknown>>): string =>
  String(item.id ?? item.sku ?? item.position ?? item.sequence);

/** Follows `next` to the end, doing something between the pages, and answers the keys in their order. */
async function walk(path: string, isAdmin: boolean, between: (page: number) => Promise<unknown>): Promise<string[]> {
  const keys: string[] = [];
  let address: string | null = path;
  for (let page = 0; address !== null; page += 1) {
    const answer: Answer = expectStatus(await shop.send('GET', address, { isAdmin }), 200);
    const { items, next } = answer.as(AnyPage);
    keys.push(...items.map(keyOf));
    const link: RegExpExecArray | null = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''));
    expect(link === null, 'Link is there when there is a next page').toBe(next === null);
    if (link !== null) {
      const { pathname, searchParams } = new URL(link[1] ?? '', 'http://shop');
      expect(pathname).toBe(path.split('?')[0]);
      expect(searchParams.get('cursor')).toBe(next);
    }
    address = link?.[1] ?? null;
    expect(page).toBeLessThan(50);
    if (address !== null) await between(page);
  }
  return keys;
}

let added = 0;
/** Puts up a product whose title comes before, among and after the others. */
async function addProduct(): Promise<void> {
  added += 1;
  const sku = `${['AA', 'LIST-1', 'ZZ'][added % 3]}-${added}x`;
  await putUp(shop, { sku, stock: 1, priceMinor: 900 + (added % 7) * 100 });
}

describe('a list walked page by page while products are put up', () => {
  it.each([
    '/v1/products?limit=4',
    '/v1/products?limit=4&sort=price',
    '/v1/products?limit=4&sort=-price&currency=EUR',
    '/v1/products?limit=4&sort=newest',
    '/v1/products?limit=4&collection=all',
    '/v1/products?limit=4&sort=price&currency=USD',
    '/admin/v1/products?limit=4',
    '/admin/v1/products?limit=4&status=active',
    '/admin/v1/inventory?limit=4',
  ])('%s shows each that was there once', async (path) => {
    const isAdmin = path.startsWith('/admin');
    const all = await walk(path.replace('limit=4', 'limit=100'), isAdmin, async () => undefined);
    const walked = await walk(path, isAdmin, addProduct);
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked.filter((key) => all.includes(key))).toEqual(all);
  });

  it.each([
    '/v1/collections?limit=2',
    '/admin/v1/collections?limit=2',
    '/admin/v1/orders?limit=2',
    '/admin/v1/orders?limit=2&status=paid',
    '/admin/v1/inventory/LIST-0/movements?limit=3',
  ])('%s shows each once', async (path) => {
    const isAdmin = path.startsWith('/admin');
    const all = await walk(path.replace(/limit=\d/, 'limit=100'), isAdmin, async () => undefined);
    expect(all.length).toBeGreaterThanOrEqual(9);
    expect(await walk(path, isAdmin, async () => undefined)).toEqual(all);
  });

  it('the change feed goes on where a reader stopped', async () => {
    const positions: number[] = [];
    for (;;) {
      const path = `/admin/v1/events?limit=9&after=${positions.at(-1) ?? 0}`;
      const { items } = expectStatus(await shop.admin('GET', path), 200).as(AnyPage);
      if (items.length === 0) break;
      positions.push(...items.map((item) => Number(item.position)));
    }
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    expect(positions.length).toBeGreaterThan(firstProducts);
  });
});

describe('a list refuses', () => {
  it.each([
    ['/v1/products?cursor=nonsense', 'invalid-cursor'],
    ['/v1/products?cursor=WyJ4Il0', 'invalid-cursor'],
    ['/admin/v1/orders?cursor=e30', 'invalid-cursor'],
    ['/admin/v1/products?cursor=%22', 'invalid-cursor'],
    ['/admin/v1/inventory?cursor=x', 'invalid-cursor'],
    ['/v1/products?limit=0', 'invalid-input'],
    ['/v1/products?limit=101', 'invalid-input'],
    ['/v1/products?limit=1e1', 'invalid-input'],
    ['/v1/products?limit=-1', 'invalid-input'],
    ['/v1/products?limit=5&limit=6', 'invalid-input'],
    ['/v1/products?color=red', 'invalid-input'],
    ['/v1/products?sort=random', 'invalid-input'],
    ['/v1/products?currency=eur', 'invalid-input'],
    ['/v1/products?collection=nowhere', 'not-found'],
    ['/admin/v1/orders?status=open', 'invalid-input'],
    ['/admin/v1/events?after=last', 'invalid-input'],
  ] as const)('%s as %s', async (path, code) => {
    expectProblem(await shop.send('GET', path, { isAdmin: path.startsWith('/admin') }), code);
  });

  it('the cursor of another order', async () => {
    const page = expectStatus(await shop.send('GET', '/v1/products?limit=2&sort=price'), 200).as(AnyPage);
    const cursor = encodeURIComponent(page.next ?? '');
    expectProblem(await shop.send('GET', `/v1/products?sort=title&cursor=${cursor}`), 'invalid-cursor');
  });

  it('the cursor of another list, everywhere in the same words', async () => {
    const page = expectStatus(await shop.admin('GET', '/admin/v1/inventory?limit=1'), 200).as(AnyPage);
    const cursor = encodeURIComponent(page.next ?? '');
    for (const list of ['orders', 'products', 'collections', 'imports', 'dead-letters', 'inventory/LIST-1/movements']) {
      const answer = await shop.admin('GET', `/admin/v1/${list}?cursor=${cursor}`);
      expect(expectProblem(answer, 'invalid-cursor'), list).toMatchObject({
        requestId: expect.any(String),
        errors: [{ pointer: '/query/cursor' }],
      });
    }
  });
});

describe('what the client has already', () => {
  it('is not sent again, until it changes', async () => {
    const cart = await fillCart(shop, { sku: 'LIST-1', quantity: 1 });
    const { id, accessToken } = orderOf(await buy(shop, { sku: 'LIST-2', quantity: 1 }));
    await untilAllIsTold(shop);
    const order = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200);
    expect(order.headers.etag).toMatch(/^"/);
    for (const [path, isAdmin] of [
      ['/v1/products/list-3', false],
      ['/v1/products/list-3?currency=EUR', false],
      ['/v1/products?limit=2', false],
      ['/v1/collections', false],
      ['/v1/collections/all', false],
      [`/v1/carts/${cart.id}`, false],
      ['/admin/v1/products/list-3', true],
      ['/admin/v1/collections/all', true],
    ] as const) {
      const first = expectStatus(await shop.send('GET', path, { isAdmin }), 200);
      const { etag } = first.headers;
      expect(etag, path).toMatch(/^"[^"]+"$/);
      const read = (ifNoneMatch: string) =>
        shop.send('GET', path, { isAdmin, headers: { 'if-none-match': ifNoneMatch } });
      for (const tag of [`${etag}`, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await read(tag);
        expect({ path, tag, status: again.status, text: again.text }).toEqual({ path, tag, status: 304, text: '' });
        expect(again.headers.etag).toBe(etag);
      }
      expectStatus(await read('"other"'), 200);
    }
    const token = { headers: { 'if-none-match': '"0"' } };
    expectStatus(await shop.send('GET', `/v1/orders/${id}?access_token=${accessToken}`, token), 200);
  });

  it('is sent anew after an edit, at once', async () => {
    const read = () => shop.send('GET', '/v1/products/list-4');
    const before = expectStatus(await read(), 200);
    const edit = expectStatus(await shop.admin('PATCH', '/admin/v1/products/list-4', { title: 'New title' }), 200);
    const after = expectStatus(await read(), 200);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    expect(after.text).toContain('New title');
    expect(edit.text).toContain('New title');
    expectStatus(
      await shop.send('GET', '/v1/products/list-4', { headers: { 'if-none-match': `${before.headers.etag}` } }),
      200,
    );
  });

  it('may be kept only when it is the same for everybody', async () => {
    const cart = await fillCart(shop, { sku: 'LIST-1', quantity: 1 });
    const control = async (path: string, isAdmin = false) =>
      String((await shop.send('GET', path, { isAdmin })).headers['cache-control']);
    expect(await control('/v1/products/list-3')).toMatch(/^public, max-age=0/);
    expect(await control(`/v1/carts/${cart.id}`)).toMatch(/no-store/);
    expect(await control('/admin/v1/products/list-3', true)).toMatch(/private/);
    expect(await control('/admin/v1/orders', true)).toMatch(/no-store/);
    expect(await control('/v1/nowhere')).toMatch(/no-store/);
  });
});

describe('an edit of what has changed meanwhile', () => {
  const stale = ['"0"', '"999"', 'W/"1"', '"x"', 'x'];

  /** Every stale tag is refused and changes nothing; the present one and `*` are taken. */
  async function expectGuarded(
    method: string,
    path: string,
    isAdmin: boolean,
    json: unknown,
    read: () => Promise<Answer>,
  ): Promise<void> {
    const before = expectStatus(await read(), 200);
    for (const tag of stale) {
      const answer = await shop.send(method, path, { isAdmin, json, headers: { 'if-match': tag } });
      expect({ path, tag, status: answer.status }).toEqual({ path, tag, status: 412 });
      expectProblem(answer, 'precondition-failed');
    }
    expect((await read()).headers.etag).toBe(before.headers.etag);
    const fresh = { 'if-match': String(before.headers.etag) };
    expectStatus(await shop.send(method, path, { isAdmin, json, headers: fresh }), 200, 201, 204);
    if (method === 'DELETE') return;
    expectStatus(await shop.send(method, path, { isAdmin, json, headers: { 'if-match': '*' } }), 200, 201);
  }
  const readAs = (path: string, isAdmin: boolean) => () => shop.send('GET', path, { isAdmin });

  it('is refused for a cart and its lines', async () => {
    const cart = await fillCart(shop, { sku: 'LIST-5', quantity: 1 });
    const path = `/v1/carts/${cart.id}`;
    const line = `${path}/lines/${cart.lines[0]?.id}`;
    await expectGuarded('PATCH', path, false, { note: 'Guarded' }, readAs(path, false));
    await expectGuarded('POST', `${path}/lines`, false, { sku: 'LIST-6', quantity: 1 }, readAs(path, false));
    await expectGuarded('PATCH', line, false, { quantity: 3 }, readAs(path, false));
    await expectGuarded('DELETE', line, false, undefined, readAs(path, false));
  });

  it('is refused for what the merchant edits', async () => {
    const market = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(Page(Market)).items[1];
    const rate = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(Page(ShippingRate)).items[1];
    for (const [path, json] of [
      ['/admin/v1/products/list-7', { title: 'Guarded' }],
      ['/admin/v1/collections/more-1', { title: 'Guarded' }],
      [`/admin/v1/markets/${market?.id}`, { name: 'Guarded' }],
      [`/admin/v1/shipping-rates/${rate?.id}`, { name: 'Guarded' }],
    ] as const)
      await expectGuarded('PATCH', path, true, json, readAs(path, true));
    for (const path of ['/admin/v1/products/list-8', '/admin/v1/collections/more-2'])
      await expectGuarded('DELETE', path, true, undefined, readAs(path, true));
    expectProblem(await shop.send('GET', '/v1/products/list-8'), 'not-found');
  });

  it('loses one of two at once, and says so', async () => {
    const path = '/admin/v1/products/list-9';
    for (let round = 0; round < 5; round += 1) {
      const { etag } = (await shop.admin('GET', path)).headers;
      const edit = (title: string) =>
        shop.send('PATCH', path, { isAdmin: true, json: { title }, headers: { 'if-match': `${etag}` } });
      const answers = await Promise.all([edit(`A ${round}`), edit(`B ${round}`)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  });
});

describe('an address', () => {
  it.each([
    '/v1/nowhere',
    '/nowhere',
    '/v1',
    '/v1/products/',
    '//v1/products',
    '/V1/products',
    '/admin/v1/nowhere',
    '/v1/products/list-3/x',
    '/sandbox/nowhere',
  ])('%s that is none is a problem', async (path) => {
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT']) {
      const body = method === 'GET' ? {} : { json: { a: 1 } };
      expectProblem(await shop.send(method, path, { isAdmin: true, ...body }), 'not-found');
    }
  });

  it.each([
    ['/v1/products', 'GET, HEAD, OPTIONS'],
    ['/v1/products/list-3', 'GET, HEAD, OPTIONS'],
    ['/v1/carts', 'POST, OPTIONS'],
    ['/v1/checkouts', 'POST, OPTIONS'],
    ['/v1/carts/cart_x', 'GET, HEAD, PATCH, OPTIONS'],
    ['/admin/v1/products', 'GET, HEAD, POST, OPTIONS'],
    ['/admin/v1/imports', 'GET, HEAD, POST, OPTIONS'],
    ['/healthz', 'GET, HEAD, OPTIONS'],
  ])('%s names the methods it takes', async (path, allow) => {
    const answer = await shop.send('PUT', path, { isAdmin: true, json: { a: 1 } });
    expectProblem(answer, 'method-not-allowed');
    expect(String(answer.headers.allow).split(', ').sort()).toEqual(allow.split(', ').sort());
    expectProblem(await shop.send('TRACE', path), 'method-not-allowed');
    const options = await shop.send('OPTIONS', path);
    expect({ path, status: options.status, allow: options.headers.allow }).toEqual({
      path,
      status: 204,
      allow: answer.headers.allow,
    });
  });

  it('answers HEAD as GET without the body', async () => {
    const cart = await fillCart(shop, { sku: 'LIST-1', quantity: 1 });
    for (const path of [
      '/v1/products',
      '/v1/products/list-3',
      `/v1/carts/${cart.id}`,
      '/admin/v1/orders',
      '/healthz',
      '/v1/nowhere',
    ]) {
      const isAdmin = path.startsWith('/admin');
      const [get, head] = [await shop.send('GET', path, { isAdmin }), await shop.send('HEAD', path, { isAdmin })];
      expect({ path, status: head.status, text: head.text }).toEqual({ path, status: get.status, text: '' });
      for (const name of ['content-type', 'etag', 'cache-control'])
        expect({ path, [name]: head.headers[name] }).toEqual({ path, [name]: get.headers[name] });
    }
  });

  it('tells the request id and continues the trace, whatever it answers', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const ids = new Set<string>();
    for (const path of ['/v1/products', '/v1/nowhere', '/v1/carts/cart_x', '/admin/v1/orders', '/healthz']) {
      const { headers, text } = await shop.send('GET', path, { headers: { traceparent } });
      expect(headers['x-request-id'], path).toMatch(/^req_/);
      expect(headers.traceparent, path).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      if (text.includes('"code"')) expect(text).toContain(String(headers['x-request-id']));
      ids.add(String(headers['x-request-id']));
    }
    expect(ids.size).toBe(5);
  });

  it('of an order opens nothing without its token', async () => {
    const cart = await fillCart(shop, { sku: 'LIST-1', quantity: 1 });
    const checkout = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    const { id } = orderOf(checkout);
    expectProblem(await shop.send('GET', `/v1/orders/${id}`), 'not-found');
    expectProblem(await shop.send('GET', `/v1/checkouts/${id}`), 'not-found');
    expectProblem(await shop.send('GET', `/v1/checkouts/${id.replace('ord_', 'chk_')}`), 'not-found');
    expectProblem(await shop.send('GET', `/v1/checkouts/${checkout.id.slice(0, -1)}`), 'not-found');
    expectProblem(await shop.send('GET', `/v1/orders/${checkout.id}`), 'not-found');
    expect(expectStatus(await shop.send('GET', `/v1/carts/${cart.id}`), 200).as(CartView).id).toBe(cart.id);
  });
});
