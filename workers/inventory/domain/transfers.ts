/**
 * Transfers of one unit between two locations: sent, received in one or several parts, and what does not arrive goes back.
 * Goods in transit lie nowhere, so nobody can be promised them.
 */
import { decided, declined } from '../../../shared/holds/holds.ts';
import type { CommandOf, StockDecision } from './messages.ts';
import { emptyLevel, freeOf, type Stock } from './stock.ts';

/** Only what is free may leave: neither promised goods nor the safety stock of the place. */
export function decideSend(stock: Stock, command: CommandOf<'send-transfer'>): StockDecision {
  const { transferId, fromLocationId, toLocationId, quantity, now } = command;
  const known = stock.transfers.get(transferId);
  if (known !== undefined) {
    if (known.returned > 0 || known.sent === 0) return declined({ code: 'movement-closed', state: 'canceled' });
    const isSame = known.sent === quantity && known.fromLocationId === fromLocationId;
    return isSame && known.toLocationId === toLocationId ? decided() : declined({ code: 'movement-key-conflict' });
  }
  const level = stock.levels[fromLocationId] ?? emptyLevel;
  const free = freeOf(level, stock.settings.safety[fromLocationId]);
  const available = Math.max(0, Math.min(level.onHand, free));
  if (quantity > available)
    return declined({ code: 'insufficient-stock', locationId: fromLocationId, requested: quantity, available });
  return decided({ type: 'transfer-sent', transferId, fromLocationId, toLocationId, quantity, at: now });
}

export function decideReceive(
  stock: Stock,
  { transferId, received, now }: CommandOf<'receive-transfer'>,
): StockDecision {
  const known = stock.transfers.get(transferId) ?? { sent: 0, received: 0, returned: 0 };
  const quantity = received - known.received;
  if (quantity < 0 || received > known.sent - known.returned)
    return declined({ code: 'transfer-conflict', sent: known.sent, received: known.received });
  return quantity === 0 ? decided() : decided({ type: 'transfer-received', transferId, quantity, at: now });
}

/** A transfer that has yet to be sent is barred. */
export function decideCancel(stock: Stock, { transferId, now }: CommandOf<'cancel-transfer'>): StockDecision {
  const known = stock.transfers.get(transferId);
  if (known === undefined) return decided({ type: 'transfer-barred', transferId, at: now });
  const quantity = known.sent - known.received - known.returned;
  return quantity === 0 ? decided() : decided({ type: 'transfer-returned', transferId, quantity, at: now });
}
