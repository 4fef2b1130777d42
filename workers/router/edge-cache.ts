/**
 * The second tier of the cache: Workers Cache, where the platform has it. It sits in front of the entrypoint `CatalogPages`
 * (index.ts) and not in front of the router, so that every request is still counted, named and authenticated. Where it is
 * absent, as in local runs, reads go straight to the catalog. The Cache API does not stand in for it: it is per data centre
 * and cannot be purged, so an edit would need a shared generation, and then a hit is two look-ups. Measured in Miniflare, 16
 * connections: two look-ups 1,740/s, a read of D1 2,130/s, a miss that stores 500/s.
 *
 * @see https://developers.cloudflare.com/workers/cache/
 */
import type { Origin } from './forwarding.ts';

/** The `Cache-Control` of a page for shared caches: fresh for so long, then given once more while they revalidate. `Age` counts against both. */
export function sharedFor(seconds: number, shortSeconds: number | null): string {
  const freshSeconds = Math.min(seconds, shortSeconds ?? seconds);
  const staleSeconds = Math.min(seconds, (shortSeconds ?? 2 * seconds) - freshSeconds);
  return `s-maxage=${freshSeconds}${staleSeconds === 0 ? '' : `, stale-while-revalidate=${staleSeconds}`}`;
}

/**
 * The lifetime in seconds of an answer that changes by itself, such as the price of a sale, when that is before a cache would ask
 * again. It is the sum of both times in `Cache-Control`, so it can also be read from what `sharedFor` wrote. Null for an answer
 * that states no lifetime, or a longer one.
 */
export function shortLifeOf(headers: Headers, seconds: number): number | null {
  const stated = headers.get('cache-control') ?? '';
  const secondsOf = (name: string) => new RegExp(`(?:^|[\\s,])${name}=(\\d+)`).exec(stated)?.[1];
  const fresh = secondsOf('s-maxage');
  if (fresh === undefined) return null;
  const life = Number(fresh) + Number(secondsOf('stale-while-revalidate') ?? 0);
  return life < 2 * seconds ? life : null;
}

/** The loopback binding of the cached entrypoint. */
interface CachedEntrypoint extends Origin {
  /** Drops the pages with one of these tags, everywhere. Purging is scoped to the entrypoint that asks, so it asks for itself. */
  purge(tags: readonly string[]): Promise<void>;
}

/** What the router needs of the execution context. */
export interface RouterContext {
  waitUntil(work: Promise<unknown>): void;
  readonly cache?: { purge(options: { tags?: string[] }): Promise<unknown> };
  readonly exports?: { readonly CatalogPages?: CachedEntrypoint };
}

/** The cached entrypoint, or undefined where the platform does not cache for us. */
export function edgeCacheOf(context: RouterContext): CachedEntrypoint | undefined {
  return typeof context.cache?.purge === 'function' ? context.exports?.CatalogPages : undefined;
}

/** Says how long the cache in front may hold what the catalog answers. By which tags it is purged, the catalog says itself. */
export function cacheable(answer: Response, seconds: number): Response {
  if (answer.status !== 200) return answer;
  const headers = new Headers(answer.headers);
  headers.set('cache-control', `public, ${sharedFor(seconds, shortLifeOf(answer.headers, seconds))}`);
  return new Response(answer.body, { status: 200, headers });
}
