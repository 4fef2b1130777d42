/** A webhook counts only as the bytes that were signed, and says which payment to ask about when it does not say it all. */
import { describe, expect, test } from 'vitest';
import { stripeClient } from './stripe-client.ts';
import { isoUnits } from './stripe-units.ts';
import { readWebhook } from './stripe-webhooks.ts';

const client = stripeClient({ secretKey: 'sk_test_1' });
const source = { provider: 'sandbox', client, secret: 'whsec_1', units: isoUnits } as const;

function read(payload: string, { sent = payload, secret = 'whsec_1', timestamp = Math.floor(Date.now() / 1000) } = {}) {
  const signature = client.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return readWebhook(new TextEncoder().encode(sent), signature, source);
}

function eventOf(type: string, object: object): string {
  return JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } });
}

const intent = {
  ...{ id: 'pi_1', object: 'payment_intent', status: 'requires_capture', amount: 900, amount_received: 400 },
  ...{ currency: 'eur', metadata: { orderId: 'ord_1' } },
};

describe('a webhook', () => {
  const payload = eventOf('payment_intent.amount_capturable_updated', intent);

  test('about an intent tells what is known of it', async () => {
    expect(await read(payload)).toMatchObject({
      ok: true,
      value: {
        ...{ eventId: 'sandbox-evt_1', hint: null },
        report: { paymentKey: 'ord_1', status: 'authorized', capturedMinor: 400, movements: [] },
      },
    });
  });

  test.each([
    ['whose bytes were changed, be it by a blank', { sent: payload.replace(',', ', ') }],
    ['that was signed with another secret', { secret: 'whsec_2' }],
    ['that was signed long ago', { timestamp: Math.floor(Date.now() / 1000) - 3600 }],
    ['that was signed six minutes from now', { timestamp: Math.floor(Date.now() / 1000) + 360 }],
    ['that was signed in an hour', { timestamp: Math.floor(Date.now() / 1000) + 3600 }],
  ])('%s is refused', async (_, changes) => {
    expect(await read(payload, changes)).toMatchObject({ ok: false, refusal: { code: 'invalid-webhook' } });
  });

  test.each([-240, 240])('of a clock that is off by %i seconds is taken', async (seconds) => {
    expect(await read(payload, { timestamp: Math.floor(Date.now() / 1000) + seconds })).toMatchObject({ ok: true });
  });

  test('that is not UTF-8 is refused, whoever signed it', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode(payload.slice(0, -1)), 0xff, 0x7d]);
    expect(await readWebhook(bytes, 't=1,v1=0', source)).toMatchObject({
      refusal: { detail: 'The body is not UTF-8.' },
    });
  });

  test.each([
    ['charge.refunded', { payment_intent: 'pi_1' }, 'pi_1'],
    ['refund.failed', { payment_intent: { id: 'pi_1', object: 'payment_intent' } }, 'pi_1'],
    ['charge.dispute.funds_withdrawn', { payment_intent: 'pi_1' }, 'pi_1'],
    ['refund.updated', { payment_intent: null }, null],
    ['charge.dispute.closed', {}, null],
    ['customer.created', { payment_intent: 'pi_1' }, null],
  ])('%s of %j hints at %s', async (type, object, hint) => {
    expect(await read(eventOf(type, object))).toMatchObject({ ok: true, value: { report: null, hint } });
  });

  test('about an intent that is none of ours is taken and says nothing', async () => {
    const foreign = eventOf('payment_intent.succeeded', { ...intent, metadata: {} });
    expect(await read(foreign)).toMatchObject({ ok: true, value: { report: null, hint: null } });
  });
});
