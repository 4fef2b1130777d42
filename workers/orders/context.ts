/** What the orders Worker is bound to. */

import type { CartApi, DraftCartsApi } from '../../shared/contracts/cart/api.ts';
import type { CatalogApi } from '../../shared/contracts/catalog/api.ts';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { CommitmentsApi, InventoryApi } from '../../shared/contracts/inventory/api.ts';
import type { NotificationsApi } from '../../shared/contracts/notifications/api.ts';
import type { LetGo } from '../../shared/contracts/orders/api.ts';
import type { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import type { TimelineEntry } from '../../shared/contracts/orders/timeline-http.ts';
import type { PaymentsApi, RefundsApi } from '../../shared/contracts/payments/api.ts';
import type { ProvidersEnv } from '../../shared/contracts/payments/configured.ts';
import type { SecretEnv } from '../../shared/digest/shop-secrets.ts';
import type { ReachEnv } from '../../shared/messaging/reach.ts';
import type { CheckoutNeighbors } from './checkout/steps.ts';
import type { OperationNeighbors } from './service/neighbors.ts';
import type { EditPreviewRequest, OrderRequest } from './service/order-commands.ts';
import type { CancelRequest, CheckoutAnswer, CompleteRequest, StartRequest } from './service/requests.ts';

/** What an Order object is bound to. */
export interface OrderObjectEnv extends ReachEnv<'orders'>, SecretEnv {
  readonly CART: CartApi;
  readonly CATALOG: CatalogApi;
  readonly PRICING: OperationNeighbors['pricing'] &
    CheckoutNeighbors['allowances'] &
    OperationNeighbors['allowances'] &
    InboxApi;
  readonly INVENTORY: InventoryApi & CommitmentsApi;
  readonly PAYMENTS: PaymentsApi & RefundsApi;
  readonly VITRINE_HOLD_SECONDS?: string;
  /** `manual`: the money of new orders is taken when their goods ship. Anything else: at once. */
  readonly VITRINE_CAPTURE?: string;
}

export interface OrderStub {
  start(request: StartRequest): Promise<CheckoutAnswer>;
  complete(request: CompleteRequest): Promise<CheckoutAnswer>;
  cancel(request: CancelRequest): Promise<CheckoutAnswer>;
  letGo(checkoutId: string): Promise<LetGo>;
  operate(request: OrderRequest): Promise<CheckoutAnswer>;
  previewEdit(request: EditPreviewRequest): Promise<CheckoutAnswer>;
  timeline(checkoutId: string): Promise<TimelineEntry[] | null>;
  resume(checkoutId: string): Promise<void>;
  checkout(checkoutId: string): Promise<CheckoutView | null>;
  order(checkoutId: string): Promise<OrderView | null>;
}

export interface OrdersEnv extends OrderObjectEnv, ProvidersEnv {
  readonly CART: CartApi & DraftCartsApi & { fetch(request: Request): Promise<Response> };
  readonly ORDERS: { getByName(name: string, options: { locationHint: DurableObjectLocationHint }): OrderStub };
  readonly NOTIFICATIONS: NotificationsApi;
}
