/** The access token of an order. */
import { createHmac } from 'node:crypto';

/** The token that lets a guest read one order: derived, so it is stored nowhere. */
export function accessTokenOf(orderId: string, secret: string): string {
  return `oat_${createHmac('sha256', `order-access:${secret}`).update(orderId).digest('base64url')}`;
}
