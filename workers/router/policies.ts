/**
 * Every door of the shop: which Worker answers an address, who may call it, how large a body may be, how often one may call,
 * and whether the answer may be remembered. The merchant's are in `admin-policies.ts`. It is data; `routing.ts` compiles it
 * and `gateway.ts` obeys it. A test holds it against the operations in `shared/contracts`, both ways.
 */
import type { Method } from '../../shared/http/operation.ts';
import { adminPolicies } from './admin-policies.ts';
import { edgeSeconds } from './edge-cache.ts';

/** The service binding that answers; `router` is this Worker itself. */
export type WorkerName =
  | 'router'
  | 'CATALOG'
  | 'PRICING'
  | 'CART'
  | 'INVENTORY'
  | 'ORDERS'
  | 'PAYMENTS'
  | 'NOTIFICATIONS'
  | 'OBSERVER'
  | 'SANDBOX';

/**
 * Quotas per client address. They stop a runaway client, not a shop: a storefront that renders on a server brings all its
 * shoppers from one address and should raise them.
 */
export const rateLimits = {
  browse: { quota: 1200, windowSeconds: 60 },
  cart: { quota: 600, windowSeconds: 60 },
  checkout: { quota: 120, windowSeconds: 60 },
  admin: { quota: 3000, windowSeconds: 60 },
  webhook: { quota: 3000, windowSeconds: 60 },
  /** Wrong admin keys. Whoever spends it is locked out of the admin routes until the window ends. */
  'wrong-key': { quota: 10, windowSeconds: 60 },
} as const satisfies Record<string, { quota: number; windowSeconds: number }>;
export type RateLimitName = keyof typeof rateLimits;

/** A public answer that may be remembered. */
export interface CachePolicy {
  /** How long a shared cache may hold it, in seconds, and as long again while it revalidates in the background. */
  readonly seconds: number;
  /** The query parameters that the answer depends on. A request with any other goes to the domain Worker, which refuses it. */
  readonly query: readonly string[];
}

export interface Policy {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly worker: WorkerName;
  readonly who: 'anyone' | 'admin';
  readonly cache: CachePolicy | 'none';
  readonly bodyMaxBytes: number;
  readonly rateLimit: RateLimitName;
  /** Whether an Idempotency-Key is taken or needed. The owner of the effect enforces it; here it is for CORS and the documents. */
  readonly idempotency: 'none' | 'optional' | 'required';
}

const kibibyte = 1024;

const browse = {
  who: 'anyone',
  cache: 'none',
  bodyMaxBytes: 64 * kibibyte,
  rateLimit: 'browse',
  idempotency: 'none',
} as const;
const cart = { ...browse, rateLimit: 'cart' } as const;
const cartWrite = { ...cart, idempotency: 'optional' } as const;
const checkout = { ...browse, rateLimit: 'checkout' } as const;
const checkoutWrite = { ...checkout, idempotency: 'required' } as const;
const webhook = { ...browse, bodyMaxBytes: 256 * kibibyte, rateLimit: 'webhook' } as const;

/** How `edgeSeconds` adds up with what is remembered elsewhere is said there. */
const cached = (...query: string[]) => ({ ...browse, cache: { seconds: edgeSeconds, query } }) as const;

export const policies: readonly Policy[] = [
  { method: 'GET', path: '/', worker: 'router', ...browse },
  { method: 'GET', path: '/healthz', worker: 'router', ...browse },
  { method: 'GET', path: '/openapi.json', worker: 'router', ...browse },
  { method: 'GET', path: '/docs', worker: 'router', ...browse },
  { method: 'GET', path: '/problems', worker: 'router', ...browse },
  { method: 'GET', path: '/problems/:code', worker: 'router', ...browse },

  {
    method: 'GET',
    path: '/v1/products',
    worker: 'CATALOG',
    ...cached('limit', 'cursor', 'collection', 'sort', 'country', 'currency'),
  },
  { method: 'GET', path: '/v1/products/:product', worker: 'CATALOG', ...cached('country', 'currency') },
  { method: 'GET', path: '/v1/collections', worker: 'CATALOG', ...cached('limit', 'cursor') },
  { method: 'GET', path: '/v1/collections/:collection', worker: 'CATALOG', ...cached() },

  { method: 'POST', path: '/v1/carts', worker: 'CART', ...cartWrite },
  { method: 'GET', path: '/v1/carts/:cartId', worker: 'CART', ...cart },
  { method: 'PATCH', path: '/v1/carts/:cartId', worker: 'CART', ...cartWrite },
  { method: 'POST', path: '/v1/carts/:cartId/lines', worker: 'CART', ...cartWrite },
  { method: 'PATCH', path: '/v1/carts/:cartId/lines/:lineId', worker: 'CART', ...cartWrite },
  { method: 'DELETE', path: '/v1/carts/:cartId/lines/:lineId', worker: 'CART', ...cart },
  { method: 'GET', path: '/v1/carts/:cartId/shipping-options', worker: 'CART', ...cart },
  { method: 'GET', path: '/v1/carts/:cartId/explain', worker: 'CART', ...cart },

  { method: 'POST', path: '/v1/checkouts', worker: 'ORDERS', ...checkoutWrite },
  { method: 'GET', path: '/v1/checkouts/:checkoutId', worker: 'ORDERS', ...checkout },
  { method: 'POST', path: '/v1/checkouts/:checkoutId/complete', worker: 'ORDERS', ...checkoutWrite },
  { method: 'POST', path: '/v1/checkouts/:checkoutId/cancel', worker: 'ORDERS', ...checkoutWrite },
  { method: 'GET', path: '/v1/orders/:orderId', worker: 'ORDERS', ...checkout },

  { method: 'POST', path: '/v1/webhooks/payments/:provider', worker: 'PAYMENTS', ...webhook },

  ...adminPolicies,
];

/** The sandbox provider is a Worker with its own addresses below `/sandbox/`, forwarded whole and only in development. */
export const sandboxPrefix = '/sandbox/';
export const sandboxPolicies: readonly Policy[] = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map(
  (method) => ({
    method,
    path: '/sandbox/*',
    worker: 'SANDBOX',
    ...webhook,
  }),
);
