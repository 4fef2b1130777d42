/** Outside of development the sandbox has no doors; inside, Stripe's are locked and refuse what they do not play. */
import { describe, expect, test } from 'vitest';
import { actorHeader } from '../../shared/http/actor.ts';
import { decideSandbox, emptySandbox, evolveSandbox } from './domain/decide.ts';
import { decideIncident, evolveIncident } from './domain/incidents.ts';
import { app } from './routes.ts';
import type { Ledger } from './service.ts';

const actor = {
  kind: 'guest',
  id: 'guest',
  scopes: [],
  region: 'weur',
  country: null,
  requestId: 'req_1',
  traceparent: '',
};

function sandbox(environment: string | undefined) {
  let state = emptySandbox;
  const ledger: Ledger = {
    execute: async (command) => {
      const { events, answer } = decideSandbox(state, command);
      state = events.reduce(evolveSandbox, state);
      return answer;
    },
    suffer: async (intentId, command) => {
      const before = state.intents.get(intentId);
      if (before === undefined) throw new Error('The service finds the intent first');
      const incident = decideIncident(before, command);
      if (!incident.ok) return incident;
      const intent = evolveIncident(before, incident.value);
      state = { ...state, intents: new Map(state.intents).set(intentId, intent) };
      return { ok: true, value: intent };
    },
    deliverNow: async () => {},
    intent: async (intentId) => state.intents.get(intentId) ?? null,
    books: async (orderId) => ({
      intents: [...state.intents.values()].filter((intent) => orderId === null || intent.orderId === orderId),
      entries: [],
    }),
  };
  const env = {
    ...(environment === undefined ? {} : { VITRINE_ENV: environment }),
    LEDGER: { getByName: () => ledger },
    VITRINE_PUBLIC_URL: 'http://shop.test',
    SANDBOX_SECRET_KEY: 'sk_test_1',
  };
  return async (method: string, path: string, body = '', key = 'sk_test_1') =>
    app.request(
      path,
      {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          [actorHeader]: JSON.stringify(actor),
          ...(body.startsWith('{') ? { 'content-type': 'application/json' } : {}),
        },
        ...(method === 'POST' ? { body } : {}),
      },
      env,
    );
}

describe('outside of development', () => {
  test.each(['production', '', undefined])('every door is shut (%s)', async (environment) => {
    const ask = sandbox(environment);
    for (const [method, path] of [
      ['GET', '/sandbox'],
      ['GET', '/sandbox/ledger'],
      ['GET', '/sandbox/pay/pi_1'],
      ['POST', '/sandbox/pay/pi_1'],
      ['POST', '/sandbox/incidents'],
      ['POST', '/v1/payment_intents'],
    ] as const) {
      expect((await ask(method, path)).status, path).toBe(404);
    }
  });
});

describe('in development', () => {
  const ask = sandbox('development');

  test('the ledger is shown, and an unknown parameter is refused', async () => {
    expect(await (await ask('GET', '/sandbox/ledger')).json()).toEqual({ intents: [], entries: [], totals: {} });
    expect((await ask('GET', '/sandbox/ledger?order=ord_1')).status).toBe(400);
  });

  test.each([
    ['a foreign key', 'POST', '/v1/payment_intents', 'amount=1', 'sk_test_2', 401],
    ['an operation that it does not play', 'POST', '/v1/charges', '', 'sk_test_1', 404],
    ['an intent that it does not know', 'GET', '/v1/payment_intents/pi_0', '', 'sk_test_1', 404],
    ['no amount', 'POST', '/v1/payment_intents', 'currency=eur&capture_method=manual', 'sk_test_1', 400],
    ['a fraction', 'POST', '/v1/payment_intents', 'amount=1.5&currency=eur&capture_method=manual', 'sk_test_1', 400],
    [
      'an unknown currency',
      'POST',
      '/v1/payment_intents',
      'amount=1&currency=xyz&capture_method=manual',
      'sk_test_1',
      400,
    ],
    ['an automatic capture', 'POST', '/v1/payment_intents', 'amount=1&currency=eur', 'sk_test_1', 400],
    ['an unknown parameter', 'POST', '/v1/payment_intents', 'amount=1&currency=eur&card=4242', 'sk_test_1', 400],
  ])('Stripe refuses %s', async (_, method, path, body, key, status) => {
    const answer = await ask(method, path, body, key);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.any(String) },
    });
  });

  test('an incident happens to a payment that it can happen to', async () => {
    const cause = (incident: object) => ask('POST', '/sandbox/incidents', JSON.stringify(incident));
    const form = 'amount=900&currency=eur&capture_method=manual&metadata[orderId]=ord_9';
    const { id } = JSON.parse(await (await ask('POST', '/v1/payment_intents', form)).text());
    expect((await cause({ orderId: 'ord_8', kind: 'dispute' })).status).toBe(404);
    expect((await cause({ orderId: 'ord_9', kind: 'dispute' })).status).toBe(409);
    await ask('POST', `/v1/payment_intents/${id}/confirm`, 'payment_method=ok');
    await ask('POST', `/v1/payment_intents/${id}/capture`);
    expect(await (await cause({ orderId: 'ord_9', kind: 'refund', amount: 400 })).json()).toMatchObject({
      amountRefunded: 400,
    });
    expect(await (await cause({ orderId: 'ord_9', kind: 'dispute' })).json()).toMatchObject({ amountDisputed: 500 });
    const refunds = JSON.parse(await (await ask('GET', `/v1/refunds?payment_intent=${id}`)).text());
    expect(refunds).toMatchObject({ has_more: false, data: [{ amount: 400, metadata: {}, status: 'succeeded' }] });
    const disputes = JSON.parse(await (await ask('GET', `/v1/disputes?payment_intent=${id}&limit=100`)).text());
    expect(disputes).toMatchObject({ data: [{ amount: 500, status: 'needs_response', payment_intent: id }] });
  });

  test('a page shows what it is given as text', async () => {
    const body = new URLSearchParams({
      amount: '1',
      currency: 'eur',
      capture_method: 'manual',
      'metadata[orderId]': '<script>1</script>',
    });
    const { id } = JSON.parse(await (await ask('POST', '/v1/payment_intents', body.toString())).text());
    const page = await (await ask('GET', `/sandbox/pay/${id}`)).text();
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>');
  });

  test('a page knows only Pay and Decline', async () => {
    expect((await ask('POST', '/sandbox/pay/pi_1', 'choice=steal')).status).toBe(400);
    expect((await ask('POST', '/sandbox/pay/pi_1', 'choice=pay')).status).toBe(404);
  });
});
