/**
 * Who receives what: the whole fan-out on one page. Each subscriber has one inbox queue, `vitrine-<name>-inbox`; a
 * publisher binds the inboxes of its subscribers. A test holds this table against the wrangler files.
 */
export const subscribers = ['catalog', 'inventory', 'orders', 'notifications', 'pricing'] as const;
export type Subscriber = (typeof subscribers)[number];

export const subscriptions = {
  'catalog.product-changed.v1': ['inventory', 'notifications'],
  'catalog.products-imported.v1': ['inventory', 'notifications'],
  'catalog.product-deleted.v1': ['inventory', 'notifications'],
  'inventory.stock-changed.v1': ['inventory', 'catalog', 'notifications'],
  'inventory.stock-low.v1': ['notifications'],
  'orders.order-placed.v1': ['orders', 'notifications'],
  'orders.order-paid.v1': ['orders', 'notifications', 'pricing'],
  'orders.order-canceled.v1': ['orders', 'notifications'],
  'orders.payment-captured.v1': ['orders', 'notifications'],
  'orders.order-fulfilled.v1': ['orders', 'notifications'],
  'orders.fulfillment-canceled.v1': ['orders', 'notifications'],
  'orders.order-changed.v1': ['orders', 'notifications'],
  'orders.refund-made.v1': ['orders', 'notifications'],
  'orders.refund-declined.v1': ['orders', 'notifications'],
  'orders.payment-observed.v1': ['orders', 'notifications'],
  'orders.return-requested.v1': ['orders', 'notifications'],
  'orders.return-received.v1': ['orders', 'notifications'],
  'orders.order-edited.v1': ['orders', 'notifications', 'pricing'],
  'payments.payment-updated.v1': ['orders', 'notifications'],
} as const satisfies Readonly<Record<`${string}.${string}.v${number}`, readonly Subscriber[]>>;

type EventType = keyof typeof subscriptions;

/** A Worker whose events somebody receives. */
export type Publisher = EventType extends infer Type ? (Type extends `${infer Name}.${string}` ? Name : never) : never;

/** Who receives any event of a publisher. */
export type SubscriberOf<Name extends Publisher> = (typeof subscriptions)[Extract<
  EventType,
  `${Name}.${string}`
>][number];

const byType: Readonly<Partial<Record<string, readonly Subscriber[]>>> = subscriptions;

/** The subscribers of a type. A type that nobody listed is a defect: it would be lost in silence. */
export function subscribersOf(type: string): readonly Subscriber[] {
  const found = byType[type];
  if (found === undefined) throw new Error(`No subscriptions are declared for ${type}`);
  return found;
}

export function subscribersTo(publisher: Publisher): readonly Subscriber[] {
  const own = Object.entries(subscriptions).filter(([type]) => type.startsWith(`${publisher}.`));
  return [...new Set(own.flatMap(([, receivers]) => receivers))];
}
