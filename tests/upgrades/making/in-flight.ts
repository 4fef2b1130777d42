/**
 * The state of a shop that was killed in the middle: orders that were acknowledged, checkouts whose payment is at the provider, one
 * that waits for its shopper, an order that is being canceled, and events that nobody has proven yet.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { nextFreePort, waitForFreePort } from '../../../scripts/lib/ports.ts';
import { whileOpen } from '../../../scripts/lib/while-open.ts';
import { packed, shrink } from './state-files.ts';

export interface Acknowledged {
  readonly orderId: string;
  readonly accessToken: string;
  readonly totalMinor: number;
}

/** A request that nobody has heard an answer to. */
export interface Unanswered {
  readonly cartId: string;
  readonly key: string;
  readonly token: string;
}

export interface InFlight {
  readonly acknowledged: readonly Acknowledged[];
  readonly unanswered: readonly Unanswered[];
}

const adminKey = 'vak_fixtures000000000000000000000000';
/** Those of the sandbox that leave a payment in the middle when the shop dies a second later. */
const slowTokens = ['slow_5s', 'timeout_after_authorize', 'slow_5s', 'timeout_before_authorize', 'requires_action'];
const shippingAddress = {
  ...{ firstName: 'Ada', lastName: 'Byron', address1: 'Lindenweg 1' },
  ...{ postalCode: '10115', city: 'Berlin', country: 'DE' },
};
const WithId = z.looseObject({ id: z.string() });
const Bought = z.looseObject({
  order: z.looseObject({ id: z.string(), accessToken: z.string() }),
  totals: z.looseObject({ total: z.looseObject({ amount: z.int() }) }),
});

export async function shopInFlight(): Promise<{ readonly state: Buffer; readonly inFlight: InFlight }> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-in-flight-'));
  const port = await nextFreePort(9560);
  const acknowledged: Acknowledged[] = [];
  const unanswered: Unanswered[] = [];
  const ask = askerOf(`http://127.0.0.1:${port}`);
  const fill = async () => {
    const cart = WithId.parse(
      await ask('POST', '/v1/carts', { country: 'DE', lines: [{ sku: 'FLIGHT', quantity: 1 }] }),
    );
    await ask('PATCH', `/v1/carts/${cart.id}`, { email: 'ada@example.com', shippingAddress });
    return cart.id;
  };
  const buy = (cartId: string, token: string, key: string = randomUUID()) =>
    ask('POST', '/v1/checkouts', { cartId, payment: { provider: 'sandbox', token } }, key);
  const env = { VITRINE_HOLD_SECONDS: '20', VITRINE_SECRET: 'the secret of a fixture' };
  try {
    await whileOpen({ port, stateDir, adminKey, seed: 'none', signal: 'SIGKILL', env }, async () => {
      const variants = [{ sku: 'FLIGHT', price: { amount: 1000, currency: 'EUR' }, quantity: 100 }];
      await ask('POST', '/admin/v1/products', { title: 'In flight', status: 'active', variants });
      for (let count = 0; count < 4; count += 1) {
        const { order, totals } = Bought.parse(await buy(await fill(), 'ok'));
        acknowledged.push({ orderId: order.id, accessToken: order.accessToken, totalMinor: totals.total.amount });
      }
      const carts: string[] = [];
      for (const _ of slowTokens) carts.push(await fill());
      const waiting = await fill();
      for (const [index, token] of slowTokens.entries()) {
        const [cartId = '', key] = [carts[index], randomUUID()];
        unanswered.push({ cartId, key, token });
        // Nobody hears the answer: the shop is killed before.
        buy(cartId, token, key).catch(() => undefined);
      }
      ask('POST', '/v1/checkouts', { cartId: waiting }, randomUUID()).catch(() => undefined);
      const canceled = acknowledged.pop();
      ask('POST', `/admin/v1/orders/${canceled?.orderId}/cancel`, {}, randomUUID()).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    });
    await waitForFreePort(port, 60_000);
    shrink(stateDir);
    return { state: packed(stateDir), inFlight: { acknowledged, unanswered } };
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

function askerOf(url: string) {
  return async (method: string, address: string, body: unknown, key: string = randomUUID()): Promise<unknown> => {
    const response = await fetch(`${url}${address}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(address.startsWith('/admin/') ? { authorization: `Bearer ${adminKey}` } : {}),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}
