/**
 * The public door, step by step: find the route, count the caller, check who it is, look at the body, then answer from
 * memory or pass on. Every refusal is a problem document with the request id, given after the body was read to its end.
 */
import { type ProblemCode, type ProblemFacts, problem } from '../../shared/http/problem.ts';
import { authenticateAdmin } from './authentication.ts';
import { drain, readBody } from './bodies.ts';
import { answerCached, cacheKeyOf } from './cached-reads.ts';
import { type AnswerDocument, type Documents, prepareDocuments } from './documents.ts';
import { edgeCacheOf, type RouterContext } from './edge-cache.ts';
import { actorOfVisit, callOrigin, finish, forwardedRequest, type RouterEnv } from './forwarding.ts';
import { MemoryCache } from './memory-cache.ts';
import { type Policy, policies, type RateLimitName, rateLimits, sandboxPolicies, sandboxPrefix } from './policies.ts';
import { countedAddress, FixedWindow } from './rate-limits.ts';
import { compileRoutes, type FindRoute, type Route } from './routing.ts';
import { addRateLimit, beginVisit, corsRequestHeaders, type Visit } from './visit.ts';

export interface Gateway {
  fetch(request: Request, env: RouterEnv, context: RouterContext): Response | Promise<Response>;
}

/** What one isolate remembers between requests. */
interface Memory {
  readonly findRoute: FindRoute;
  readonly answerDocument: AnswerDocument;
  readonly cache: MemoryCache;
  readonly windows: Readonly<Record<RateLimitName, FixedWindow>>;
}

/** Makes a door with an empty memory. `now` is in milliseconds since 1970. */
export function createGateway(
  documents: Documents,
  now: () => number = Date.now,
  table: readonly Policy[] = policies,
): Gateway {
  const memory: Memory = {
    findRoute: compileRoutes(table),
    answerDocument: prepareDocuments(documents),
    cache: new MemoryCache(),
    windows: {
      browse: new FixedWindow(rateLimits.browse),
      cart: new FixedWindow(rateLimits.cart),
      checkout: new FixedWindow(rateLimits.checkout),
      admin: new FixedWindow(rateLimits.admin),
      webhook: new FixedWindow(rateLimits.webhook),
      'wrong-key': new FixedWindow(rateLimits['wrong-key']),
    },
  };
  return { fetch: (request, env, context) => open(memory, beginVisit(request, now()), env, context) };
}

function open(memory: Memory, visit: Visit, env: RouterEnv, context: RouterContext): Response | Promise<Response> {
  const route = routeOf(memory, visit, env);
  if (route === undefined) return refuse(visit, 'not-found');
  const policy = route.byMethod.get(visit.method);
  if (policy === undefined)
    return visit.method === 'OPTIONS'
      ? preflight(visit, route)
      : refuse(visit, 'method-not-allowed', { headers: { allow: route.allow } });

  const address = countedAddress(visit.request.headers.get('cf-connecting-ip'));
  if (address !== null && isOverQuota(memory, visit, policy.rateLimit, address)) return refuse(visit, 'rate-limited');
  const worker = policy.worker;
  if (worker === 'router') return memory.answerDocument(visit);
  if (policy.cache === 'none' || visit.request.body !== null)
    return admit(memory, policy, visit, env, context, address);
  // A token may show more than the public sees, so an answer to it is neither remembered nor taken from memory.
  const key = visit.request.headers.has('authorization')
    ? null
    : cacheKeyOf(visit.path, visit.search, policy.cache.query);
  if (key === null) return admit(memory, policy, visit, env, context, address);
  return answerCached(
    memory.cache,
    key,
    policy.cache,
    () => edgeCacheOf(context) ?? env[worker],
    visit,
    (work) => context.waitUntil(work),
  );
}

const sandboxRoute: Route = {
  byMethod: new Map(sandboxPolicies.map((policy) => [policy.method, policy])),
  allow: sandboxPolicies.map(({ method }) => method).join(', '),
};

/** The sandbox exists in development only; anywhere else its addresses are nothing. */
function routeOf(memory: Memory, visit: Visit, env: RouterEnv): Route | undefined {
  if (visit.path.startsWith(sandboxPrefix)) return env.VITRINE_ENV === 'development' ? sandboxRoute : undefined;
  return memory.findRoute(visit.path);
}

function isOverQuota(memory: Memory, visit: Visit, name: RateLimitName, address: string): boolean {
  const decision = memory.windows[name].count(address, visit.now);
  addRateLimit(visit, name, rateLimits[name], decision);
  return decision.isExceeded;
}

/** Whatever is not answered from memory: checked, forwarded, finished. */
async function admit(
  memory: Memory,
  policy: Policy,
  visit: Visit,
  env: RouterEnv,
  context: RouterContext,
  address: string | null,
): Promise<Response> {
  const isAdminRoute = policy.who === 'admin';
  if (isAdminRoute) {
    const refusal = await barred(memory, visit, env, address);
    if (refusal !== null) return refusal;
  }
  const encoding = visit.request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    return refuse(visit, 'unsupported-media-type', {
      detail: 'Send the body without a Content-Encoding.',
      headers: { 'accept-encoding': 'identity' },
    });
  }
  const body = await readBody(visit.request, policy.bodyMaxBytes);
  if (body.kind === 'too-large') return tooLarge(visit, policy);
  const actor = actorOfVisit(visit, isAdminRoute);
  const worker = policy.worker === 'router' ? undefined : env[policy.worker];
  const answer = await callOrigin(worker, forwardedRequest(visit, actor, isAdminRoute, body), visit);
  if (body.kind === 'counted-stream' && body.isOver()) return tooLarge(visit, policy);
  // What a merchant says about one cart shows in no page that anyone remembers.
  const isEdit = isAdminRoute && visit.method !== 'GET' && policy.worker !== 'CART';
  if (isEdit && (answer.status < 400 || answer.status >= 500)) await forget(memory, env, context);
  return finish(answer, visit, isAdminRoute || visit.request.headers.has('authorization'));
}

/** The refusal of a caller who is not the merchant, or null. Wrong keys are counted, and too many lock the address out. */
async function barred(memory: Memory, visit: Visit, env: RouterEnv, address: string | null): Promise<Response | null> {
  const wrongKeys = memory.windows['wrong-key'];
  if (address !== null) {
    const next = wrongKeys.peek(address, visit.now);
    if (next.isExceeded) {
      addRateLimit(visit, 'wrong-key', rateLimits['wrong-key'], next);
      return refuse(visit, 'rate-limited', { detail: 'Too many wrong keys from this address.' });
    }
  }
  const authentication = await authenticateAdmin(visit.request.headers, env.VITRINE_ADMIN_KEY);
  if (authentication === 'admin') return null;
  if (authentication === 'wrong' && address !== null) wrongKeys.count(address, visit.now);
  const challenge =
    authentication === 'wrong' ? 'Bearer realm="vitrine-admin", error="invalid_token"' : 'Bearer realm="vitrine-admin"';
  return refuse(visit, 'not-authenticated', {
    detail: 'Send the admin key as "Authorization: Bearer …" or "X-Api-Key: …".',
    headers: { 'www-authenticate': challenge },
  });
}

/**
 * An edit is visible at once: in pages and new cart lines now, in the edge cache as soon as the purge arrives. Other
 * isolates see it when what they remember has grown old.
 */
async function forget(memory: Memory, { CART, CATALOG }: RouterEnv, context: RouterContext): Promise<void> {
  await Promise.all([
    CART?.forget?.().catch((error: unknown) => logFailure('The cart Worker did not forget', error)),
    CATALOG?.forget?.().catch((error: unknown) => logFailure('The catalog did not forget', error)),
  ]);
  // Only now, so that no page is kept that was asked for before the catalog was told.
  memory.cache.clear();
  const edge = edgeCacheOf(context);
  if (edge === undefined) return;
  context.waitUntil(edge.purge().catch((error: unknown) => logFailure('The edge cache was not purged', error)));
}

function logFailure(message: string, error: unknown): void {
  console.error(JSON.stringify({ level: 'error', message, error: String(error) }));
}

function tooLarge(visit: Visit, policy: Policy): Promise<Response> {
  return refuse(visit, 'content-too-large', {
    detail: `At most ${policy.bodyMaxBytes} bytes.`,
    maxBytes: policy.bodyMaxBytes,
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
