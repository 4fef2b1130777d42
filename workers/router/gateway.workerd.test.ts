/** What only the real runtime shows: the key is compared, large bodies are read, and readers share a call across requests. */

import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Origin, RouterEnv } from './forwarding.ts';
import { createGateway } from './gateway.ts';

const adminKey = 'vak_of_this_test';
const gateway = createGateway({ policy: '', head: '', foot: '', texts: {} });

function catalog(): Origin & { calls: number } {
  return {
    calls: 0,
    async fetch(request) {
      this.calls += 1;
      await scheduler.wait(20);
      return Response.json({ bytes: (await request.arrayBuffer()).byteLength });
    },
  };
}

async function call(routerEnv: RouterEnv, path: string, init?: RequestInit): Promise<Response> {
  return gateway.fetch(new Request(`https://shop.test${path}`, init), routerEnv, createExecutionContext());
}

describe('the router inside workerd', () => {
  it('tells the right key from a wrong one', async () => {
    const routerEnv = { CATALOG: catalog(), VITRINE_ADMIN_KEY: adminKey };
    const withKey = (key: string) =>
      call(routerEnv, '/admin/v1/products', { headers: { authorization: `Bearer ${key}` } });
    expect((await withKey(adminKey)).status).toBe(200);
    expect((await withKey(`${adminKey}x`)).status).toBe(401);
    expect((await withKey('y'.repeat(adminKey.length))).status).toBe(401);
  });

  it('refuses ten megabytes and passes on what may be large', async () => {
    const routerEnv = { CATALOG: catalog(), CART: catalog(), VITRINE_ADMIN_KEY: adminKey };
    const body = new Uint8Array(10 * 1024 * 1024);
    expect((await call(routerEnv, '/v1/carts', { method: 'POST', body })).status).toBe(413);
    const passed = await call(routerEnv, '/admin/v1/imports', {
      method: 'POST',
      body,
      headers: { 'x-api-key': adminKey },
    });
    expect(await passed.json()).toEqual({ bytes: body.byteLength });
  });

  it('asks the catalog once for readers who come together', async () => {
    const origin = catalog();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call({ CATALOG: origin }, '/v1/products/shirt')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(origin.calls).toBe(1);
  });

  it('answers for a domain Worker that throws', async () => {
    // The neighbours of this project throw at every call.
    const answer = await call(env as unknown as RouterEnv, '/v1/carts/cart_1');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: 'defect' });
  });
});
