/**
 * Access tokens of an order. Both are derived and stored nowhere. The one of its checkout belongs to the browser that bought; the one
 * of a link belongs to a mailbox, so it opens nothing any more once the order has another e-mail address.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { foldCase } from '../../../shared/values/search-words.ts';

const mailboxPrefix = 'oat_mail_';

/** The token that lets who bought an order read it. */
export function accessTokenOf(orderId: string, secret: string): string {
  return `oat_${signed('order-access', orderId, secret)}`;
}

/** The token of who reads the mail of the order's address. */
export function mailboxTokenOf(orderId: string, email: string, secret: string): string {
  return `${mailboxPrefix}${signed('order-mailbox', `${orderId}\n${foldCase(email)}`, secret)}`;
}

export function isMailboxToken(token: string): boolean {
  return token.startsWith(mailboxPrefix);
}

/** Takes the same time wherever the two differ. */
export function isSameToken(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function signed(purpose: string, text: string, secret: string): string {
  return createHmac('sha256', `${purpose}:${secret}`).update(text).digest('base64url');
}
