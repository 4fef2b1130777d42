/**
 * What a caller meets before an operation reads its input: who may call it, how often, with how large a body, for how long
 * the answer is waited for and remembered, and what a success makes stale. It is data without schemas: `operation.ts` adds it
 * to each operation, and the router's table `workers/router/doors.generated.ts` is made from the operations.
 */

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Calls of one class are counted together, per client address. The router knows how many each class allows. */
export type Quota = 'browse' | 'cart' | 'checkout' | 'lookup' | 'admin' | 'webhook';

/**
 * What is stale after an edit. `product` and `collection` are the one that the edit is about, together with the lists that
 * may show it; `products` is all of them; `prices` is every price that a market or a price list decides.
 */
export type Stale = 'product' | 'products' | 'collection' | 'prices';

export interface DoorTerms {
  /** An actor needs one of these, or `*`. Without any, everybody may call. */
  readonly scopes: readonly string[];
  readonly quota: Quota;
  /**
   * For how many seconds a shared cache may hold the answer, and as long again while it revalidates; null when it may not. An
   * answer that is held never depends on who asks: the router asks for it without a credential, and gives it to every caller.
   */
  readonly cacheSeconds: number | null;
  readonly bodyBytesMax: number;
  /** After this time the router answers 503, whatever the Worker does. A repetition under the same key finds the outcome. */
  readonly timeoutSeconds: number;
  /** Whether an Idempotency-Key is taken or needed. */
  readonly idempotency: 'none' | 'optional' | 'required';
  readonly clears: readonly Stale[];
}

/** One line of the router's table. */
export interface Door<Worker extends string = string> extends DoorTerms {
  readonly id: string;
  readonly method: Method;
  readonly path: `/${string}`;
  /** The service binding that answers; `router` is the router itself. */
  readonly worker: Worker;
  /** The query parameters that the operation knows. */
  readonly query: readonly string[];
}

/**
 * How long the edge cache holds a page, and as long again while it revalidates. With the five seconds of the router's memory,
 * and fifteen for what catalog and pricing remember of price lists, no page shows what was not so for 60 seconds.
 */
export const pageSeconds = 20;

interface Address {
  readonly method: Method;
  readonly path: string;
}

const kibibyte = 1024;
const adminPrefix = '/admin/v1/';

/**
 * The header in which a Worker tells the router how many of the codes in a request were guessed wrong. Each counts against the quota
 * like a request.
 */
export const wrongCodesHeader = 'x-vitrine-wrong-codes';

/** The quota of an address: that of the first prefix it has. */
const quotas: readonly (readonly [prefix: string, quota: Quota])[] = [
  ['/admin/', 'admin'],
  ['/v1/carts', 'cart'],
  ['/v1/checkouts', 'checkout'],
  ['/v1/orders', 'checkout'],
  ['/v1/webhooks', 'webhook'],
];

/** What holds for an operation that says nothing of its own. An address below `/admin/v1/` is never open to everybody. */
export function usualTerms({ method, path }: Address): DoorTerms {
  const isAdmin = path.startsWith(adminPrefix);
  const resource = path.slice(adminPrefix.length).split('/', 1)[0];
  const isRead = method === 'GET';
  return {
    scopes: isAdmin ? [`${resource}:${isRead ? 'read' : 'write'}`] : [],
    quota: quotas.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'browse',
    cacheSeconds: null,
    bodyBytesMax: (isAdmin ? 1024 : 64) * kibibyte,
    timeoutSeconds: 30,
    idempotency: isRead || method === 'DELETE' ? 'none' : 'optional',
    clears: [],
  };
}

/** Whether an actor with these scopes may call. */
export function mayCall(scopes: readonly string[], { scopes: needed }: Pick<DoorTerms, 'scopes'>): boolean {
  return needed.length === 0 || scopes.includes('*') || needed.some((scope) => scopes.includes(scope));
}
