/**
 * Calls an operation of another Worker over its service binding, typed by the operation: no caller builds an address, a header
 * or a body by hand, and none reads an answer without its schema. For what a Worker does on behalf of a caller through public
 * operations; what no client may ask is in the RPC interfaces of `shared/contracts`.
 */
import type * as z from 'zod';
import { accept, type Result, refuse } from '../values/result.ts';
import { type Actor, actorHeader } from './actor.ts';
import type { Operation } from './operation.ts';
import { isProblemCode, type ProblemCode } from './problem.ts';

/** What is needed of a service binding. */
interface HttpBinding {
  fetch(request: Request): Promise<Response>;
}

/** A part of the input: not there when the operation has none, optional when nothing in it is needed. */
type Part<Name extends string, Schema extends z.ZodType> =
  unknown extends z.input<Schema>
    ? object
    : Partial<z.input<Schema>> extends z.input<Schema>
      ? { readonly [N in Name]?: z.input<Schema> }
      : { readonly [N in Name]: z.input<Schema> };

type OperationInput<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = Part<
  'params',
  Params
> &
  Part<'query', Query> &
  Part<'body', Body> & {
    /** Of the first caller, as it was sent, so that a retry meets the effect of the first try. */
    readonly idempotencyKey?: string | null;
    readonly ifMatch?: string | null;
  };

interface OperationAnswer<Value> {
  readonly value: Value;
  readonly status: number;
  readonly etag: string | null;
  readonly isReplayed: boolean;
}

/** The refusal of another Worker with its facts; `refused()` answers it in this one. */
interface OperationRefusal {
  readonly code: ProblemCode;
  readonly [fact: string]: unknown;
}

/**
 * Calls an operation and reads its answer. A refusal is a value; an answer that is neither documented nor a problem document is
 * a defect, and so is a failure of the other Worker itself (5xx without a code of ours).
 */
export async function callOperation<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Key extends Operation['idempotency'],
>(
  binding: HttpBinding,
  operation: Operation<Params, Query, Body, Answer, Key>,
  input: OperationInput<Params, Query, Body>,
  actor: Actor,
): Promise<Result<OperationAnswer<z.output<Answer>>, OperationRefusal>> {
  // A conditional type cannot be looked into before the operation is known; its parts are those of `AnyInput`.
  const response = await binding.fetch(requestOf(operation, input as AnyInput, actor));
  if (response.status >= 400) return refuse(refusalOf(await response.json(), operation));
  const value = operation.answer.parse(response.status === 204 ? null : await response.json());
  return accept({
    value,
    status: response.status,
    etag: response.headers.get('etag'),
    isReplayed: response.headers.has('idempotency-replayed'),
  });
}

/** The input as this module reads it; `OperationInput` is what callers see. */
interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string | null;
  readonly ifMatch?: string | null;
}

function requestOf({ method, path }: Operation, input: AnyInput, actor: Actor): Request {
  const { params = {}, query = {}, body, idempotencyKey = null, ifMatch = null } = input;
  const address = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  const headers: Record<string, string> = { [actorHeader]: JSON.stringify(actor), traceparent: actor.traceparent };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey !== null) headers['idempotency-key'] = idempotencyKey;
  if (ifMatch !== null) headers['if-match'] = ifMatch;
  // The host means nothing to a service binding.
  const url = `http://worker${address}${search.size === 0 ? '' : `?${search}`}`;
  return new Request(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** What every problem document has beside its code and its facts: the answer that is made of the refusal has its own. */
const framing = new Set(['type', 'code', 'title', 'status', 'instance', 'requestId']);

function refusalOf(document: unknown, { id }: Operation): OperationRefusal {
  if (typeof document === 'object' && document !== null && 'code' in document) {
    const { code } = document;
    const facts = Object.fromEntries(Object.entries(document).filter(([name]) => !framing.has(name)));
    if (typeof code === 'string' && isProblemCode(code)) return { ...facts, code };
  }
  throw new Error(`${id} was refused without a problem document`);
}
