/**
 * The Hono app that every domain Worker starts from, and how an operation is served on it: parse, call, answer. Refusals,
 * invalid input and defects become problem documents here and nowhere else. A request body is always read to its end,
 * because workerd closes a connection whose body was left unread.
 */
import { type Context, Hono } from 'hono';
import type * as z from 'zod';
import type { IdempotencyKey } from '../values/idempotency.ts';
import type { Refusal } from '../values/result.ts';
import { type Actor, actorOf } from './actor.ts';
import { cardNumberFaults } from './card-numbers.ts';
import { mayCall } from './door.ts';
import { readWith } from './faults.ts';
import { idempotencyKeyOf, keyScopeOf } from './idempotency.ts';
import type { KeyOf, Operation } from './operation.ts';
import { isPassing } from './passing.ts';
import { type FieldFault, problem, problemOf } from './problem.ts';
import { isUtf8Address, utf8Of } from './utf8.ts';

interface AppTypes<Env extends object> {
  Bindings: Env;
}
export type App<Env extends object> = Hono<AppTypes<Env>>;

/** What a handler gets: checked input, who asks, and the Hono context for bindings and headers. */
export interface Call<Env extends object, Params, Query, Body, Key = IdempotencyKey | null> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly actor: Actor;
  /** Null when the caller sent none, or the operation takes none. */
  readonly idempotency: Key;
  readonly env: Env;
  readonly c: Context<AppTypes<Env>>;
}

export function createApp<Env extends object>(): App<Env> {
  const app: App<Env> = new Hono();
  app.notFound((c) => problem('not-found', { requestId: requestIdOf(c.req.raw.headers) }));
  app.onError((error, c) => {
    const requestId = requestIdOf(c.req.raw.headers);
    console.error(
      JSON.stringify({ level: 'error', requestId, path: c.req.path, message: error.message, stack: error.stack }),
    );
    if (isPassing(error)) return problem('unavailable', { requestId, headers: { 'retry-after': '5' } });
    return problem('defect', { requestId, detail: 'The request id finds the cause in our logs.' });
  });
  return app;
}

/** Serves one operation: parses what came in, calls the handler, and lets it answer. */
export function serve<
  Env extends object,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Key extends Operation['idempotency'],
>(
  app: App<Env>,
  operation: Operation<Params, Query, Body, Answer, Key>,
  handler: (call: Call<Env, z.infer<Params>, z.infer<Query>, z.infer<Body>, KeyOf<Key>>) => Promise<Response>,
): void {
  app.on(operation.method, operation.path, async (c) => {
    const actor = actorOf(c.req.raw.headers);
    if (!mayCall(actor.scopes, operation)) return outOfScope(c.req.raw, actor);
    const faults: FieldFault[] = [];
    const body = await readBody(c, operation, actor.requestId, faults);
    if (body instanceof Response) return body;
    faults.push(...addressFaults(c.req.url, operation));
    const params = check(operation.params, c.req.param(), '/path', faults);
    const query = check(operation.query, operation.query && queryOf(c.req.url), '/query', faults);
    if (faults.length > 0)
      return problem('invalid-input', {
        errors: faults.slice(0, faultsMax),
        detail: faults[0]?.detail ?? '',
        requestId: actor.requestId,
      });
    const idempotency =
      operation.idempotency === 'none' ? null : await keyOf(c.req.raw, actor, operation, params, body.value);
    if (idempotency instanceof Response) return idempotency;
    // The three values passed their schemas above, as `check` answers undefined only beside a fault; a key that is required
    // and missing was refused.
    return handler({
      params: params as z.infer<Params>,
      query: query as z.infer<Query>,
      body: body.value as z.infer<Body>,
      actor,
      idempotency: idempotency as KeyOf<Key>,
      env: c.env,
      c,
    });
  });
}

function keyOf(request: Request, actor: Actor, { idempotency }: Operation, params: unknown, body: unknown) {
  const scope = keyScopeOf(actor, params, body);
  const content = body === undefined ? '' : JSON.stringify(body);
  return idempotencyKeyOf({ request, actor, scope, content, isRequired: idempotency === 'required' });
}

/** The router has refused this before. It is looked at again, so that no other way into a Worker is open wider. */
async function outOfScope(request: Request, { requestId }: Actor): Promise<Response> {
  await request.body?.pipeTo(new WritableStream());
  return problem('insufficient-scope', { requestId });
}

const faultsMax = 20;
/** Nested deeper than any documented body, and shallow enough to walk without care. */
const jsonDepthMax = 32;

async function readBody<Env extends object>(
  c: Context<AppTypes<Env>>,
  operation: Operation,
  requestId: string,
  faults: FieldFault[],
): Promise<{ readonly value: unknown } | Response> {
  if (operation.bodyType !== undefined) return { value: undefined };
  const bytes = await c.req.arrayBuffer().catch(() => null);
  if (bytes === null) return problem('body-incomplete', { requestId });
  if (operation.body === undefined) return { value: undefined };
  const text = utf8Of(bytes);
  if (text === null) return unreadable('The body is not UTF-8.', requestId);
  const type = c.req.header('content-type');
  if (operation.readCsv !== undefined && type !== undefined && /^text\/csv\b/i.test(type)) {
    const read = operation.readCsv(text);
    return 'fault' in read ? notCsv(read.fault, requestId) : { value: check(operation.body, read.value, '', faults) };
  }
  if (text !== '' && type !== undefined && !/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    return problem('unsupported-media-type', {
      detail: 'Send the body as application/json.',
      requestId,
      headers: { accept: 'application/json' },
    });
  }
  const parsed = parseJson(text === '' ? '{}' : text);
  if (parsed === undefined) return unreadable('The body cannot be parsed as JSON.', requestId);
  return { value: check(operation.body, parsed.value, '', faults) };
}

function notCsv(detail: string, requestId: string): Response {
  return problem('malformed-csv', { detail, requestId, errors: [{ pointer: '', detail }] });
}

function unreadable(detail: string, requestId: string): Response {
  return problem('malformed-json', { detail, requestId, errors: [{ pointer: '', detail }] });
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return depthOf(value, 0) > jsonDepthMax ? undefined : { value };
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown, depth: number): number {
  if (depth > jsonDepthMax || typeof value !== 'object' || value === null) return depth;
  let deepest = depth;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member, depth + 1));
  return deepest;
}

/** A query parameter that is given twice is a list, so that a schema for one value refuses it. */
function queryOf(url: string): Record<string, string | string[]> {
  if (!url.includes('?')) return {};
  // A Map, because a parameter may be called like something that every object has.
  const query = new Map<string, string | string[]>();
  for (const [name, value] of new URL(url).searchParams) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(query);
}

function check<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  base: string,
  faults: FieldFault[],
): z.infer<Schema> | undefined {
  if (schema === undefined) return undefined;
  const cards = cardNumberFaults(value, schema, base);
  if (cards.length > 0) {
    faults.push(...cards);
    return undefined;
  }
  const read = readWith(schema, value, base);
  if (read.isRead) return read.value;
  faults.push(...read.faults);
  return undefined;
}

/** What is percent-encoded has to be UTF-8, or it would be read as something else. What nobody reads may be anything. */
function addressFaults(url: string, { params, query }: Operation): FieldFault[] {
  if (!url.includes('%')) return [];
  const [path = '', search = ''] = url.split('?', 2);
  const fault = (pointer: string) => ({ pointer, detail: 'The percent-encoded bytes are not UTF-8.' });
  return [
    ...(params === undefined || isUtf8Address(path) ? [] : [fault('/path')]),
    ...(query === undefined || isUtf8Address(search) ? [] : [fault('/query')]),
  ];
}

/** Names the request in answers that no operation gives. */
export function requestIdOf(headers: Headers): string {
  const header = headers.get('x-vitrine-actor');
  return header === null ? 'unknown' : actorOf(headers).requestId;
}

/** Answers with JSON and, when given, a version as strong ETag. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export function refused(refusal: Refusal, actor: Actor): Response {
  return problemOf(refusal, actor.requestId);
}
