/** The door when all goes well: where requests go, what they carry, and what comes back. */
import { describe, expect, it } from 'vitest';
import { Actor, actorOf } from '../../shared/http/actor.ts';
import { asAdmin, neighbour, testRouter } from './testing/router.ts';

const requestIdPattern = /^req_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

describe('a storefront request', () => {
  it('reaches the Worker of its route unchanged, with a guest as actor', async () => {
    const router = testRouter();
    const answer = await router.fetch('/v1/carts?x=1', {
      method: 'POST',
      body: '{"country":"DE"}',
      headers: { 'idempotency-key': 'k1', 'content-length': '16' },
    });
    expect(answer.status).toBe(200);
    const [request] = router.cart.requests;
    expect(request).toMatchObject({ method: 'POST', url: 'http://shop.test/v1/carts?x=1' });
    expect(request?.headers.get('idempotency-key')).toBe('k1');
    expect(router.cart.bodies).toEqual(['{"country":"DE"}']);
    expect(Actor.parse(actorOf(request?.headers ?? new Headers()))).toMatchObject({
      kind: 'guest',
      id: 'guest',
      scopes: [],
      region: 'weur',
      country: null,
    });
  });

  it('keeps its Authorization header, because a guest reads an order with a token', async () => {
    const router = testRouter();
    const answer = await router.fetch('/v1/orders/ord_1', { headers: { authorization: 'Bearer order-token' } });
    expect(router.orders.requests[0]?.headers.get('authorization')).toBe('Bearer order-token');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it('is answered with the headers of the domain Worker and those of the router', async () => {
    const router = testRouter();
    router.cart.answer = () => Response.json({}, { status: 201, headers: { etag: '"3"', location: '/v1/carts/c' } });
    const answer = await router.fetch('/v1/carts', { method: 'POST' });
    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"3"',
      location: '/v1/carts/c',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, no-store',
      'x-request-id': expect.stringMatching(requestIdPattern),
    });
  });

  it('promises https for later only when it came by https', async () => {
    expect((await testRouter().fetch('/healthz')).headers.has('strict-transport-security')).toBe(false);
    expect(
      (await testRouter({}, 'https://shop.test').fetch('/healthz')).headers.get('strict-transport-security'),
    ).toContain('max-age=');
  });
});

describe('an admin request', () => {
  it('reaches its Worker as the key and without the key', async () => {
    const router = testRouter();
    for (const headers of [asAdmin, { 'x-api-key': 'the-admin-key' }])
      expect((await router.fetch('/admin/v1/products', { headers })).status).toBe(200);
    for (const { headers } of router.catalog.requests) {
      expect(headers.get('authorization')).toBeNull();
      expect(headers.get('x-api-key')).toBeNull();
      expect(actorOf(headers)).toMatchObject({ kind: 'key', id: 'admin', scopes: ['*'] });
    }
  });

  it('is never kept, whatever the domain Worker says', async () => {
    const router = testRouter();
    router.catalog.answer = () => Response.json({}, { headers: { 'cache-control': 'public, max-age=60' } });
    expect((await router.fetch('/admin/v1/products', { headers: asAdmin })).headers.get('cache-control')).toBe(
      'private, no-store',
    );
  });
});

describe('HEAD', () => {
  it('is GET without a body, from memory as well', async () => {
    const router = testRouter();
    for (const path of ['/v1/products', '/v1/products', '/v1/carts/c', '/healthz', '/docs']) {
      const answer = await router.fetch(path, { method: 'HEAD' });
      expect([answer.status, await answer.text()], path).toEqual([200, '']);
    }
    expect(router.cart.requests[0]?.method).toBe('GET');
    expect(router.catalog.requests).toHaveLength(1);
  });
});

describe('CORS', () => {
  it('opens storefront routes to any origin, without credentials', async () => {
    const answer = await testRouter().fetch('/v1/carts/c', {
      method: 'OPTIONS',
      headers: { origin: 'https://store.test', 'access-control-request-method': 'PATCH' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('shows scripts every header, on refusals too', async () => {
    for (const path of ['/v1/products', '/v1/carts/c', '/v1/nothing']) {
      expect((await testRouter().fetch(path)).headers.get('access-control-expose-headers'), path).toBe('*');
    }
  });

  it('opens admin routes to none', async () => {
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await testRouter().fetch('/admin/v1/products', {
        method,
        headers: { origin: 'https://store.test', ...asAdmin },
      });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('the trace of a request', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('goes on with a span of our own, inwards and outwards', async () => {
    const router = testRouter();
    const answer = await router.fetch('/v1/carts/c', { headers: { traceparent: parent } });
    const own = answer.headers.get('traceparent') ?? '';
    expect(own).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(own).not.toBe(parent);
    const [request] = router.cart.requests;
    expect(request?.headers.get('traceparent')).toBe(own);
    expect(actorOf(request?.headers ?? new Headers())).toMatchObject({
      traceparent: own,
      requestId: answer.headers.get('x-request-id'),
    });
  });

  it('has a request id that a client cannot choose', async () => {
    const answer = await testRouter().fetch('/healthz', { headers: { 'x-request-id': 'mine' } });
    expect(answer.headers.get('x-request-id')).toMatch(requestIdPattern);
  });
});

describe('the pages of the router', () => {
  it('name the addresses, the health and the documents', async () => {
    const router = testRouter();
    expect(await (await router.fetch('/')).json()).toMatchObject({ openapi: '/openapi.json', documentation: '/docs' });
    expect(await (await router.fetch('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await router.fetch('/openapi.json')).json()).toEqual({ openapi: '3.1.1' });
    const docs = await router.fetch('/docs');
    expect(docs.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(docs.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(await docs.text()).toBe('<!doctype html><p>Größe</p></html>');
    expect((await router.fetch('/docs/nonsense')).status).toBe(404);
    expect((await router.fetch('/docs/guides/nonsense')).status).toBe(404);
    expect(await (await router.fetch('/docs', { method: 'HEAD' })).text()).toBe('');
  });

  it('tell what a problem code means', async () => {
    const answer = await testRouter().fetch('/problems/insufficient-stock');
    expect(await answer.json()).toMatchObject({
      type: '/problems/insufficient-stock',
      code: 'insufficient-stock',
      status: 409,
      title: 'There is not enough stock',
      cause: expect.stringContaining('Fewer units'),
      remedy: expect.stringContaining('`available`'),
      example: { code: 'insufficient-stock', status: 409, requested: 3, available: 1 },
    });
    expect((await testRouter().fetch('/problems/nonsense')).status).toBe(404);
    expect((await testRouter().fetch('/problems/constructor')).status).toBe(404);
  });
});

/** As a browser asks. */
const inBrowser = { headers: { accept: 'text/html,application/xhtml+xml;q=0.9' } };

describe('an address that somebody looks at in a browser', () => {
  it('at the entrance leads to the reference, and programs still get data', async () => {
    const answer = await testRouter().fetch('/', { ...inBrowser, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location'), answer.headers.get('vary')]).toEqual([
      302,
      '/docs',
      'Accept',
    ]);
    const data = await testRouter().fetch('/');
    expect([data.status, data.headers.get('vary')]).toEqual([200, 'Accept']);
  });

  it.each(['/docs/', '/problems/'])('may end in a slash: %s', async (path) => {
    const answer = await testRouter().fetch(path, { ...inBrowser, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, path.slice(0, -1)]);
  });

  it('lists every problem code, each with its page', async () => {
    const answer = await testRouter().fetch('/problems', inBrowser);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('vary')).toBe('Accept');
    const page = await answer.text();
    const { items }: { items: { code: string }[] } = await (await testRouter().fetch('/problems')).json();
    expect(items.length).toBeGreaterThan(50);
    for (const { code } of items) expect(page).toContain(`<a href="/problems/${code}">`);
  });

  it.each(['/docs/nonsense', '/docs/guides/nonsense', '/problems/nonsense'])(
    'that is nothing says so: %s',
    async (path) => {
      const answer = await testRouter().fetch(path, inBrowser);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).toContain('There is nothing at this address');
      const head = await testRouter().fetch(path, { ...inBrowser, method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([404, '']);
    },
  );
});

describe('what a problem code means', () => {
  const pageOf = (code: string) => testRouter().fetch(`/problems/${code}`, inBrowser);

  it('is a page for whoever follows its address in a browser', async () => {
    const answer = await pageOf('price-changed');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('vary')).toContain('Accept');
    const page = await answer.text();
    for (const part of [
      'The total has changed',
      'How it comes to that',
      'What to do',
      '&quot;price-changed&quot;',
      '409',
    ])
      expect(page.replaceAll('"', '&quot;')).toContain(part);
  });

  it('is said in sentences for every code', async () => {
    type ProblemType = { code: string; cause: string; remedy: string; example: { detail: string } };
    const list: { items: ProblemType[] } = await (await testRouter().fetch('/problems')).json();
    for (const { code, cause, remedy, example } of list.items)
      for (const sentence of [cause, remedy, example.detail]) expect(sentence, code).toMatch(/^[A-Z`"\d].*[.]$/s);
  });
});

describe('the sandbox provider', () => {
  it('is there in development, with all its addresses', async () => {
    const router = testRouter({ VITRINE_ENV: 'development' });
    expect((await router.fetch('/sandbox/ledger?all=1')).status).toBe(200);
    expect(router.sandbox.requests[0]?.url).toBe('http://shop.test/sandbox/ledger?all=1');
    expect((await router.fetch('/sandbox')).status).toBe(200);
    expect((await router.fetch('/sandboxes')).status).toBe(404);
  });

  it('is nothing anywhere else', async () => {
    for (const environment of [{}, { VITRINE_ENV: 'production' }]) {
      const router = testRouter({ ...environment, SANDBOX: neighbour() });
      expect((await router.fetch('/sandbox/ledger')).status).toBe(404);
      expect((await router.fetch('/sandbox')).status).toBe(404);
      expect(router.sandbox.requests).toHaveLength(0);
    }
  });

  it('is nothing where its Worker is left out, whatever the environment is called', async () => {
    for (const environment of [{}, { VITRINE_ENV: 'development' }]) {
      const router = testRouter(environment);
      const { SANDBOX: _sandbox, ...env } = router.env;
      router.env = env;
      expect((await router.fetch('/sandbox/ledger')).status).toBe(404);
      expect((await router.fetch('/sandbox/webhooks', { method: 'POST', body: '{}' })).status).toBe(404);
    }
  });
});
