/** Public reads that are remembered: when they are, for whom, for how long, and when they are forgotten. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheable, edgeCacheOf, type RouterContext } from './edge-cache.ts';
import { createGateway } from './gateway.ts';
import { asAdmin, neighbour, noDocuments, type TestRouter, testRouter } from './testing/router.ts';

function counting(router: TestRouter, headers: Record<string, string> = {}): TestRouter {
  let version = 0;
  router.catalog.answer = () => {
    version += 1;
    return Response.json({ version }, { headers: { etag: `"${version}"`, ...headers } });
  };
  return router;
}

const versionOf = async (answer: Response | Promise<Response>) =>
  ((await (await answer).json()) as { version: number }).version;

describe('a public read', () => {
  it('is answered from memory for five seconds', async () => {
    const router = counting(testRouter());
    expect(await versionOf(router.fetch('/v1/products'))).toBe(1);
    router.clock.now += 4999;
    const kept = await router.fetch('/v1/products');
    expect(kept.headers.get('age')).toBe('4');
    expect(await versionOf(kept)).toBe(1);
    router.clock.now += 1;
    expect(await versionOf(router.fetch('/v1/products'))).toBe(2);
  });

  it('tells shared caches how long they may keep it, and browsers to ask again', async () => {
    const answer = await counting(testRouter()).fetch('/v1/products');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=20, stale-while-revalidate=20');
    expect([answer.headers.has('vary'), answer.headers.has('age')]).toEqual([false, false]);
  });

  it('is one entry however its parameters are ordered', async () => {
    const router = counting(testRouter());
    await router.fetch('/v1/products?limit=5&sort=title');
    expect(await versionOf(router.fetch('/v1/products?sort=title&limit=5'))).toBe(1);
    expect(await versionOf(router.fetch('/v1/products?sort=title&limit=6'))).toBe(2);
    expect(router.catalog.requests.map(({ url }) => new URL(url).search)).toEqual([
      '?limit=5&sort=title',
      '?limit=6&sort=title',
    ]);
  });

  it.each(['?nonsense=1', '?limit=1&limit=2', `?cursor=${'x'.repeat(2000)}`, '?tag=%FF'])(
    'with parameters that are unknown, repeated, endless or not UTF-8 goes through as it is: %#',
    async (search) => {
      const router = counting(testRouter());
      await router.fetch(`/v1/products${search}`);
      await router.fetch(`/v1/products${search}`);
      expect(router.catalog.requests.map(({ url }) => new URL(url).search)).toEqual([search, search]);
    },
  );

  it('with a credential is answered as for everybody, and the credential goes nowhere', async () => {
    const router = counting(testRouter());
    for (const headers of [{ authorization: 'Bearer t' }, asAdmin, undefined]) {
      const answer = await router.fetch('/v1/products', headers === undefined ? {} : { headers });
      expect(answer.headers.get('cache-control')).toContain('public');
      expect(await versionOf(answer)).toBe(1);
    }
    expect(router.catalog.requests.map(({ headers }) => headers.has('authorization'))).toEqual([false]);
  });

  it('answers 304 from memory to whoever has it', async () => {
    const router = counting(testRouter());
    await router.fetch('/v1/products/shirt');
    const same = await router.fetch('/v1/products/shirt', { headers: { 'if-none-match': 'W/"0", "1"' } });
    expect([same.status, await same.text(), same.headers.get('etag'), same.headers.has('content-type')]).toEqual([
      304,
      '',
      '"1"',
      false,
    ]);
    expect((await router.fetch('/v1/products/shirt', { headers: { 'if-none-match': '"0"' } })).status).toBe(200);
    expect(router.catalog.requests).toHaveLength(1);
    expect(router.catalog.requests[0]?.headers.has('if-none-match')).toBe(false);
  });

  it('gets an ETag from its content when the catalog states none', async () => {
    const router = testRouter();
    const etag = (await router.fetch('/v1/products')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{24}"$/);
    expect((await router.fetch('/v1/products', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it.each([
    ['a refusal', () => Response.json({}, { status: 404 })],
    ['the way to another address', () => new Response(null, { status: 301, headers: { location: '/v1/products/b' } })],
    ['a cookie', () => Response.json({}, { headers: { 'set-cookie': 'a=b' } })],
    ['a private answer', () => Response.json({}, { headers: { 'cache-control': 'private' } })],
    ['an answer that varies', () => Response.json({}, { headers: { vary: 'accept-language' } })],
  ])('that is %s is not kept', async (_, answer) => {
    const router = testRouter();
    router.catalog.answer = answer;
    await router.fetch('/v1/products');
    expect((await router.fetch('/v1/products')).headers.get('cache-control')).toBe('no-store');
    expect(router.catalog.requests).toHaveLength(2);
  });
});

it('a way to another address is shown, and asked for again by every cache', async () => {
  const router = testRouter();
  const headers = { location: '/v1/products/%E5%86%AC', 'cache-control': 'public, max-age=0, must-revalidate' };
  router.catalog.answer = () => new Response(null, { status: 301, headers });
  for (const method of ['GET', 'HEAD']) {
    const answer = await router.fetch('/v1/products/winter', { method });
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
      301,
      '/v1/products/%E5%86%AC',
      'no-store',
    ]);
  }
  const atTheEdge = cacheable(new Response(null, { status: 301, headers }), 20);
  expect(atTheEdge.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
});

describe('readers who come together', () => {
  it('make one call', async () => {
    const router = counting(testRouter());
    const versions = await Promise.all(Array.from({ length: 20 }, () => versionOf(router.fetch('/v1/products'))));
    expect(new Set(versions)).toEqual(new Set([1]));
    expect(router.catalog.requests).toHaveLength(1);
  });

  it('do not share a failure', async () => {
    const router = testRouter();
    let calls = 0;
    router.catalog.answer = () => Response.json({}, { status: calls++ === 0 ? 404 : 200 });
    const answers = await Promise.all([router.fetch('/v1/products/x'), router.fetch('/v1/products/x')]);
    expect(answers.map(({ status }) => status)).toEqual([404, 200]);
  });
});

describe('an edit by the merchant', () => {
  const edit = (router: TestRouter) =>
    router.fetch('/admin/v1/products/shirt', { method: 'PATCH', body: '{}', headers: asAdmin });

  it('is seen by the next reader', async () => {
    const router = counting(testRouter());
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(1);
    await edit(router);
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBeGreaterThan(1);
  });

  it('of prices reaches cart and catalog before it is answered, and one that is away delays nobody', async () => {
    const router = counting(testRouter({ PRICING: neighbour() }));
    const edit = (what: TestRouter) =>
      what.fetch('/admin/v1/markets/m', { method: 'PATCH', body: '{}', headers: asAdmin });
    const told: string[] = [];
    const remembering = (forget: (name: string) => Promise<void>) => ({
      CART: Object.assign(router.cart, { forget: () => forget('cart') }),
      CATALOG: Object.assign(router.catalog, { forget: () => forget('catalog') }),
    });
    router.env = { ...router.env, ...remembering(async (name) => void told.push(name)) };
    expect((await edit(router)).status).toBe(200);
    expect(told).toEqual(['cart', 'catalog']);
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
    router.env = { ...router.env, ...remembering(() => Promise.reject(new Error('away'))) };
    expect((await edit(router)).status).toBe(200);
    expect(quiet).toHaveBeenCalledTimes(2);
    quiet.mockRestore();
  });

  it('is not hidden by a page that the catalog made before it was told', async () => {
    const router = testRouter();
    let version = 1;
    router.catalog.answer = () => Response.json({ version });
    const forget = async () => {
      expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(1);
      version = 2;
    };
    router.env = { ...router.env, CART: Object.assign(router.cart, { forget }) };
    await edit(router);
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(2);
  });

  const tagged = (router: TestRouter): TestRouter => {
    let version = 0;
    router.catalog.answer = ({ url, method }) => {
      version += 1;
      const path = new URL(url).pathname;
      const tag = path.endsWith('s') ? 'products' : `product,product-${path.at(-1)}`;
      return Response.json({ version }, { status: method === 'POST' ? 201 : 200, headers: { 'cache-tag': tag } });
    };
    return router;
  };

  it('clears the pages of what it names and the lists, and no other page', async () => {
    const router = tagged(testRouter());
    const read = () =>
      Promise.all(['/v1/products/1', '/v1/products/2', '/v1/products'].map((path) => versionOf(router.fetch(path))));
    expect(await read()).toEqual([1, 2, 3]);
    const answer = await router.fetch('/admin/v1/products/1', { method: 'PATCH', body: '{}', headers: asAdmin });
    expect(answer.headers.has('cache-tag')).toBe(false);
    expect(await read()).toEqual([5, 2, 6]);
  });

  it('of prices clears every page that shows one', async () => {
    const router = tagged(testRouter({ PRICING: neighbour() }));
    const read = () =>
      Promise.all(['/v1/products/1', '/v1/products/2', '/v1/products'].map((path) => versionOf(router.fetch(path))));
    await read();
    await router.fetch('/admin/v1/price-lists', { method: 'POST', body: '{}', headers: asAdmin });
    expect(await read()).toEqual([4, 5, 6]);
  });

  it.each([
    ['POST', '/admin/v1/orders/ord_1/refunds'],
    ['POST', '/admin/v1/orders/ord_1/fulfillments'],
    ['POST', '/admin/v1/orders/ord_1/notes'],
    ['POST', '/admin/v1/inventory/SKU-1/adjustments'],
    ['PATCH', '/admin/v1/promotions/pro_1'],
    ['POST', '/admin/v1/gift-cards'],
    ['POST', '/admin/v1/payments/reconciliation'],
  ])('that shows in no page waits for nobody and leaves what is remembered: %s %s', async (method, path) => {
    const forget = vi.fn(async () => undefined);
    const router = counting(testRouter());
    const remembering = {
      CART: Object.assign(router.cart, { forget }),
      CATALOG: Object.assign(router.catalog, { forget }),
    };
    const others = { INVENTORY: neighbour(), PRICING: neighbour(), PAYMENTS: neighbour() };
    router.env = { ...router.env, ...remembering, ...others };
    await router.fetch('/v1/products/shirt');
    expect((await router.fetch(path, { method, body: '{}', headers: asAdmin })).status).toBe(200);
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(1);
    expect(forget).not.toHaveBeenCalled();
  });

  it('that is refused changes nothing', async () => {
    const router = counting(testRouter());
    await router.fetch('/v1/products/shirt');
    const answer = router.catalog.answer;
    router.catalog.answer = () => Response.json({}, { status: 412 });
    await edit(router);
    router.catalog.answer = answer;
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(1);
  });

  it('of a cart is in no page, and leaves what is remembered', async () => {
    const router = counting(testRouter());
    await router.fetch('/v1/products/shirt');
    router.env = { ...router.env, CART: neighbour() };
    const put = { method: 'PUT', body: '{}', headers: asAdmin };
    expect((await router.fetch('/admin/v1/carts/cart_1/customer', put)).status).toBe(200);
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(1);
  });

  it('is not hidden by a read that began before it', async () => {
    const router = testRouter();
    const gate = Promise.withResolvers<void>();
    router.catalog.answer = async (request) => {
      if (request.method === 'PATCH') return Response.json({});
      await gate.promise;
      return Response.json({ version: 1 });
    };
    const early = router.fetch('/v1/products/shirt');
    await edit(router);
    gate.resolve();
    expect(await versionOf(early)).toBe(1);
    router.catalog.answer = () => Response.json({ version: 2 });
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(2);
  });
});

describe('a reader who comes after an edit', () => {
  afterEach(() => void vi.useRealTimers());

  it('does not wait for a read that began before it', { timeout: 20_000 }, async () => {
    // A reader who waits for another waits without end.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const router = testRouter();
    const gate = Promise.withResolvers<void>();
    router.catalog.answer = async (request) => {
      if (request.method === 'PATCH') return Response.json({});
      await gate.promise;
      return Response.json({ version: 1 });
    };
    const early = router.fetch('/v1/products/shirt');
    await router.fetch('/admin/v1/products/shirt', { method: 'PATCH', body: '{}', headers: asAdmin });
    router.catalog.answer = () => Response.json({ version: 2 });
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(2);
    gate.resolve();
    expect(await versionOf(early)).toBe(1);
    expect(await versionOf(router.fetch('/v1/products/shirt'))).toBe(2);
  });
});

describe('the edge cache, where the platform has one', () => {
  it('is read through and purged by an edit', async () => {
    const pages = neighbour(() =>
      Response.json({ from: 'edge' }, { headers: { age: '20', 'cache-control': 'public, s-maxage=25' } }),
    );
    const purges: (readonly string[])[] = [];
    const work: Promise<unknown>[] = [];
    const context: RouterContext = {
      waitUntil: (promise) => void work.push(promise),
      cache: { purge: async () => undefined },
      exports: {
        CatalogPages: Object.assign(pages, {
          purge: async (tags: readonly string[]) => void purges.push(tags),
        }),
      },
    };
    const { env, catalog } = testRouter();
    const gateway = createGateway(noDocuments);
    const read = await gateway.fetch(new Request('http://shop.test/v1/products'), env, context);
    expect(await read.json()).toEqual({ from: 'edge' });
    expect(Number(read.headers.get('age'))).toBeGreaterThanOrEqual(20);
    expect(catalog.requests).toHaveLength(0);
    await gateway.fetch(
      new Request('http://shop.test/admin/v1/products/x', { method: 'DELETE', headers: asAdmin }),
      env,
      context,
    );
    await Promise.all(work);
    expect(purges).toEqual([['product', 'products']]);
  });

  it('is told how long to hold a page and by which tags to drop it, and keeps no refusal', () => {
    const page = cacheable(
      Response.json({}, { headers: { 'cache-tag': 'product-1', 'cache-control': 'no-cache' } }),
      25,
    );
    expect(page.headers.get('cache-tag')).toBe('product-1');
    expect(page.headers.get('cache-control')).toBe('public, s-maxage=25, stale-while-revalidate=25');
    const refusal = Response.json({}, { status: 404, headers: { 'cache-control': 'no-store' } });
    expect(cacheable(refusal, 25)).toBe(refusal);
  });

  it('is not asked for where there is none', () => {
    expect(
      edgeCacheOf({
        waitUntil: () => undefined,
        exports: { CatalogPages: Object.assign(neighbour(), { purge: async () => undefined }) },
      }),
    ).toBeUndefined();
  });
});
