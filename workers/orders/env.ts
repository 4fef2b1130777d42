/** What the orders Worker is bound to. */

import type { OrderObjectEnv } from '../../durable-objects/order/object.ts';
import type { EditPreviewRequest, OrderRequest } from '../../durable-objects/order/order-commands.ts';
import type {
  CancelRequest,
  CheckoutAnswer,
  CompleteRequest,
  StartRequest,
} from '../../durable-objects/order/requests.ts';
import type { CartApi } from '../../shared/contracts/cart.ts';
import type { CheckoutView, OrderView } from '../../shared/contracts/orders-http.ts';
import type { TimelineEntry } from '../../shared/contracts/orders-life-http.ts';

export interface OrderStub {
  start(request: StartRequest): Promise<CheckoutAnswer>;
  complete(request: CompleteRequest): Promise<CheckoutAnswer>;
  cancel(request: CancelRequest): Promise<CheckoutAnswer>;
  operate(request: OrderRequest): Promise<CheckoutAnswer>;
  previewEdit(request: EditPreviewRequest): Promise<CheckoutAnswer>;
  timeline(checkoutId: string): Promise<TimelineEntry[] | null>;
  resume(checkoutId: string): Promise<void>;
  checkout(checkoutId: string): Promise<CheckoutView | null>;
  order(checkoutId: string): Promise<OrderView | null>;
}

export interface OrdersEnv extends OrderObjectEnv {
  readonly CART: CartApi & { fetch(request: Request): Promise<Response> };
  readonly ORDERS: { getByName(name: string, options: { locationHint: DurableObjectLocationHint }): OrderStub };
  readonly VITRINE_ENV?: string;
  readonly STRIPE_SECRET_KEY?: string;
}
