/** How an operation is served: what comes in is checked and every fault is named, what goes out is the handler's answer. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { forLongNumbers } from '../values/long-number.ts';
import { text } from '../values/text.ts';
import { type Actor, actorHeader } from './actor.ts';
import { createApp, json, refused, serve } from './app.ts';
import { operation } from './operation.ts';

const actor: Actor = {
  kind: 'guest',
  id: 'guest',
  scopes: [],
  region: 'weur',
  country: 'DE',
  requestId: 'req_1',
  traceparent: '00-0-0-00',
};

const Answer = z.unknown();
const putThing = operation({
  id: 'putThing',
  method: 'POST',
  path: '/v1/things/:thingId',
  summary: 'Put a thing',
  params: z.strictObject({ thingId: text(5) }),
  query: z.strictObject({ limit: z.string().regex(/^\d+$/).optional() }),
  body: z.strictObject({
    name: text(10),
    'odd/na~me': z.int().optional(),
    lines: z.array(z.strictObject({ quantity: z.int().min(1) })).optional(),
    payment: z
      .union([z.strictObject({ card: z.string() }), z.strictObject({ account: z.string(), bank: z.string() })])
      .optional(),
    deep: z.unknown().optional(),
    phone: forLongNumbers(text(40), 'a telephone number').nullable().optional(),
  }),
  answer: Answer,
  status: 200,
});
const getThing = operation({
  id: 'getThing',
  method: 'GET',
  path: '/v1/things/:thingId',
  summary: 'Get a thing',
  answer: Answer,
  status: 200,
});
const importThings = operation({
  id: 'importThings',
  method: 'POST',
  path: '/v1/imports',
  summary: 'Import things',
  bodyType: 'text/csv',
  answer: Answer,
  status: 200,
});

const removeThing = operation({
  id: 'removeThing',
  method: 'DELETE',
  path: '/admin/v1/things/:thingId',
  summary: 'Remove a thing',
  answer: Answer,
  status: 200,
});

const payThing = operation({
  id: 'payThing',
  method: 'POST',
  path: '/v1/payments',
  summary: 'Pay for a thing',
  body: z.strictObject({ amount: z.int() }),
  answer: Answer,
  status: 200,
  idempotency: 'required',
});
const lookAtThing = operation({
  id: 'lookAtThing',
  method: 'POST',
  path: '/v1/looks',
  summary: 'Look at a thing',
  answer: Answer,
  status: 200,
  idempotency: 'none',
});

const app = createApp();
serve(app, payThing, async ({ idempotency }) => json(idempotency.fingerprint));
serve(app, lookAtThing, async ({ idempotency }) => json(idempotency));
serve(app, removeThing, async () => json({ isRemoved: true }));
serve(app, putThing, async ({ params, query, body }) => json({ params, query, body }));
serve(app, getThing, async ({ actor: asking }) => {
  if (asking.id === 'broken') throw new Error('select secret from vault');
  const refusal = { code: 'not-found', thing: 'a' };
  return refused(refusal, asking);
});
serve(app, importThings, async ({ c }) => json({ length: (await c.req.text()).length }));

function send(body: BodyInit | null, { path = '/v1/things/a', type = 'application/json' as string | null } = {}) {
  const headers: Record<string, string> = { [actorHeader]: JSON.stringify(actor) };
  if (type !== null) headers['content-type'] = type;
  // As bytes, so that no content type is added for us.
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return app.fetch(new Request(`http://things.test${path}`, { method: 'POST', body: bytes, headers }), {});
}

async function faultsOf(
  response: Response | Promise<Response>,
): Promise<{ status: number; code: string; at: string[] }> {
  const answered = await response;
  const problem = z
    .object({ code: z.string(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]) })
    .parse(await answered.json());
  expect(answered.headers.get('content-type')).toBe('application/problem+json');
  return { status: answered.status, code: problem.code, at: problem.errors.map(({ pointer }) => pointer) };
}

const name = (more: object) => JSON.stringify({ name: 'a', ...more });

describe('a request as documented', () => {
  test('reaches the handler with what was checked', async () => {
    const response = await send(name({ lines: [{ quantity: 2 }] }), { path: '/v1/things/a%20b?limit=3' });
    expect(await response.json()).toEqual({
      params: { thingId: 'a b' },
      query: { limit: '3' },
      body: { name: 'a', lines: [{ quantity: 2 }] },
    });
  });

  test.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['APPLICATION/JSON'],
    ['application/merge-patch+json'],
    [null],
  ])('may call its body %s', async (type) => {
    expect((await send(name({}), { type })).status).toBe(200);
  });

  test('with another type of body than JSON is left to the handler', async () => {
    const response = await send('Handle,Title\n', { path: '/v1/imports', type: 'text/csv' });
    expect(await response.json()).toEqual({ length: 13 });
  });
});

describe('bytes that are not UTF-8', () => {
  test('in a body are refused, not replaced', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('{"name":"a'), 0xff, ...new TextEncoder().encode('"}')]);
    const response = await send(bytes);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'malformed-json', detail: 'The body is not UTF-8.' });
  });

  test.each([
    ['/v1/things/a%FF', '/path'],
    ['/v1/things/%C3%28', '/path'],
    ['/v1/things/a?limit=%FF', '/query'],
    ['/v1/things/a?limit=1&b=%ED%A0%80', '/query'],
  ])('in the address %s are refused at %s', async (path, pointer) => {
    const faults = await faultsOf(send(name({}), { path }));
    expect(faults).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(faults.at).toContain(pointer);
  });

  test('are not what other percent signs are', async () => {
    expect((await send(name({}), { path: '/v1/things/%C3%A9' })).status).toBe(200);
    expect((await send('\ufeff{"name":"a"}')).status).toBe(200);
  });
});

describe('the number of a payment card', () => {
  const pan = '4242 4242 4242 4242';

  test.each([
    [{ name: pan }, '/name'],
    [{ name: 'a', deep: { list: ['b', pan] } }, '/deep/list/1'],
    [{ name: 'a', deep: { [pan]: 1 } }, '/deep'],
    [{ name: 'a', deep: { [pan]: { more: pan } } }, '/deep'],
    [{ name: 'a', [pan]: 1 }, ''],
    [{ name: 'a', odd: pan }, '/odd'],
    [{ name: 'a', phone: pan }, '/phone'],
    [{ name: 'a', lines: [{ quantity: pan }] }, '/lines/0/quantity'],
  ])('in %j is refused at "%s" and repeated nowhere', async (body, pointer) => {
    const response = await send(JSON.stringify(body));
    expect(await response.clone().text()).not.toContain('4242');
    expect(await faultsOf(response)).toEqual({ status: 400, code: 'invalid-input', at: [pointer] });
  });

  test.each([
    [`/v1/things/${pan.replaceAll(' ', '-')}`, '/path/thingId'],
    [`/v1/things/a?limit=${pan.replaceAll(' ', '+')}`, '/query/limit'],
    [`/v1/things/a?${pan.replaceAll(' ', '-')}=1`, '/query'],
  ])('in the address %s is refused at %s', async (path, pointer) => {
    const response = await send(name({}), { path });
    expect(await response.clone().text()).not.toContain('4242');
    expect(await faultsOf(response)).toEqual({ status: 400, code: 'invalid-input', at: [pointer] });
  });

  test('is told from others where a field is made for long numbers, and the refusal says so', async () => {
    // Thirteen digits with the first digit and the check digit of a Visa: a barcode.
    expect((await send(name({ phone: '4222222222222' }))).status).toBe(200);
    const refusal = await send(name({ phone: '4242424242424242' }));
    expect(await refusal.json()).toMatchObject({
      errors: [
        { pointer: '/phone', detail: expect.stringContaining('As a telephone number any other number is taken') },
      ],
    });
  });
});

describe('an Idempotency-Key', () => {
  const ask = (path: string, key: string | null, body = '{"amount":1}') => {
    const headers: Record<string, string> = {
      [actorHeader]: JSON.stringify(actor),
      'content-type': 'application/json',
    };
    if (key !== null) headers['idempotency-key'] = key;
    return app.fetch(new Request(`http://things.test${path}`, { method: 'POST', headers, body }), {});
  };

  test('that is needed is handed over, and without it or with a broken one nothing is called', async () => {
    const given = await (await ask('/v1/payments', 'k')).json();
    expect(given).toMatch(/^[0-9a-f]{32}$/);
    expect(await (await ask('/v1/payments', 'k', '{"amount": 1}')).json()).toBe(given);
    expect(await (await ask('/v1/payments', 'k', '{"amount":2}')).json()).not.toBe(given);
    expect(await faultsOf(ask('/v1/payments', null))).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
    expect(await faultsOf(ask('/v1/payments', 'a b'))).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
  });

  test('is looked at after the input, so that a fault of that can be mended under the same key', async () => {
    expect(await faultsOf(ask('/v1/payments', null, '{}'))).toMatchObject({ code: 'invalid-input', at: ['/amount'] });
  });

  test('is ignored where the operation takes none', async () => {
    expect(await (await ask('/v1/looks', 'a b')).json()).toBeNull();
  });
});

describe('an operation with a scope', () => {
  const remove = (scopes: readonly string[]) =>
    app.fetch(
      new Request('http://things.test/admin/v1/things/a', {
        method: 'DELETE',
        headers: { [actorHeader]: JSON.stringify({ ...actor, scopes }) },
      }),
      {},
    );

  test.each([[['*']], [['orders:read', 'things:write']]])('is served to %j', async (scopes) => {
    expect(await (await remove(scopes)).json()).toEqual({ isRemoved: true });
  });

  test.each([[[]], [['things:read']], [['admin']]])('is refused to %j, whoever let the request in', async (scopes) => {
    expect(await faultsOf(remove(scopes))).toEqual({ status: 403, code: 'insufficient-scope', at: [] });
  });
});

describe('a fault in the input', () => {
  test.each<[string, string, string[]]>([
    ['a missing field', '{}', ['/name']],
    ['a wrong type', '{"name":1}', ['/name']],
    ['null', '{"name":null}', ['/name']],
    ['text that is too long', '{"name":"01234567890"}', ['/name']],
    ['NUL', '{"name":"a\\u0000"}', ['/name']],
    ['a lone surrogate', '{"name":"\\ud800"}', ['/name']],
    ['an element of a list', name({ lines: [{ quantity: 1 }, { quantity: 0 }] }), ['/lines/1/quantity']],
    ['a fraction', name({ lines: [{ quantity: 1.5 }] }), ['/lines/0/quantity']],
    ['a number beyond the integers', name({ lines: [{ quantity: 1e308 }] }), ['/lines/0/quantity']],
    ['a field that is not known', name({ price: 1 }), ['/price']],
    ['two fields that are not known', name({ price: 1, total: 2 }), ['/price', '/total']],
    ['an unknown field inside', name({ lines: [{ quantity: 1, price: 0 }] }), ['/lines/0/price']],
    ['a name that must be escaped', name({ 'odd/na~me': 'x' }), ['/odd~1na~0me']],
    ['an unknown name that must be escaped', name({ 'a/b~c': 1 }), ['/a~1b~0c']],
    ['one of several forms', name({ payment: { account: 'a' } }), ['/payment/bank']],
    ['a list instead of an object', '[]', ['']],
    ['text instead of an object', '"a"', ['']],
    ['no body at all', '', ['/name']],
  ])('is named: %s', async (_name, body, at) => {
    expect(await faultsOf(send(body))).toEqual({ status: 400, code: 'invalid-input', at });
  });

  test('of a known JavaScript property name is named like any other', async () => {
    const body = '{"name":"a","__proto__":{"admin":true},"constructor":1,"toString":2}';
    const { status, at } = await faultsOf(send(body));
    expect(status).toBe(400);
    expect(at).toEqual(expect.arrayContaining(['/constructor', '/toString', '/__proto__']));
  });

  test('in path, query and body are all named at once', async () => {
    const path = '/v1/things/toolong?limit=x&foo=1';
    const { at } = await faultsOf(send('{"name":1}', { path }));
    expect(at).toEqual(['/name', '/path/thingId', '/query/limit', '/query/foo']);
  });

  test('is named for at most twenty fields', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, 1]));
    expect((await faultsOf(send(name(many)))).at).toHaveLength(20);
  });

  test('carries the id of the request', async () => {
    expect(await (await send('{}')).json()).toMatchObject({ requestId: 'req_1', type: '/problems/invalid-input' });
  });
});

describe('a query parameter', () => {
  test('that is given twice is refused where one is meant', async () => {
    expect(await faultsOf(send(name({}), { path: '/v1/things/a?limit=1&limit=2' }))).toMatchObject({
      status: 400,
      at: ['/query/limit'],
    });
  });

  test.each(['constructor', 'toString', '__proto__'])(
    'called %s is refused like any unknown one',
    async (parameter) => {
      const faults = await faultsOf(send(name({}), { path: `/v1/things/a?${parameter}=1` }));
      expect(faults).toMatchObject({ status: 400, at: [`/query/${parameter}`] });
    },
  );
});

describe('a body that is no JSON', () => {
  test.each(['{', '{"name":"a",}', "{'name':'a'}", '{"name":"a"} x', 'NaN', '{"name":\t"a\n"}', '\ufeff{"name":"a"}x'])(
    'is refused: %j',
    async (body) => {
      expect(await faultsOf(send(body))).toMatchObject({ status: 400, code: 'malformed-json' });
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data; boundary=x',
  ])('but %s, is refused for its type', async (type) => {
    const response = await send(name({}), { type });
    expect(response.headers.get('accept')).toBe('application/json');
    expect(await faultsOf(response)).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });

  const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

  test('because it is nested too deeply, is refused at 33 levels and not at 32', async () => {
    expect((await send(`{"name":"a","deep":${nested(31)}}`)).status).toBe(200);
    expect(await faultsOf(send(`{"name":"a","deep":${nested(32)}}`))).toMatchObject({ code: 'malformed-json' });
  });

  test('because it is nested a hundred thousand times, is refused and not walked', async () => {
    expect(await faultsOf(send(`{"name":"a","deep":${nested(100_000)}}`))).toMatchObject({ code: 'malformed-json' });
  });
});

describe('an answer', () => {
  const get = (path: string, as: Actor | null = actor) =>
    app.fetch(
      new Request(`http://things.test${path}`, as === null ? {} : { headers: { [actorHeader]: JSON.stringify(as) } }),
      {},
    );

  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  test('to an unknown address is a problem document', async () => {
    expect(await faultsOf(get('/v2/nothing'))).toMatchObject({ status: 404, code: 'not-found' });
  });

  test('that refuses carries its facts and the id of the request', async () => {
    expect(await (await get('/v1/things/a')).json()).toEqual({
      type: '/problems/not-found',
      code: 'not-found',
      title: 'There is nothing at this address',
      status: 404,
      detail: 'There is nothing at this address. Look how it is spelled, and what the documents say of it.',
      thing: 'a',
      requestId: 'req_1',
    });
  });

  test('to a defect names the request and nothing of its cause', async () => {
    const response = await get('/v1/things/a', { ...actor, id: 'broken' });
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ code: 'defect', requestId: 'req_1' });
    expect(body).not.toContain('vault');
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('select secret from vault'));
  });

  test('to a request that did not come through the router is a defect', async () => {
    expect((await get('/v1/things/a', null)).status).toBe(500);
  });
});
