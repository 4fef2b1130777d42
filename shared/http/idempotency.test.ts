/** The `Idempotency-Key` of a request: which forms are taken, what it is scoped to, and what makes a request the same. */
import { describe, expect, test } from 'vitest';
import { isFinalStatus } from '../values/idempotency.ts';
import type { Actor } from './actor.ts';
import { idempotencyKeyOf, keyScopeOf, withContent } from './idempotency.ts';

const guest: Actor = {
  kind: 'guest',
  id: 'guest-1',
  scopes: [],
  region: 'weur',
  country: null,
  requestId: 'req_1',
  traceparent: '',
};

interface Sent {
  readonly key?: string | null;
  readonly method?: string;
  readonly path?: string;
  readonly actor?: Actor;
  readonly params?: unknown;
  readonly body?: string;
  readonly isRequired?: boolean;
}

function read({
  key = 'k',
  method = 'POST',
  path = '/v1/carts',
  actor = guest,
  params = {},
  body = '{}',
  isRequired = false,
}: Sent) {
  const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key };
  const request = new Request(`http://shop.test${path}`, { method, headers });
  return idempotencyKeyOf({
    request,
    actor,
    scope: keyScopeOf(actor, params, JSON.parse(body)),
    content: body,
    isRequired,
  });
}

async function taken(sent: Sent): Promise<{ readonly key: string; readonly fingerprint: string }> {
  const found = await read(sent);
  if (found === null || found instanceof Response) throw new Error('No key was taken');
  return found;
}

async function refusal(sent: Sent): Promise<unknown> {
  const found = await read(sent);
  return found instanceof Response ? [found.status, (await found.json<{ code: string }>()).code] : found;
}

test('the number of a payment card is no key, and a UUID of digits is one', async () => {
  for (const key of ['4242424242424242', '"4242-4242-4242-4242"', 'order-4242424242424242'])
    expect(await refusal({ key })).toEqual([400, 'idempotency-key-invalid']);
  expect(await refusal({ key: '42424242-4242-4242-4242-424242424242' })).not.toBeInstanceOf(Array);
});

describe('a request without a key', () => {
  test('has none where it may, and is refused where it must', async () => {
    expect(await read({ key: null })).toBeNull();
    expect(await refusal({ key: null, isRequired: true })).toEqual([400, 'idempotency-key-missing']);
  });
});

describe('a key', () => {
  test.each(['8e03978e-40d5-43dd-bc93-6894a57f9324', '"quoted"', '"', '!~', 'x'.repeat(255), `"${'x'.repeat(255)}"`])(
    'may be %s',
    async (key) => {
      expect((await taken({ key })).key).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  test.each(['', '""', 'two words', 'x'.repeat(256), 'caf\u00e9', 'tab\there'])('may not be %j', async (key) => {
    expect(await refusal({ key })).toEqual([400, 'idempotency-key-invalid']);
  });

  test('is the same with and without the quotes of a structured field', async () => {
    expect(await taken({ key: '"k"' })).toEqual(await taken({ key: 'k' }));
  });
});

describe('the scope of a key', () => {
  const own = taken({});

  test.each<[string, Sent]>([
    ['another caller', { actor: { ...guest, id: 'guest-2' } }],
    ['another kind of caller', { actor: { ...guest, kind: 'key' } }],
    ['another method', { method: 'PATCH' }],
    ['another address', { path: '/v1/checkouts' }],
    ['another key', { key: 'l' }],
  ])('ends at %s', async (_name, sent) => {
    expect((await taken(sent)).key).not.toBe((await own).key);
  });

  test.each<[string, Sent]>([
    ['cart in the address', { params: { cartId: 'cart_1' } }],
    ['checkout in the address', { params: { checkoutId: 'chk_1' } }],
    ['cart in the body', { body: '{"cartId":"cart_1"}' }],
  ])('is the %s where a guest names one, from whatever network', async (_name, sent) => {
    const moved = { ...sent, actor: { ...guest, id: 'guest-2' } };
    expect(await taken(moved)).toEqual(await taken(sent));
    expect((await taken(sent)).key).not.toBe((await own).key);
    const merchants = [{ id: 'key_1' }, { id: 'key_2' }].map((who) => ({
      ...sent,
      actor: { ...guest, kind: 'key' as const, ...who },
    }));
    const [first, second] = await Promise.all(merchants.map(taken));
    expect(first?.key).not.toBe(second?.key);
  });

  test('does not end at another query or content, which is a reuse', async () => {
    const other = await taken({ path: '/v1/carts?a=1' });
    expect(other.key).toBe((await own).key);
    expect(other.fingerprint).not.toBe((await own).fingerprint);
    const [one, two] = await Promise.all(['1', '2'].map(async (content) => withContent(await own, content)));
    expect([one?.key, one?.fingerprint === two?.fingerprint]).toEqual([two?.key, false]);
  });

  test('does not end at another body, which is a reuse', async () => {
    const other = await taken({ body: '{"a":1}' });
    expect(other.key).toBe((await own).key);
    expect(other.fingerprint).not.toBe((await own).fingerprint);
  });

  test('does not depend on the request id or the region of a retry', async () => {
    const retry = await taken({ actor: { ...guest, requestId: 'req_2', region: 'enam' } });
    expect(retry).toEqual(await own);
  });
});

describe('an answer', () => {
  test.each([200, 201, 204, 402, 409, 422])('of %i is final', (status) => expect(isFinalStatus(status)).toBe(true));

  test.each([202, 400, 403, 404, 412, 429, 500, 503])('of %i leaves the key free', (status) =>
    expect(isFinalStatus(status)).toBe(false),
  );
});
