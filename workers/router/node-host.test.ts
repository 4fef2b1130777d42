/** What a router on a single node does as its process tells it: ready or not, answers held back, and a line for each request. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { asAdmin, testRouter } from './testing/router.ts';

/** The process around the shop. */
function process(phase: string) {
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const host = {
    phase,
    close: () => close(),
    fetch: async (request: Request): Promise<Response> => {
      if (new URL(request.url).pathname !== '/closed') return new Response(host.phase);
      await closed;
      return new Response();
    },
  };
  return host;
}

describe('readiness', () => {
  it('is always there where no process is asked', async () => {
    const answer = await testRouter().fetch('/readyz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('follows the process, while liveness stays', async () => {
    const host = process('starting');
    const router = testRouter({ NODE_HOST: host });
    const answers: number[] = [];
    for (const phase of ['starting', 'open', 'stopping']) {
      host.phase = phase;
      for (const path of ['/readyz', '/healthz', '/v1/products']) answers.push((await router.fetch(path)).status);
    }
    expect(answers).toEqual([503, 200, 200, 200, 200, 200, 503, 200, 200]);
    const refusal = await router.fetch('/readyz');
    expect(refusal.headers.get('retry-after')).toBe('5');
    expect(await refusal.json()).toMatchObject({ code: 'unavailable' });
    expect(await (await router.fetch('/readyz', { method: 'HEAD' })).text()).toBe('');
  });

  it('is missing while the process does not answer', async () => {
    const router = testRouter({ NODE_HOST: { fetch: () => Promise.reject(new Error('gone')) } });
    expect((await router.fetch('/readyz')).status).toBe(503);
    expect((await router.fetch('/v1/products')).status).toBe(200);
  });
});

describe('in the moment in which the shop stops', () => {
  it('answers wait until the port is closed, also those that were under way', async () => {
    const host = process('open');
    const router = testRouter({ NODE_HOST: host });
    let answerOrigin = (_: Response): void => undefined;
    router.orders.answer = () => new Promise((resolve) => (answerOrigin = resolve));
    const given: string[] = [];
    const ask = async (name: string, path: string): Promise<void> => {
      expect((await router.fetch(path)).status).toBe(200);
      given.push(name);
    };
    const early = ask('early', '/v1/orders/ord_1');
    await expect.poll(() => router.orders.requests.length).toBe(1);
    host.phase = 'held';
    expect((await router.fetch('/readyz')).status).toBe(503);
    const late = ask('late', '/v1/products');
    answerOrigin(Response.json({}));
    // Those by which the process looks are not held back.
    expect((await router.fetch('/healthz')).status).toBe(200);
    expect(given).toEqual([]);
    host.close();
    await Promise.all([early, late]);
    expect(given.sort()).toEqual(['early', 'late']);
  });
});

describe('the access log', () => {
  afterEach(() => vi.restoreAllMocks());

  async function linesOf(ask: (router: ReturnType<typeof testRouter>) => Promise<unknown>): Promise<unknown[]> {
    const lines: unknown[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
    await ask(testRouter({ VITRINE_ACCESS_LOG: 'on' }));
    return lines;
  }

  it('has a line for each request, which tells no secret', async () => {
    const answered: string[] = [];
    const lines = await linesOf(async (router) => {
      const ask = async (path: string, init?: RequestInit): Promise<void> => {
        answered.push((await router.fetch(path, init)).headers.get('x-request-id') ?? '');
      };
      await ask('/v1/carts/cart_secret?access_token=secret');
      await ask('/v1/products', { method: 'HEAD' });
      await ask('/nowhere/secret');
      await ask('/admin/v1/products');
      await ask('/admin/v1/products', { headers: asAdmin });
      await ask('/healthz');
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
    const facts = { time: '2026-11-20T12:00:00.000Z', kind: 'access', durationMs: 0 };
    expect(lines).toEqual(
      [
        { method: 'GET', path: '/v1/carts/:cartId', status: 200 },
        { method: 'HEAD', path: '/v1/products', status: 200, bytes: 11 },
        { method: 'GET', path: null, status: 404 },
        { method: 'GET', path: '/admin/v1/products', status: 401 },
        { method: 'GET', path: '/admin/v1/products', status: 200 },
        { method: 'GET', path: '/healthz', status: 200 },
      ].map((line, index) => ({ ...facts, ...line, requestId: answered[index] })),
    );
  });

  it('is silent unless it is asked for', async () => {
    const log = vi.spyOn(console, 'log');
    await testRouter().fetch('/v1/products');
    expect(log).not.toHaveBeenCalled();
  });
});
