/**
 * Public reads that may be remembered. The address is brought into one form, answered from memory when fresh, else loaded
 * once from the origin (the edge cache where the platform has one, else the catalog itself). `If-None-Match` is answered
 * here. What leaves says how old it is, so that no cache anywhere shows it more than 60 s after the truth was read.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111
 */
import { ifNoneMatchHits } from '../../shared/http/conditional.ts';
import { isUtf8Address } from '../../shared/http/utf8.ts';
import { sharedFor, shortLifeOf } from './edge-cache.ts';
import { actorHeader, anonymousActor, callOrigin, type Origin } from './forwarding.ts';
import { type CacheOutcome, type MemoryCache, type Snapshot, tagsOf } from './memory-cache.ts';
import type { Visit } from './visit.ts';

/** What of a door is asked here. */
interface CachedDoor {
  readonly cacheSeconds: number;
  readonly timeoutSeconds: number;
}

/** A longer address is answered, but not remembered. */
const keyLengthMax = 1024;

/**
 * The one form of an address: known parameters, sorted. Null when it has an unknown, repeated or overlong parameter, or is not
 * UTF-8: such a request is for the domain Worker to refuse, as it was sent.
 */
export function cacheKeyOf(path: string, search: string, known: readonly string[]): string | null {
  if (path.length + search.length > keyLengthMax) return null;
  if (search.length <= 1) return path;
  if (search.includes('%') && !isUtf8Address(search)) return null;
  const pairs: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (!known.includes(name) || seen.has(name)) return null;
    seen.add(name);
    pairs.push(`${name}=${encodeURIComponent(value.toWellFormed())}`);
  }
  return pairs.length === 0 ? path : `${path}?${pairs.sort().join('&')}`;
}

/** Loads an answer from the origin in a form that can be given many times. */
async function loadSnapshot(
  key: string,
  { cacheSeconds, timeoutSeconds }: CachedDoor,
  origin: Origin | undefined,
  visit: Visit,
): Promise<Snapshot> {
  const request = new Request(new URL(key, visit.request.url), {
    headers: {
      accept: 'application/json',
      traceparent: visit.traceparent,
      [actorHeader]: JSON.stringify(anonymousActor(visit)),
    },
    redirect: 'manual',
  });
  const answer = await callOrigin(origin, request, visit, timeoutSeconds);
  const body = new Uint8Array(await answer.arrayBuffer());
  const isStorable = answer.status === 200 && mayBeShared(answer.headers);
  const ageSeconds = isStorable ? Number(answer.headers.get('age') ?? 0) || 0 : 0;
  const readAt = visit.now - ageSeconds * 1000;
  const shortSeconds = isStorable ? shortLifeOf(answer.headers, cacheSeconds) : null;
  const etag = answer.headers.get('etag') ?? (isStorable ? await fingerprint(body) : null);
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = answer.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  if (etag !== null) headers.etag = etag;
  headers['cache-control'] = isStorable ? `public, max-age=0, ${sharedFor(cacheSeconds, shortSeconds)}` : 'no-store';
  const until = shortSeconds === null ? null : readAt + shortSeconds * 1000;
  const tags = tagsOf(answer.headers);
  return { status: answer.status, body, headers, etag, readAt, until, tags, isStorable };
}

const keptHeaders = ['content-type', 'etag', 'link', 'last-modified', 'location', 'retry-after', 'content-language'];

/** An answer that names what it varies by, or sets a cookie, is not everybody's. */
function mayBeShared(headers: Headers): boolean {
  if (headers.has('set-cookie')) return false;
  if (/(?:^|[\s,])(?:private|no-store)(?:$|[\s,=])/i.test(headers.get('cache-control') ?? '')) return false;
  return /^(?:\s*accept-encoding\s*)?$/i.test(headers.get('vary') ?? '');
}

async function fingerprint(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return `"${Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}

/** Gives a remembered answer to one visitor. */
function answerFrom(snapshot: Snapshot, visit: Visit, outcome: CacheOutcome): Response {
  const headers: Record<string, string> = { ...snapshot.headers, ...visit.headers };
  // Every header costs about a hundredth of the whole answer, so there is no Cache-Status: Age says that it was kept.
  const ageSeconds = Math.max(0, Math.floor((visit.now - snapshot.readAt) / 1000));
  if (outcome !== 'miss' || ageSeconds > 0) headers.age = String(ageSeconds);
  const ifNoneMatch = visit.request.headers.get('if-none-match');
  if (snapshot.etag !== null && snapshot.status === 200 && ifNoneMatchHits(ifNoneMatch, snapshot.etag)) {
    const { 'content-type': _, ...rest } = headers;
    return new Response(null, { status: 304, headers: rest });
  }
  if (visit.isHead)
    return new Response(null, {
      status: snapshot.status,
      headers: { ...headers, 'content-length': String(snapshot.body.byteLength) },
    });
  return new Response(snapshot.body, { status: snapshot.status, headers });
}

/** Answers a cached read, from memory without waiting when it can. */
export function answerCached(
  cache: MemoryCache,
  key: string,
  door: CachedDoor,
  originOf: () => Origin | undefined,
  visit: Visit,
  keepAlive: (work: Promise<unknown>) => void,
): Response | Promise<Response> {
  const fresh = cache.fresh(key, visit.now);
  if (fresh !== undefined) return answerFrom(fresh, visit, 'hit');
  return cache
    .load(key, visit.now, () => loadSnapshot(key, door, originOf(), visit), keepAlive)
    .then(({ snapshot, outcome }) => answerFrom(snapshot, visit, outcome));
}
