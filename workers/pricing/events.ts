/**
 * What pricing does with events of others: an order that is paid issues the gift cards that were sold in it, and so does an
 * edit that adds some to an order which stays paid.
 */
import { OrderEdited, OrderPaid } from '../../shared/events/orders.ts';
import { d1InboxPort, type Statement } from '../../shared/messaging/d1.ts';
import { type Handlers, receive } from '../../shared/messaging/inbox.ts';
import { type Seller, soldCards } from './allowances/service/sold-cards.ts';

/** Handles a batch of the inbox. */
export async function receiveEvents(seller: Seller, batch: Pick<MessageBatch, 'messages'>): Promise<void> {
  const handlers: Handlers<Statement> = {
    [OrderPaid.type]: ({ data, sequence }) => soldCards(seller, OrderPaid.data.parse(data), sequence),
    [OrderEdited.type]: ({ data, sequence }) => {
      const { operationId: _operationId, delta: _delta, ...order } = OrderEdited.data.parse(data);
      return order.status === 'paid' ? soldCards(seller, order, sequence) : [];
    },
  };
  await receive(batch.messages, handlers, d1InboxPort(seller.db, seller.now()));
}
