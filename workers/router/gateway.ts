/**
 * The public door, step by step: find the route, count the caller, check who it is, look at the body, then answer from
 * memory or pass on. Every refusal is a problem document with the request id, given after the body was read to its end.
 */

import { mayCall, wrongCodesHeader } from '../../shared/http/door.ts';
import { type ProblemCode, type ProblemFacts, problem } from '../../shared/http/problem.ts';
import { logged } from './access-log.ts';
import { type Authenticate, authenticate, type Identity } from './authentication.ts';
import { type BodyFault, type BodyReading, bodyPatienceMs, drain, readBody } from './bodies.ts';
import { answerCached, cacheKeyOf } from './cached-reads.ts';
import { clientOf } from './client.ts';
import { type AnswerDocument, type Documents, prepareDocuments } from './documents.ts';
import { doors, type RouterDoor, sandboxDoors, sandboxPrefix } from './doors.ts';
import { edgeCacheOf, type RouterContext } from './edge-cache.ts';
import { actorOfVisit, callOrigin, finish, forwardedRequest, guestOf, type RouterEnv } from './forwarding.ts';
import { MemoryCache } from './memory-cache.ts';
import { NodeHost, readinessPath } from './node-host.ts';
import { countedAddress, FixedWindow, type RateLimitName, rateLimits } from './rate-limits.ts';
import { compileRoutes, type FindRoute, type Route } from './routing.ts';
import { clearStale } from './stale.ts';
import { addRateLimit, beginVisit, corsRequestHeaders, type Visit } from './visit.ts';

export interface Gateway {
  fetch(request: Request, env: RouterEnv, context: RouterContext): Response | Promise<Response>;
}

/** What one isolate remembers between requests. */
interface Memory {
  readonly findRoute: FindRoute;
  readonly answerDocument: AnswerDocument;
  readonly authenticate: Authenticate;
  readonly cache: MemoryCache;
  readonly host: NodeHost;
  readonly windows: Readonly<Record<RateLimitName, FixedWindow>>;
}

/** Makes a door with an empty memory. `now` is in milliseconds since 1970. */
export function createGateway(
  documents: Documents,
  now: () => number = Date.now,
  table: readonly RouterDoor[] = doors,
  authenticated: Authenticate = authenticate,
): Gateway {
  const memory: Memory = {
    findRoute: compileRoutes(table),
    answerDocument: prepareDocuments(documents),
    authenticate: authenticated,
    cache: new MemoryCache(),
    host: new NodeHost(),
    windows: {
      browse: new FixedWindow(rateLimits.browse),
      cart: new FixedWindow(rateLimits.cart),
      checkout: new FixedWindow(rateLimits.checkout),
      lookup: new FixedWindow(rateLimits.lookup),
      admin: new FixedWindow(rateLimits.admin),
      webhook: new FixedWindow(rateLimits.webhook),
      'wrong-key': new FixedWindow(rateLimits['wrong-key']),
    },
  };
  return {
    fetch: (request, env, context) => {
      const visit = beginVisit(request, now(), clientOf(request, env));
      const answer = memory.host.release(open(memory, visit, env, context), visit, env);
      return env.VITRINE_ACCESS_LOG === 'on' ? logged(answer, visit, memory.findRoute, now) : answer;
    },
  };
}

function open(memory: Memory, visit: Visit, env: RouterEnv, context: RouterContext): Response | Promise<Response> {
  const route = routeOf(memory, visit, env);
  if (route === undefined) return refuse(visit, 'not-found');
  const door = route.byMethod.get(visit.method);
  if (door === undefined)
    return visit.method === 'OPTIONS'
      ? preflight(visit, route)
      : refuse(visit, 'method-not-allowed', { headers: { allow: route.allow } });

  const address = countedAddress(visit.address);
  if (address !== null && isOverQuota(memory, visit, door.quota, address)) return refuse(visit, 'rate-limited');
  const { worker, cacheSeconds, timeoutSeconds } = door;
  if (door.path === readinessPath) return memory.host.readiness(visit, env);
  if (worker === 'router') return memory.answerDocument(visit);
  // A credential makes no difference here: an answer that is held never depends on who asks.
  const key =
    cacheSeconds === null || visit.request.body !== null ? null : cacheKeyOf(visit.path, visit.search, door.query);
  if (key === null || cacheSeconds === null) return admit(memory, door, visit, env, context, address);
  return answerCached(
    memory.cache,
    key,
    { cacheSeconds, timeoutSeconds },
    () => edgeCacheOf(context) ?? env[worker],
    visit,
    (work) => context.waitUntil(work),
  );
}

const sandboxRoute: Route = {
  byMethod: new Map(sandboxDoors.map((door) => [door.method, door])),
  allow: sandboxDoors.map(({ method }) => method).join(', '),
};

/** The sandbox exists in development only; anywhere else, and where it is not bound, its addresses are nothing. */
function routeOf(memory: Memory, visit: Visit, env: RouterEnv): Route | undefined {
  if (`${visit.path}/`.startsWith(sandboxPrefix))
    return env.VITRINE_ENV === 'development' && env.SANDBOX !== undefined ? sandboxRoute : undefined;
  return memory.findRoute(visit.path);
}

function isOverQuota(memory: Memory, visit: Visit, name: RateLimitName, address: string): boolean {
  const decision = memory.windows[name].count(address, visit.now);
  addRateLimit(visit, name, rateLimits[name], decision);
  return decision.isExceeded;
}

/** What is not answered from memory: checked, forwarded, finished. */
async function admit(
  memory: Memory,
  door: RouterDoor,
  visit: Visit,
  env: RouterEnv,
  context: RouterContext,
  address: string | null,
): Promise<Response> {
  const isPublic = door.scopes.length === 0;
  const identity = isPublic ? guestOf(visit) : await identify(memory, door, visit, env, address);
  if (identity instanceof Response) return identity;
  const encoding = visit.request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return refuse(visit, 'unsupported-media-type', {
      detail: 'Send the body without a Content-Encoding.',
      headers: { 'accept-encoding': 'identity' },
    });
  }
  const body = await bodyOf(visit, door);
  if (isFault(body)) return refuseBody(visit, door, body);
  const request = forwardedRequest(visit, actorOfVisit(visit, identity), body);
  const worker = door.worker === 'router' ? undefined : env[door.worker];
  const answer = await callOrigin(worker, request, visit, door.timeoutSeconds);
  if (address !== null) countGuesses(memory, visit, door.quota, address, answer);
  const fault = body.kind === 'stream' ? body.fault() : null;
  if (fault !== null) return refuseBody(visit, door, fault);
  // After a failure nobody knows whether the edit was made.
  const mayHaveEdited = answer.status < 400 || answer.status >= 500;
  if (mayHaveEdited) await clearStale(door.clears, answer.headers, memory.cache, env, context);
  return finish(answer, visit, !isPublic || visit.request.headers.has('authorization'));
}

/** Counts each code that was guessed wrong like a request, so that many in one request are no way to guess faster. */
function countGuesses(memory: Memory, visit: Visit, name: RateLimitName, address: string, answer: Response): void {
  const guesses = Number(answer.headers.get(wrongCodesHeader) ?? 0);
  if (guesses > 0)
    addRateLimit(visit, name, rateLimits[name], {
      ...memory.windows[name].count(address, visit.now, guesses),
      // This request was answered; the next is not.
      isExceeded: false,
    });
}

/** A body that comes with a question says nothing (RFC 9110, 9.3.1), and no request of the runtime could carry it on. */
async function bodyOf(visit: Visit, door: RouterDoor): Promise<BodyReading> {
  if (visit.method !== 'GET') return readBody(visit.request, door.bodyBytesMax);
  await drain(visit.request);
  return { kind: 'none' };
}

/** Who asks at a door that is not open to everybody, or the refusal. Too many wrong keys lock the address out. */
async function identify(
  memory: Memory,
  door: RouterDoor,
  visit: Visit,
  env: RouterEnv,
  address: string | null,
): Promise<Identity | Response> {
  const wrongKeys = memory.windows['wrong-key'];
  if (address !== null) {
    const next = wrongKeys.peek(address, visit.now);
    if (next.isExceeded) {
      addRateLimit(visit, 'wrong-key', rateLimits['wrong-key'], next);
      return refuse(visit, 'rate-limited', { detail: 'Too many wrong keys from this address.' });
    }
  }
  const identity = await memory.authenticate(visit.request.headers, env);
  if (typeof identity === 'object') {
    if (mayCall(identity.scopes, door)) return identity;
    return refuse(visit, 'insufficient-scope', { detail: `It needs the scope ${door.scopes.join(' or ')}.` });
  }
  if (identity === 'wrong' && address !== null) wrongKeys.count(address, visit.now);
  const challenge =
    identity === 'wrong' ? 'Bearer realm="vitrine-admin", error="invalid_token"' : 'Bearer realm="vitrine-admin"';
  return refuse(visit, 'not-authenticated', {
    detail: 'Send the admin key as "Authorization: Bearer …" or "X-Api-Key: …".',
    headers: { 'www-authenticate': challenge },
  });
}

const isFault = (body: BodyReading): body is BodyFault =>
  body.kind === 'too-large' || body.kind === 'late' || body.kind === 'cut';

function refuseBody(visit: Visit, door: RouterDoor, { kind }: BodyFault): Promise<Response> {
  if (kind === 'late')
    return refuse(visit, 'body-timeout', { detail: `Send the body within ${bodyPatienceMs / 1000} seconds.` });
  if (kind === 'cut') return refuse(visit, 'body-incomplete');
  return refuse(visit, 'content-too-large', {
    detail: `At most ${door.bodyBytesMax} bytes.`,
    maxBytes: door.bodyBytesMax,
  });
}

function preflight(visit: Visit, route: Route): Response {
  const headers: Record<string, string> = { ...visit.headers, allow: route.allow, 'cache-control': 'no-store' };
  if (!visit.isAdminPath) {
    headers['access-control-allow-methods'] = route.allow;
    headers['access-control-allow-headers'] = corsRequestHeaders;
    headers['access-control-max-age'] = '86400';
  }
  return new Response(null, { status: 204, headers });
}

/** Refuses after the body was read, because a connection with an unread body is closed. */
async function refuse(visit: Visit, code: ProblemCode, { headers, ...facts }: ProblemFacts = {}): Promise<Response> {
  await drain(visit.request);
  const answer = problem(code, { ...facts, requestId: visit.requestId, headers: { ...visit.headers, ...headers } });
  return visit.isHead ? new Response(null, answer) : answer;
}
