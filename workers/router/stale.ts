/**
 * What a successful edit makes stale, from what its operation says it clears: pages, by the tags that the catalog gives them,
 * and what other Workers remember. An edit that clears nothing waits for nobody.
 */
import type { Stale } from '../../shared/http/door.ts';
import { edgeCacheOf, type RouterContext } from './edge-cache.ts';
import type { RememberingWorkers } from './forwarding.ts';
import { type MemoryCache, tagsOf } from './memory-cache.ts';

interface Staleness {
  /** The tag of all pages of the kind, and with an id behind it the tag of one. */
  readonly pages: 'product' | 'collection';
  /** Whether all pages of the kind are stale, not only that of the edited thing. */
  readonly isWide: boolean;
  readonly lists: readonly string[];
  readonly workers: readonly (keyof RememberingWorkers)[];
}

const staleness: Readonly<Record<Stale, Staleness>> = {
  // Carts remember the variants of products and the collections they are in.
  product: { pages: 'product', isWide: false, lists: ['products'], workers: ['CART'] },
  products: { pages: 'product', isWide: true, lists: ['products'], workers: ['CART'] },
  collection: { pages: 'collection', isWide: false, lists: ['collections', 'products'], workers: ['CART'] },
  // Carts remember the market of a country; the catalog puts list prices into its pages.
  prices: { pages: 'product', isWide: true, lists: ['products'], workers: ['CART', 'CATALOG'] },
};

/** The tags of the pages that an edit makes stale. Its answer names the edited thing, or else all of its kind are stale. */
function staleTags(clears: readonly Stale[], answer: Headers): string[] {
  return clears.flatMap((stale) => {
    const { pages, isWide, lists } = staleness[stale];
    const own = isWide ? [] : (tagsOf(answer) ?? []).filter((tag) => tag.startsWith(`${pages}-`));
    return [...(own.length > 0 ? own : [pages]), ...lists];
  });
}

/**
 * Makes an edit visible: in pages and new cart lines before it is answered, in the edge cache as soon as the purge arrives.
 * Other isolates see it when what they remember has expired.
 */
export async function clearStale(
  clears: readonly Stale[],
  answer: Headers,
  memory: MemoryCache,
  env: RememberingWorkers,
  context: RouterContext,
): Promise<void> {
  if (clears.length === 0) return;
  const workers = new Set(clears.flatMap((stale) => staleness[stale].workers));
  await Promise.all(
    [...workers].map((name) =>
      env[name]?.forget?.().catch((error: unknown) => logFailure(`${name} did not forget what it remembers`, error)),
    ),
  );
  const tags = staleTags(clears, answer);
  // Only now, so that no page is kept that was asked for before the Workers forgot.
  memory.clear(new Set(tags));
  const edge = edgeCacheOf(context);
  if (edge === undefined) return;
  context.waitUntil(edge.purge(tags).catch((error: unknown) => logFailure('The edge cache was not purged', error)));
}

function logFailure(message: string, error: unknown): void {
  console.error(JSON.stringify({ level: 'error', message, error: String(error) }));
}
