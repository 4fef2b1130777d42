/**
 * Who receives what: the whole fan-out on one page. Each subscriber has one inbox queue, `vitrine-<name>-inbox`; a
 * publisher binds the inboxes of its subscribers. A test holds this table against the wrangler files.
 */
export const subscribers = ['catalog', 'inventory', 'orders', 'notifications'] as const;
export type Subscriber = (typeof subscribers)[number];

export const subscriptions: Readonly<Record<string, readonly Subscriber[]>> = {
  'catalog.product-changed.v1': ['inventory', 'notifications'],
  'catalog.products-imported.v1': ['inventory', 'notifications'],
  'catalog.product-deleted.v1': ['inventory', 'notifications'],
  'inventory.stock-changed.v1': ['inventory', 'catalog', 'notifications'],
  'inventory.stock-low.v1': ['notifications'],
  'orders.order-placed.v1': ['orders', 'notifications'],
  'orders.order-paid.v1': ['orders', 'notifications'],
  'orders.order-canceled.v1': ['orders', 'notifications'],
  'orders.payment-captured.v1': ['orders', 'notifications'],
  'orders.order-fulfilled.v1': ['orders', 'notifications'],
  'orders.refund-made.v1': ['orders', 'notifications'],
  'orders.refund-declined.v1': ['orders', 'notifications'],
  'orders.payment-observed.v1': ['orders', 'notifications'],
  'orders.return-requested.v1': ['orders', 'notifications'],
  'orders.return-received.v1': ['orders', 'notifications'],
  'orders.order-edited.v1': ['orders', 'notifications'],
  'payments.payment-updated.v1': ['orders', 'notifications'],
};

/** The subscribers of a type. A type that nobody listed is a defect: it would be lost in silence. */
export function subscribersOf(type: string): readonly Subscriber[] {
  const found = subscriptions[type];
  if (found === undefined) throw new Error(`No subscriptions are declared for ${type}`);
  return found;
}
