/** What the door refuses, and how: every refusal is a problem document that can be traced. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { doors, type RouterDoor } from './doors.ts';
import type { Origin } from './forwarding.ts';
import { createGateway } from './gateway.ts';
import { asAdmin, chunked, noDocuments, type TestRouter, testRouter } from './testing/router.ts';

interface Expected {
  readonly status: number;
  readonly code: string;
}

async function expectProblem(answer: Response, { status, code }: Expected): Promise<Record<string, unknown>> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toMatch(/no-store/);
  expect(answer.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  const body: Record<string, unknown> = await answer.json();
  expect(body).toMatchObject({
    type: `/problems/${code}`,
    code,
    status,
    title: expect.any(String),
    requestId: answer.headers.get('x-request-id'),
  });
  return body;
}

describe('an address', () => {
  it.each([
    '/nothing',
    '/v1',
    '/v1/',
    '/v1/products/',
    '/v1//products',
    '//admin/v1/products',
    '/Admin/v1/products',
    '/v1/products/a/b',
    '/v1/%61dmin',
    '/admin',
    '/sandbox',
  ])('that nobody serves is not found: %s', async (path) => {
    await expectProblem(await testRouter().fetch(path), { status: 404, code: 'not-found' });
  });

  it.each([
    ['DELETE', '/v1/products', 'GET, HEAD, OPTIONS'],
    ['PUT', '/v1/carts/c', 'GET, HEAD, PATCH, OPTIONS'],
    ['GET', '/v1/checkouts', 'POST, OPTIONS'],
    ['PURGE', '/healthz', 'GET, HEAD, OPTIONS'],
  ])('does not take %s: %s', async (method, path, allow) => {
    const answer = await testRouter().fetch(path, { method });
    await expectProblem(answer, { status: 405, code: 'method-not-allowed' });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('refuses HEAD without a body', async () => {
    const answer = await testRouter().fetch('/nothing', { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([404, '']);
  });
});

describe('a body over the limit', () => {
  const tenMegabytes = 10 * 1024 * 1024;

  it('with a stated length is refused after it was read', async () => {
    const router = testRouter();
    const { body, readBytes } = chunked(tenMegabytes);
    const answer = await router.fetch('/v1/carts', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-length': String(tenMegabytes) },
    });
    expect(await expectProblem(answer, { status: 413, code: 'content-too-large' })).toMatchObject({ maxBytes: 65_536 });
    expect(readBytes()).toBe(tenMegabytes);
    expect(router.cart.requests).toHaveLength(0);
  });

  it('of unknown length is refused after it was read', async () => {
    const router = testRouter();
    const { body, readBytes } = chunked(tenMegabytes);
    await expectProblem(await router.fetch('/v1/carts', { method: 'POST', body, duplex: 'half' }), {
      status: 413,
      code: 'content-too-large',
    });
    expect(readBytes()).toBe(tenMegabytes);
    expect(router.cart.requests).toHaveLength(0);
  });

  it('is not read for ever', async () => {
    const { body, readBytes, wasCanceled } = chunked(200 * 1024 * 1024);
    await expectProblem(await testRouter().fetch('/v1/carts', { method: 'POST', body, duplex: 'half' }), {
      status: 413,
      code: 'content-too-large',
    });
    expect(readBytes()).toBeLessThan(18 * 1024 * 1024);
    expect(wasCanceled()).toBe(true);
  });

  it.each([65_535, 65_536, 65_537])('begins one byte above it: %i', async (bytes) => {
    const stated = { method: 'POST', body: 'x'.repeat(bytes), headers: { 'content-length': String(bytes) } };
    const unstated = () => ({ method: 'POST', body: chunked(bytes).body, duplex: 'half' as const });
    const status = bytes > 65_536 ? 413 : 200;
    expect((await testRouter().fetch('/v1/carts', stated)).status).toBe(status);
    const router = testRouter();
    expect((await router.fetch('/v1/carts', unstated())).status).toBe(status);
    expect(router.cart.bodies.map((body) => body.length)).toEqual(status === 200 ? [bytes] : []);
  });

  it('is larger for merchants, and largest for files', async () => {
    const router = testRouter();
    const post = (path: string, bytes: number) =>
      router.fetch(path, { method: 'POST', body: chunked(bytes).body, duplex: 'half', headers: asAdmin });
    expect((await post('/admin/v1/collections', 1024 * 1024)).status).toBe(200);
    expect((await post('/admin/v1/collections', 1024 * 1024 + 1)).status).toBe(413);
    expect((await post('/admin/v1/imports', 5 * 1024 * 1024)).status).toBe(200);
    expect(router.catalog.bodies.map((body) => body.length)).toEqual([1024 * 1024, 5 * 1024 * 1024]);
  });
});

describe('a file of unknown length', () => {
  const limit = 2 * 1024 * 1024;
  const table: RouterDoor[] = doors.map((door) =>
    door.path === '/admin/v1/imports' ? { ...door, bodyBytesMax: limit } : door,
  );

  it.each([limit, limit + 1])('is counted while it streams: %i', async (bytes) => {
    const { env, catalog } = testRouter();
    const seen = { bytes: 0 };
    const reading: Origin = {
      async fetch(request) {
        for await (const chunk of request.body ?? []) seen.bytes += chunk.byteLength;
        return catalog.fetch(new Request(request.url));
      },
    };
    const gateway = createGateway(noDocuments, Date.now, table);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: chunked(bytes).body,
      headers: asAdmin,
      duplex: 'half',
    };
    const answer = await gateway.fetch(
      new Request('http://shop.test/admin/v1/imports', init),
      { ...env, CATALOG: reading },
      { waitUntil: () => undefined },
    );
    vi.restoreAllMocks();
    if (bytes > limit) await expectProblem(answer, { status: 413, code: 'content-too-large' });
    else expect([answer.status, seen.bytes]).toEqual([200, limit]);
    expect(seen.bytes).toBeLessThanOrEqual(limit);
  });
});

describe('a body that does not come to its end', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Its first bytes are there at once; then it brings some every second, for ever. */
  const trickle = (bytesPerSecond: number) => {
    let timer: ReturnType<typeof setInterval>;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new Uint8Array(10));
        timer = setInterval(() => controller.enqueue(new Uint8Array(bytesPerSecond)), 1000);
      },
      cancel: () => clearInterval(timer),
    });
  };
  const broken = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('Network connection lost.')) });
  const post = (path: string, body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
    testRouter().fetch(path, { method: 'POST', body, duplex: 'half', headers: { ...asAdmin, ...headers } });

  it.each([
    ['/v1/carts', {}],
    ['/v1/carts', { 'content-length': '5000' }],
    ['/admin/v1/products', {}],
    ['/admin/v1/imports', {}],
  ])('is cut after 30 seconds: %s %j', async (path, headers) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let answer: Response | undefined;
    void post(path, trickle(1), headers).then((given) => {
      answer = given;
    });
    let seconds = 0;
    for (; answer === undefined && seconds < 100_000; seconds++) {
      await vi.advanceTimersByTimeAsync(1000);
      await new Promise(setImmediate);
    }
    expect(seconds).toBeGreaterThanOrEqual(30);
    if (answer === undefined) throw new Error('It was not cut');
    await expectProblem(answer, { status: 408, code: 'body-timeout' });
    vi.restoreAllMocks();
  });

  it('may take longer when it is a file that keeps coming', async () => {
    const answer = post('/admin/v1/imports', trickle(1024));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await Promise.race([answer, 'waits'])).toBe('waits');
  });

  it.each([{}, { 'content-length': '5000' }])(
    'is no error of the shop when the client went away: %j',
    async (headers) => {
      const logged = vi.spyOn(console, 'error');
      await expectProblem(await post('/v1/carts', broken(), headers), { status: 400, code: 'body-incomplete' });
      expect(logged).not.toHaveBeenCalled();
      vi.restoreAllMocks();
    },
  );
});

describe('any refusal of a request with a body', () => {
  it.each([
    ['/nothing', {}],
    ['/v1/products', {}],
    ['/admin/v1/products', {}],
    ['/v1/carts', { 'content-encoding': 'gzip' }],
  ])('reads it to its end first: %s', async (path, headers) => {
    const { body, readBytes } = chunked(300_000);
    const answer = await testRouter().fetch(path, { method: 'POST', body, duplex: 'half', headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(readBytes()).toBe(300_000);
  });
});

describe('an encoded body', () => {
  it('is refused, and the answer says what is taken', async () => {
    const answer = await testRouter().fetch('/v1/carts', {
      method: 'POST',
      body: '{}',
      headers: { 'content-encoding': 'gzip' },
    });
    await expectProblem(answer, { status: 415, code: 'unsupported-media-type' });
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });
});

describe('a domain Worker', () => {
  let router: TestRouter;
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    router = testRouter();
  });
  afterEach(() => void vi.restoreAllMocks());

  it('that throws becomes a 500 without its message', async () => {
    router.cart.answer = () => Promise.reject(new Error('SELECT secret FROM vault'));
    const body = await expectProblem(await router.fetch('/v1/carts/c'), { status: 500, code: 'defect' });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(vi.mocked(console.error).mock.calls[0]?.[0]).toContain('secret');
  });

  it('that asks to be called again becomes a 503 with Retry-After', async () => {
    router.cart.answer = () => Promise.reject(Object.assign(new Error('overloaded'), { overloaded: true }));
    const answer = await router.fetch('/v1/carts/c');
    await expectProblem(answer, { status: 503, code: 'unavailable' });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('that does not answer in time becomes a 503, as late as its door allows', async () => {
    vi.useFakeTimers();
    router.cart.answer = () => new Promise(() => undefined);
    let status = 0;
    const late = router.fetch('/v1/carts/c').then((answer) => {
      status = answer.status;
    });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(status).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await late;
    vi.useRealTimers();
    expect(status).toBe(503);
  });

  it('that is not bound becomes a 503', async () => {
    await expectProblem(await router.fetch('/admin/v1/inventory/SKU', { headers: asAdmin }), {
      status: 503,
      code: 'unavailable',
    });
  });

  it('that answers 500 in plain text becomes a problem document', async () => {
    router.cart.answer = () => new Response('Error: at store.ts:12', { status: 500 });
    const body = await expectProblem(await router.fetch('/v1/carts/c'), { status: 500, code: 'defect' });
    expect(JSON.stringify(body)).not.toContain('store.ts');
  });

  it('that fails on a cached read is asked again by the next reader', async () => {
    router.catalog.answer = () => Promise.reject(new Error('broken'));
    await expectProblem(await router.fetch('/v1/products'), { status: 500, code: 'defect' });
    router.catalog.answer = () => Response.json({ items: [] });
    expect((await router.fetch('/v1/products')).status).toBe(200);
  });
});
