/**
 * The first tier of rate limits: a fixed window per client address in this isolate's memory. It is cheap and forgiving (every
 * isolate counts alone); limits that must be exact belong into an object. Requests without a public address, as in
 * development and load tests, are not counted.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/
 */
import type { Quota as QuotaName } from '../../shared/http/door.ts';
import { BoundedMap, megabyte } from '../../shared/values/bounded-map.ts';

export interface Quota {
  readonly quota: number;
  readonly windowSeconds: number;
}

/**
 * Quotas per client address. They stop a runaway client, not a shop: a storefront that renders on a server brings all its
 * shoppers from one address and should raise them.
 */
export const rateLimits = {
  browse: { quota: 1200, windowSeconds: 60 },
  cart: { quota: 600, windowSeconds: 60 },
  checkout: { quota: 120, windowSeconds: 60 },
  /** Questions for an order by its number and address. */
  lookup: { quota: 10, windowSeconds: 60 },
  admin: { quota: 3000, windowSeconds: 60 },
  webhook: { quota: 3000, windowSeconds: 60 },
  /** Wrong admin keys. An address that spends it is locked out of the admin routes until the window ends. */
  'wrong-key': { quota: 10, windowSeconds: 60 },
} as const satisfies Record<QuotaName | 'wrong-key', Quota>;
export type RateLimitName = keyof typeof rateLimits;

export interface RateDecision {
  readonly isExceeded: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** Some 10,000 addresses are counted at once; beyond it the one seen longest ago is forgotten. */
const addressesBytesMax = 2 * megabyte;

/** Counts calls by address. All addresses share one window, so forgetting it is one step. */
export class FixedWindow {
  readonly #quota: Quota;
  readonly #counts = new BoundedMap<string, number>(addressesBytesMax);
  #endsAt = 0;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** Counts one call, or what counts like so many. `now` is in milliseconds since 1970. */
  count(address: string, now: number, times = 1): RateDecision {
    this.#turn(now);
    const count = (this.#counts.get(address) ?? 0) + times;
    this.#counts.set(address, count);
    return this.#decide(count, now);
  }

  /** The decision on the next call, without counting one. */
  peek(address: string, now: number): RateDecision {
    this.#turn(now);
    return this.#decide((this.#counts.get(address) ?? 0) + 1, now);
  }

  #turn(now: number): void {
    if (now < this.#endsAt) return;
    const windowMs = this.#quota.windowSeconds * 1000;
    this.#endsAt = now - (now % windowMs) + windowMs;
    this.#counts.clear();
  }

  #decide(count: number, now: number): RateDecision {
    return {
      isExceeded: count > this.#quota.quota,
      remaining: Math.max(0, this.#quota.quota - count),
      resetSeconds: Math.ceil((this.#endsAt - now) / 1000),
    };
  }
}

export function rateLimitHeaders(
  name: string,
  { quota, windowSeconds }: Quota,
  decision: RateDecision,
): Record<string, string> {
  const headers: Record<string, string> = {
    'ratelimit-policy': `"${name}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${decision.remaining};t=${decision.resetSeconds}`,
  };
  if (decision.isExceeded) headers['retry-after'] = String(decision.resetSeconds);
  return headers;
}

const privateAddress =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|::ffff:127\.|f[cd][0-9a-f]{2}:|fe80:)/i;

/**
 * Whom to count: an IPv4 address, or the /64 network of an IPv6 one, because a household or server has all of it. Null for a
 * request without a public address.
 */
export function countedAddress(address: string | null): string | null {
  if (address === null || privateAddress.test(address)) return null;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::', 2);
  const headParts = head === '' ? [] : head.split(':');
  const tailParts = tail === '' ? [] : tail.split(':');
  const gap = Math.max(0, 8 - headParts.length - tailParts.length);
  const parts = [...headParts, ...Array.from({ length: gap }, () => '0'), ...tailParts];
  return parts
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':');
}
