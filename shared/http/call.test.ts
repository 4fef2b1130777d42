/** A typed call reaches the operation that it names, with what was given, and brings its answer or its refusal back. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { text } from '../values/text.ts';
import type { Actor } from './actor.ts';
import { createApp, json, refused, serve } from './app.ts';
import { callOperation } from './call.ts';
import { operation } from './operation.ts';

const actor: Actor = {
  kind: 'key',
  id: 'key_1',
  scopes: ['boxes:write'],
  region: 'weur',
  country: 'DE',
  requestId: 'req_1',
  traceparent: '00-0-0-00',
};

const Box = z.strictObject({ id: z.string(), size: z.int(), by: z.string() });
const fillBox = operation({
  id: 'fillBox',
  method: 'POST',
  path: '/admin/v1/boxes/:boxId/items',
  summary: 'Fill a box',
  params: z.strictObject({ boxId: text(20) }),
  query: z.strictObject({ limit: z.string().optional(), tag: z.string().optional() }),
  body: z.strictObject({ size: z.int().min(1), note: z.string().optional() }),
  answer: Box,
  status: 201,
});
const emptyBox = operation({
  id: 'emptyBox',
  method: 'DELETE',
  path: '/admin/v1/boxes/:boxId',
  summary: 'Empty a box',
  params: z.strictObject({ boxId: text(20) }),
  answer: z.null(),
  status: 204,
});

const app = createApp();
let seen: unknown;
serve(app, fillBox, async ({ params, query, body, actor: asking, idempotency, c }) => {
  seen = { query, ifMatch: c.req.header('if-match'), isKeyed: idempotency !== null, requestId: asking.requestId };
  const full = { code: 'stock-conflict', detail: 'Too large', onHand: 9 };
  if (body.size > 9) return refused(full, asking);
  const headers = { etag: '"7"', 'idempotency-replayed': 'true' };
  return json({ id: params.boxId, size: body.size, by: asking.id }, 201, headers);
});
serve(app, emptyBox, async () => new Response(null, { status: 204 }));
const binding = { fetch: async (request: Request) => app.fetch(request, {}) };

describe('a call', () => {
  test('brings address, query, body, key and actor over, and the answer back', async () => {
    const input = {
      params: { boxId: 'a/b ü' },
      query: { limit: '3', tag: undefined },
      body: { size: 2 },
      idempotencyKey: 'k',
      ifMatch: '"6"',
    };
    const answer = await callOperation(binding, fillBox, input, actor);
    expect(answer).toEqual({
      ok: true,
      value: { value: { id: 'a/b ü', size: 2, by: 'key_1' }, status: 201, etag: '"7"', isReplayed: true },
    });
    expect(seen).toEqual({ query: { limit: '3' }, ifMatch: '"6"', isKeyed: true, requestId: 'req_1' });
  });

  test('of an operation without a body and an answer needs none', async () => {
    const answer = await callOperation(binding, emptyBox, { params: { boxId: 'a' } }, actor);
    expect(answer).toMatchObject({ ok: true, value: { value: null, status: 204, etag: null, isReplayed: false } });
  });

  test('that is refused answers code and facts, which can be given on', async () => {
    const answer = await callOperation(binding, fillBox, { params: { boxId: 'a' }, body: { size: 10 } }, actor);
    expect(answer).toEqual({ ok: false, refusal: { code: 'stock-conflict', detail: 'Too large', onHand: 9 } });
    const guest = await callOperation(binding, emptyBox, { params: { boxId: 'a' } }, { ...actor, scopes: [] });
    expect(guest).toMatchObject({ ok: false, refusal: { code: 'insufficient-scope' } });
  });

  test.each([
    ['an answer that its schema does not know', () => Response.json({ id: 'a' }, { status: 201 })],
    ['a refusal without a code', () => Response.json({ error: 'no' }, { status: 409 })],
    ['a code that is not ours', () => Response.json({ code: 'teapot' }, { status: 418 })],
  ])('throws on %s', async (_name, answer) => {
    const input = { params: { boxId: 'a' }, body: { size: 1 } };
    await expect(callOperation({ fetch: async () => answer() }, fillBox, input, actor)).rejects.toThrow();
  });

  test('has the types of its operation', async () => {
    const call = () => callOperation(binding, fillBox, { params: { boxId: 'a' }, body: { size: 1 } }, actor);
    expectTypeOf<Extract<Awaited<ReturnType<typeof call>>, { ok: true }>['value']['value']>().toEqualTypeOf<
      z.infer<typeof Box>
    >();
    // @ts-expect-error The parameter of the address is missing.
    const nowhere = () => callOperation(binding, emptyBox, {}, actor);
    // @ts-expect-error The body has another form.
    const wrong = () => callOperation(binding, fillBox, { params: { boxId: 'a' }, body: { size: 'L' } }, actor);
    expect([nowhere, wrong]).toHaveLength(2);
  });
});
