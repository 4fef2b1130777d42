/**
 * The orders Worker: checkouts, which become orders. The saga runs in Order objects; the database is the read model that
 * merchants list from, kept from the orders' own events.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { CheckoutsApi, LetGo, OrdersApi } from '../../shared/contracts/orders/api.ts';
import { databaseOf, handledEventsIn, receiveTogether } from '../../shared/messaging/d1.ts';
import type { OrdersEnv } from './context.ts';
import { orderIdOf } from './domain/checkout/checkout.ts';
import { orderHandlers } from './events.ts';
import { app } from './routes/app.ts';
import { checkoutOfOrder } from './service/orders.ts';
import { hasOrdered, saveOrders } from './store/orders.ts';

export { OrderObject } from '../../durable-objects/order/object.ts';

export default class OrdersService extends WorkerEntrypoint<OrdersEnv> implements InboxApi, OrdersApi, CheckoutsApi {
  override fetch(request: Request) {
    return app.fetch(request, this.env, this.ctx);
  }

  handledEvents(eventIds: readonly string[]) {
    return handledEventsIn(databaseOf(this.env.DB), eventIds);
  }

  hasOrdered(customer: string, before: number) {
    return hasOrdered(databaseOf(this.env.DB), customer, before);
  }

  async letGoOfCart(checkoutId: string): Promise<LetGo> {
    const found = checkoutOfOrder(this.env, orderIdOf(checkoutId));
    return found === null ? 'kept' : found.stub.letGo(found.checkoutId);
  }

  override async queue(batch: MessageBatch) {
    const db = databaseOf(this.env.DB);
    const handlers = orderHandlers((checkoutId) => this.#resume(checkoutId));
    await receiveTogether(db, batch, handlers, (rows) => saveOrders(db, rows), Date.now());
  }

  async #resume(checkoutId: string): Promise<void> {
    const found = checkoutOfOrder(this.env, orderIdOf(checkoutId));
    if (found === null) throw new Error(`${checkoutId} is no checkout, yet a payment names it`);
    await found.stub.resume(found.checkoutId);
  }
}
