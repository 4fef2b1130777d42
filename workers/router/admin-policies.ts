/**
 * The merchant's doors: which Worker answers an address, and by which methods. All of them need the admin key; what changes
 * something takes an Idempotency-Key. A method, address or Worker that is misspelt here fails the test of `policies.ts`, which
 * holds every row against the contracts.
 */
import type { Policy, WorkerName } from './policies.ts';

const mebibyte = 1024 * 1024;

/** By Worker: the methods of each address. */
const addresses: Readonly<Partial<Record<WorkerName, Readonly<Record<`/admin/v1/${string}`, string>>>>> = {
  CATALOG: {
    '/admin/v1/collections': 'GET POST',
    '/admin/v1/collections/:collection': 'GET PATCH DELETE',
    '/admin/v1/imports': 'GET POST',
    '/admin/v1/imports/:importId': 'GET',
    '/admin/v1/products': 'GET POST',
    '/admin/v1/products/:product': 'GET PATCH DELETE',
  },
  CART: {
    '/admin/v1/carts/:cartId/customer': 'PUT',
  },
  PRICING: {
    '/admin/v1/gift-cards': 'GET POST',
    '/admin/v1/gift-cards/:id': 'GET PATCH',
    '/admin/v1/gift-cards/:id/adjustments': 'POST',
    '/admin/v1/gift-cards/:id/movements': 'GET',
    '/admin/v1/markets': 'GET POST',
    '/admin/v1/markets/:id': 'GET PATCH',
    '/admin/v1/price-lists': 'GET POST',
    '/admin/v1/price-lists/:id': 'GET PATCH DELETE',
    '/admin/v1/price-lists/:id/prices': 'GET PATCH',
    '/admin/v1/promotions': 'GET POST',
    '/admin/v1/promotions/:id': 'GET PATCH DELETE',
    '/admin/v1/shipping-rates': 'GET POST',
    '/admin/v1/shipping-rates/:id': 'GET PATCH DELETE',
    '/admin/v1/store-credits': 'GET POST',
    '/admin/v1/store-credits/:customerId/:currency': 'GET',
    '/admin/v1/store-credits/:customerId/:currency/movements': 'GET',
    '/admin/v1/tax-rates': 'GET POST',
    '/admin/v1/tax-rates/:id': 'GET PATCH DELETE',
  },
  INVENTORY: {
    '/admin/v1/inventory': 'GET',
    '/admin/v1/inventory/:sku': 'GET PATCH',
    '/admin/v1/inventory/:sku/adjustments': 'POST',
    '/admin/v1/inventory/:sku/movements': 'GET',
    '/admin/v1/inventory/transfers': 'GET POST',
    '/admin/v1/inventory/transfers/:id': 'GET',
    '/admin/v1/inventory/transfers/:id/cancel': 'POST',
    '/admin/v1/inventory/transfers/:id/receipts': 'POST',
    '/admin/v1/inventory/transfers/:id/send': 'POST',
    '/admin/v1/locations': 'GET POST',
    '/admin/v1/locations/:id': 'PATCH',
  },
  ORDERS: {
    '/admin/v1/draft-orders': 'POST',
    '/admin/v1/draft-orders/:draftId/complete': 'POST',
    '/admin/v1/orders': 'GET',
    '/admin/v1/orders/:orderId': 'GET',
    '/admin/v1/orders/:orderId/cancel': 'POST',
    '/admin/v1/orders/:orderId/captures': 'POST',
    '/admin/v1/orders/:orderId/edits': 'POST',
    '/admin/v1/orders/:orderId/edits/preview': 'POST',
    '/admin/v1/orders/:orderId/fulfillments': 'POST',
    '/admin/v1/orders/:orderId/fulfillments/:fulfillmentId': 'PATCH',
    '/admin/v1/orders/:orderId/notes': 'POST',
    '/admin/v1/orders/:orderId/payments': 'POST',
    '/admin/v1/orders/:orderId/refunds': 'POST',
    '/admin/v1/orders/:orderId/returns': 'POST',
    '/admin/v1/orders/:orderId/returns/:returnId': 'PATCH',
    '/admin/v1/orders/:orderId/returns/:returnId/receipts': 'POST',
    '/admin/v1/orders/:orderId/returns/:returnId/settlements': 'POST',
    '/admin/v1/orders/:orderId/timeline': 'GET',
  },
  PAYMENTS: {
    '/admin/v1/payments': 'GET',
    '/admin/v1/payments/:orderId': 'GET',
    '/admin/v1/payments/reconciliation': 'GET POST',
  },
  NOTIFICATIONS: {
    '/admin/v1/events': 'GET',
    '/admin/v1/events/:id': 'GET',
  },
  OBSERVER: {
    '/admin/v1/dead-letters': 'GET',
    '/admin/v1/dead-letters/:id': 'GET',
    '/admin/v1/dead-letters/:id/replay': 'POST',
    '/admin/v1/health': 'GET',
  },
};

/** What is not like the others. */
const exceptions: Readonly<Record<string, Partial<Policy>>> = {
  // A CSV file is streamed through, never held in memory.
  'POST /admin/v1/imports': { bodyMaxBytes: 100 * mebibyte },
  // It changes nothing.
  'POST /admin/v1/orders/:orderId/edits/preview': { idempotency: 'none' },
};

export const adminPolicies: readonly Policy[] = Object.entries(addresses).flatMap(([worker, methodsByPath]) =>
  Object.entries(methodsByPath).flatMap(([path, methods]) =>
    methods
      .split(' ')
      .map((method) => policyOf(method as Policy['method'], path as Policy['path'], worker as WorkerName)),
  ),
);

function policyOf(method: Policy['method'], path: Policy['path'], worker: WorkerName): Policy {
  return {
    method,
    path,
    worker,
    who: 'admin',
    cache: 'none',
    bodyMaxBytes: mebibyte,
    rateLimit: 'admin',
    idempotency: method === 'GET' || method === 'DELETE' ? 'none' : 'optional',
    ...exceptions[`${method} ${path}`],
  };
}
