/**
 * Passes a request on to a domain Worker, unchanged but for its internal headers, and brings the answer back with the
 * router's own headers. A domain Worker that throws, is absent, or answers without a problem document becomes one here, so
 * that no stack ever leaves the house.
 */
import type { RemembersMerchant } from '../../shared/contracts/cart/api.ts';
import type { Actor } from '../../shared/http/actor.ts';
import { wrongCodesHeader } from '../../shared/http/door.ts';
import { isPassing } from '../../shared/http/passing.ts';
import { problem } from '../../shared/http/problem.ts';
import { regionDefault, regionOf } from '../../shared/values/placement.ts';
import type { AccessLogEnv } from './access-log.ts';
import type { Identity } from './authentication.ts';
import { type BodyReading, drain } from './bodies.ts';
import type { ClientEnv } from './client.ts';
import type { WorkerName } from './doors.generated.ts';
import type { NodeHostEnv } from './node-host.ts';
import type { Visit } from './visit.ts';

/** What the router needs of a service binding. */
export interface Origin {
  fetch(request: Request): Promise<Response>;
}

type DomainWorker = Exclude<WorkerName, 'router'>;

/** The Workers that remember what a merchant edits elsewhere. */
export interface RememberingWorkers {
  readonly CART?: Partial<RemembersMerchant>;
  readonly CATALOG?: Partial<RemembersMerchant>;
}

export type RouterEnv = { readonly [Name in DomainWorker]?: Origin } & RememberingWorkers &
  ClientEnv &
  NodeHostEnv &
  AccessLogEnv & {
    readonly VITRINE_ADMIN_KEY?: string;
    readonly VITRINE_ADMIN_KEY_PREVIOUS?: string;
    readonly VITRINE_ENV?: string;
  };

/** Written out here and not imported, because the module that owns it brings a schema library along; a test ties the two. */
export const actorHeader = 'x-vitrine-actor';
const internalHeaderPrefix = 'x-vitrine-';

/** The actor that the domain Workers get: who asks, where and in which request. */
export function actorOfVisit(visit: Visit, identity: Identity): Actor {
  const { request, requestId, traceparent } = visit;
  const region = regionOf(textOf(request.cf?.continent));
  return { ...identity, region, country: textOf(request.cf?.country) ?? null, requestId, traceparent };
}

/** The address of a guest is its id, so that two guests who chose the same idempotency key for a new cart never meet. */
export function guestOf({ address }: Visit): Identity {
  return { kind: 'guest', id: address === null ? 'guest' : `guest:${address}`, scopes: [] };
}

/** An answer that many will read may not depend on who asked first. */
export function anonymousActor({ requestId, traceparent }: Visit): Actor {
  return { kind: 'guest', id: 'guest', scopes: [], region: regionDefault, country: null, requestId, traceparent };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Builds the request that the domain Worker gets. A credential that was turned into the actor ends here. */
export function forwardedRequest(visit: Visit, actor: Actor, body: BodyReading): Request {
  const headers = new Headers(visit.request.headers);
  for (const name of [...headers.keys()]) if (name.startsWith(internalHeaderPrefix)) headers.delete(name);
  headers.delete('x-api-key');
  if (actor.kind !== 'guest') headers.delete('authorization');
  headers.set(actorHeader, JSON.stringify(actor));
  headers.set('traceparent', visit.traceparent);
  const init = { method: visit.method, headers, redirect: 'manual' as const };
  if (body.kind === 'stream') return new Request(visit.request.url, { ...init, body: body.stream, ...streamingUpload });
  if (body.kind === 'bytes') return new Request(visit.request.url, { ...init, body: body.bytes });
  return new Request(visit.request.url, init);
}

/** Asked for by the fetch standard when a body is a stream. */
const streamingUpload: object = { duplex: 'half' };

/** Calls a domain Worker. What it throws, that it is late, and what it answers without a problem document, becomes one. */
export async function callOrigin(
  origin: Origin | undefined,
  request: Request,
  visit: Visit,
  timeoutSeconds: number,
): Promise<Response> {
  if (origin === undefined) {
    await drain(request);
    return problem('unavailable', { requestId: visit.requestId, headers: { 'retry-after': '5' } });
  }
  let answer: Response;
  try {
    answer = await inTime(origin.fetch(request), timeoutSeconds);
  } catch (error) {
    await drain(request);
    return failed(error, visit);
  }
  if (answer.status < 500 || answer.headers.get('content-type')?.startsWith('application/problem+json') === true)
    return answer;
  await answer.body?.cancel();
  const error = new Error(`The domain Worker answered ${answer.status} without a problem document`);
  return failed(Object.assign(error, { retryable: answer.status !== 500 }), visit);
}

function inTime(answer: Promise<Response>, timeoutSeconds: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    // The error is made only when it is needed, because its stack costs more than the timer.
    const late = () => {
      const error = new Error(`The domain Worker did not answer within ${timeoutSeconds} seconds`);
      reject(Object.assign(error, { retryable: true }));
    };
    const timer = setTimeout(late, timeoutSeconds * 1000);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A defect is a 500; a Worker that cannot be reached, or asks to be called again, is a 503. */
function failed(error: unknown, visit: Visit): Response {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const { requestId, method, path } = visit;
  console.error(JSON.stringify({ level: 'error', requestId, method, path, message, stack }));
  if (isPassing(error)) return problem('unavailable', { requestId, headers: { 'retry-after': '1' } });
  return problem('defect', { requestId, detail: 'The request id finds the cause in our logs.' });
}

/** The domain Worker's answer with the router's headers. One that does not say how it may be cached may not be. */
export function finish(answer: Response, visit: Visit, isPrivate: boolean): Response {
  const headers = new Headers(answer.headers);
  headers.delete('cache-tag');
  headers.delete(wrongCodesHeader);
  for (const [name, value] of Object.entries(visit.headers)) headers.set(name, value);
  if (isPrivate || !headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
  if (visit.isHead || answer.body === null) {
    void answer.body?.cancel();
    return new Response(null, { status: answer.status, headers });
  }
  return new Response(answer.body, { status: answer.status, headers });
}
