/** The databases of D1, each with the tours that use it. They are loaded when the blocks of their stores are counted. */
export const tours = {
  catalog: [() => import('./tours/catalog.ts'), () => import('./tours/messaging.ts')],
  inventory: [() => import('./tours/inventory.ts')],
  notifications: [() => import('./tours/notifications.ts')],
  observer: [() => import('./tours/observer.ts')],
  orders: [() => import('./tours/orders.ts')],
  payments: [() => import('./tours/payments.ts')],
  pricing: [() => import('./tours/pricing.ts')],
} as const;
