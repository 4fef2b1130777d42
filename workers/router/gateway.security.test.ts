/** Who may not come in, what may not be brought along, and how often one may knock. */
import { describe, expect, it } from 'vitest';
import { actorOf } from '../../shared/http/actor.ts';
import { wrongCodesHeader } from '../../shared/http/door.ts';
import { doors } from './doors.ts';
import { createGateway } from './gateway.ts';
import { rateLimits } from './rate-limits.ts';
import { adminKey, asAdmin, noDocuments, testRouter } from './testing/router.ts';

describe('without the right key', () => {
  const adminDoors = doors
    .filter(({ path }) => path.startsWith('/admin/'))
    .map(({ method, path }) => [method, path.replaceAll(/:\w+/g, 'x')] as const);

  it.each(adminDoors)('%s %s is closed', async (method, path) => {
    const router = testRouter();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'x-vitrine-actor': '{"scopes":["*"]}' }]) {
      const answer = await router.fetch(path, { method, headers });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="vitrine-admin"/);
    }
    expect(router.catalog.requests).toHaveLength(0);
  });

  it.each([
    { authorization: `Basic ${btoa(`admin:${adminKey}`)}` },
    { authorization: 'Bearer' },
    { authorization: `Bearer ${adminKey} x` },
    { authorization: `Bearer ${adminKey.slice(0, -1)}` },
    { authorization: `Bearer ${'x'.repeat(100_000)}` },
    { authorization: 'Bearer wrong', 'x-api-key': adminKey },
    { 'x-api-key': '' },
    { cookie: `key=${adminKey}` },
  ])('a credential of another form does not open: %#', async (headers) => {
    expect((await testRouter().fetch('/admin/v1/products', { headers })).status).toBe(401);
  });

  it('nobody is an admin when no key is configured', async () => {
    for (const settings of [{ VITRINE_ADMIN_KEY: '' }, {}]) {
      const router = testRouter(settings);
      if (!('VITRINE_ADMIN_KEY' in settings)) router.env = { CATALOG: router.catalog };
      for (const headers of [asAdmin, { authorization: 'Bearer undefined' }, { 'x-api-key': '' }]) {
        expect((await router.fetch('/admin/v1/products', { headers })).status).toBe(401);
      }
    }
  });

  it('while the key is replaced both open the door, and afterwards the new one alone', async () => {
    const statusOf = async (settings: object, key: string) =>
      (await testRouter(settings).fetch('/admin/v1/products', { headers: { 'x-api-key': key } })).status;
    const rotating = { VITRINE_ADMIN_KEY: 'the-new-key', VITRINE_ADMIN_KEY_PREVIOUS: adminKey };
    for (const key of ['the-new-key', adminKey]) expect(await statusOf(rotating, key)).toBe(200);
    for (const key of ['another', 'undefined', '']) expect(await statusOf(rotating, key)).toBe(401);
    expect(await statusOf({ VITRINE_ADMIN_KEY: 'the-new-key' }, adminKey)).toBe(401);
    expect(await statusOf({ VITRINE_ADMIN_KEY: 'the-new-key', VITRINE_ADMIN_KEY_PREVIOUS: '' }, '')).toBe(401);
  });

  it('an answer says whether a key was missing or wrong, and nothing more', async () => {
    const missing = await testRouter().fetch('/admin/v1/products');
    const wrong = await testRouter().fetch('/admin/v1/products', { headers: { 'x-api-key': 'wrong' } });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="vitrine-admin"');
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

describe('internal headers from outside', () => {
  it('do not reach a domain Worker', async () => {
    const router = testRouter();
    const spoofed = JSON.stringify({
      kind: 'key',
      id: 'admin',
      scopes: ['*'],
      region: 'weur',
      country: null,
      requestId: 'x',
      traceparent: 'x',
    });
    await router.fetch('/v1/carts/c', {
      headers: { 'x-vitrine-actor': spoofed, 'X-Vitrine-Anything': '1', 'x-api-key': adminKey },
    });
    const headers = router.cart.requests[0]?.headers ?? new Headers();
    expect(actorOf(headers)).toMatchObject({ kind: 'guest', scopes: [] });
    expect([...headers.keys()].filter((name) => name.startsWith('x-vitrine-'))).toEqual(['x-vitrine-actor']);
    expect(headers.has('x-api-key')).toBe(false);
  });

  it('do not change a cached answer for others', async () => {
    const router = testRouter();
    await router.fetch('/v1/products', {
      headers: { 'x-vitrine-actor': '{}', 'accept-language': 'xx', cookie: 'a=b' },
    });
    const headers = router.catalog.requests[0]?.headers ?? new Headers();
    expect(actorOf(headers)).toMatchObject({ kind: 'guest', country: null, region: 'weur' });
    expect([headers.has('cookie'), headers.has('accept-language')]).toEqual([false, false]);
  });
});

describe('a key with few scopes', () => {
  const { env, catalog, cart } = testRouter();
  const gateway = createGateway(noDocuments, Date.now, doors, async () => ({
    kind: 'key',
    id: 'key_1',
    scopes: ['products:read'],
  }));
  const ask = async (method: string, path: string) =>
    gateway.fetch(new Request(`http://shop.test${path}`, { method }), env, { waitUntil: () => undefined });

  it('opens the doors that ask for one of them, as the actor that it names', async () => {
    expect((await ask('GET', '/admin/v1/products')).status).toBe(200);
    const actor = actorOf(catalog.requests.at(-1)?.headers ?? new Headers());
    expect(actor).toMatchObject({ kind: 'key', id: 'key_1', scopes: ['products:read'] });
  });

  it.each([
    ['DELETE', '/admin/v1/products/x', 'products:write'],
    ['GET', '/admin/v1/collections', 'collections:read'],
    ['PUT', '/admin/v1/carts/c/customer', 'carts:write'],
  ])('does not open %s %s', async (method, path, scope) => {
    const before = catalog.requests.length;
    const answer = await ask(method, path);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'insufficient-scope', detail: expect.stringContaining(scope) });
    expect([catalog.requests.length, cart.requests.length]).toEqual([before, 0]);
  });
});

describe('an address that calls too often', () => {
  const from = (address: string) => ({ headers: { 'cf-connecting-ip': address } });

  it('is refused until the window ends, and told so beforehand', async () => {
    const router = testRouter();
    const { quota } = rateLimits.checkout;
    const first = await router.fetch('/v1/orders/o', from('203.0.113.7'));
    expect(first.headers.get('ratelimit-policy')).toBe(`"checkout";q=${quota};w=60`);
    expect(first.headers.get('ratelimit')).toBe(`"checkout";r=${quota - 1};t=60`);
    expect(first.headers.has('retry-after')).toBe(false);
    for (let call = 1; call < quota; call += 1)
      expect((await router.fetch('/v1/orders/o', from('203.0.113.7'))).status).toBe(200);
    router.clock.now += 10_000;
    const over = await router.fetch('/v1/orders/o', from('203.0.113.7'));
    expect([over.status, over.headers.get('retry-after'), over.headers.get('ratelimit')]).toEqual([
      429,
      '50',
      '"checkout";r=0;t=50',
    ]);
    expect(await over.json()).toMatchObject({ code: 'rate-limited' });
    expect((await router.fetch('/v1/orders/o', from('203.0.113.8'))).status).toBe(200);
    router.clock.now += 50_000;
    expect((await router.fetch('/v1/orders/o', from('203.0.113.7'))).status).toBe(200);
  });

  it('has each code that it guesses wrong counted like a request', async () => {
    const router = testRouter();
    const { quota } = rateLimits.cart;
    const guess = (guesses: number) => {
      router.cart.answer = () =>
        new Response('{}', guesses === 0 ? {} : { headers: { [wrongCodesHeader]: `${guesses}` } });
      return router.fetch('/v1/carts/c', { method: 'PATCH', body: '{}', ...from('203.0.113.7') });
    };
    const ten = await guess(10);
    expect(ten.headers.has(wrongCodesHeader)).toBe(false);
    expect(ten.headers.get('ratelimit')).toBe(`"cart";r=${quota - 11};t=60`);
    for (let request = 1; request < Math.floor(quota / 11); request += 1) expect((await guess(10)).status).toBe(200);
    const last = await guess(10);
    expect([last.status, last.headers.get('retry-after')]).toEqual([200, null]);
    expect((await guess(0)).status).toBe(429);
  });

  it.each([undefined, '127.0.0.1', '::1', '10.1.2.3', '192.168.1.1', 'fd00::1'])(
    'is not counted without a public address: %s',
    async (address) => {
      const router = testRouter();
      const init = address === undefined ? {} : from(address);
      for (let call = 0; call < rateLimits.checkout.quota + 5; call += 1)
        expect((await router.fetch('/v1/orders/o', init)).status).toBe(200);
    },
  );

  it('with wrong keys is locked out of the admin routes, with the right key too', async () => {
    const router = testRouter();
    const knock = (key: string, address = '203.0.113.7') =>
      router.fetch('/admin/v1/products', { headers: { 'cf-connecting-ip': address, authorization: `Bearer ${key}` } });
    for (let call = 0; call < rateLimits['wrong-key'].quota; call += 1) expect((await knock('guess')).status).toBe(401);
    for (const key of ['guess', adminKey]) {
      const answer = await knock(key);
      expect(answer.status).toBe(429);
      expect(answer.headers.get('ratelimit')).toContain('"wrong-key";r=0');
    }
    expect((await knock(adminKey, '203.0.113.8')).status).toBe(200);
    router.clock.now += 60_000;
    expect((await knock(adminKey)).status).toBe(200);
  });
});
