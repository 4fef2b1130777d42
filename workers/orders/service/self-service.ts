/**
 * Orders of shoppers without an account: found by number and e-mail address, opened once by a link, and then kept open by the access
 * token of the order. Who asks never learns whether there is such an order.
 */
import { randomBytes } from 'node:crypto';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { NotificationsApi } from '../../../shared/contracts/notifications/api.ts';
import type { OrderView } from '../../../shared/contracts/orders/orders-http.ts';
import type { OrderPolicy } from '../../../shared/contracts/orders/policy-http.ts';
import { sha256 } from '../../../shared/digest/sha256.ts';
import { type Secrets, secretsOf } from '../../../shared/digest/shop-secrets.ts';
import { foldCase } from '../../../shared/values/search-words.ts';
import { hourMs, minuteMs, secondMs } from '../../../shared/values/time.ts';
import type { OrderStub, OrdersEnv } from '../context.ts';
import { usualPolicy } from '../domain/self-service.ts';
import { addLink, countLookup, useLink } from '../store/links.ts';
import { listOrders } from '../store/order-lists.ts';
import { changePolicy, readPolicy } from '../store/policy.ts';
import { accessTokenOf, isMailboxToken, isSameToken, mailboxTokenOf } from './access-token.ts';
import { checkoutOfOrder } from './orders.ts';

export const linkMs = 30 * minuteMs;
/** Nobody's mailbox is filled by somebody who knows the number and the address. */
const linksPerHourMax = 5;
const tokenBytes = 32;

interface Shop {
  readonly db: DrizzleD1Database;
  readonly notifications: Pick<NotificationsApi, 'send'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const lookupWindowMs = 10 * minuteMs;
const lookupsPerWindowMax = 10;

/**
 * Counts a question for an order. Seconds until the address may be asked for again, or null where it may be now: by what is asked
 * alone, so that it says nothing about what there is.
 */
export async function lookupWaitSeconds(
  { db, now }: Pick<Shop, 'db' | 'now'>,
  { email }: { readonly email: string },
): Promise<number | null> {
  const windowStart = now - (now % lookupWindowMs);
  const asked = await countLookup(db, await emailHashOf(email), windowStart);
  return asked <= lookupsPerWindowMax ? null : Math.ceil((windowStart + lookupWindowMs - now) / secondMs);
}

/** Sends a link to the e-mail address of an order, if there is one with this number and address. */
export async function sendLink(
  { db, notifications, now }: Shop,
  { number, email }: { readonly number: string; readonly email: string },
): Promise<void> {
  const [order] = await listOrders(db, { filter: { number, email }, sort: '-placedAt', after: null, limit: 1 });
  if (order === undefined || order.email === null) return;
  const token = `olt_${randomBytes(tokenBytes).toString('base64url')}`;
  const tokenHash = await sha256(token);
  const expiresAt = now + linkMs;
  const emailHash = await emailHashOf(order.email);
  const link = {
    tokenHash,
    orderId: order.id,
    emailHash,
    now,
    expiresAt,
    since: now - hourMs,
    linksMax: linksPerHourMax,
  };
  if (!(await addLink(db, link))) return;
  const { orderPageUrl: pageUrl } = await policyIn(db);
  const facts = { number: order.number, token, pageUrl };
  await notifications.send({
    id: `order-link:${tokenHash}`,
    to: order.email,
    template: 'order-link',
    facts,
    expiresAt,
  });
}

interface Opened<Order> {
  readonly orderId: string;
  readonly accessToken: string;
  readonly order: Order;
}

/**
 * The order that a link opens, and its access token; null where the link opens nothing any more. A link that went to an address
 * which the merchant has corrected since is in a stranger's mailbox.
 * @param orderOf the order as it is now, by its id
 */
export async function openLink<Order extends { readonly email: string | null }>(
  { db, now }: Pick<Shop, 'db' | 'now'>,
  { token, secrets }: { readonly token: string; readonly secrets: Secrets },
  orderOf: (orderId: string) => Promise<Order | null>,
): Promise<Opened<Order> | null> {
  const link = await useLink(db, await sha256(token), now);
  const order = link === null ? null : await orderOf(link.orderId);
  if (link === null || order === null || order.email === null) return null;
  if (link.emailHash !== (await emailHashOf(order.email))) return null;
  return { orderId: link.orderId, accessToken: mailboxTokenOf(link.orderId, order.email, secrets[0]), order };
}

const emailHashOf = (email: string): Promise<string> => sha256(foldCase(email));

interface OwnOrder {
  readonly checkoutId: string;
  readonly stub: OrderStub;
  readonly order: OrderView;
}

/** The order that an access token opens; null where it is the token of another, or of an address that was corrected since. */
export async function ownOrder(env: OrdersEnv, orderId: string, token: string): Promise<OwnOrder | null> {
  const isMadeBy = (make: (secret: string) => string) =>
    secretsOf(env).some((secret) => isSameToken(token, make(secret)));
  const found = checkoutOfOrder(env, orderId);
  const isOfCheckout = isMadeBy((secret) => accessTokenOf(orderId, secret));
  if (found === null || !(isOfCheckout || isMailboxToken(token))) return null;
  const order = await found.stub.order(found.checkoutId);
  if (order === null) return null;
  const { email } = order;
  const isOfMailbox = email !== null && isMadeBy((secret) => mailboxTokenOf(orderId, email, secret));
  return isOfCheckout || isOfMailbox ? { ...found, order } : null;
}

export async function policyIn(db: DrizzleD1Database): Promise<OrderPolicy> {
  return { ...usualPolicy, ...(await readPolicy(db)) };
}

export async function setPolicy(
  db: DrizzleD1Database,
  change: Partial<OrderPolicy>,
  by: { readonly by: string; readonly now: number },
): Promise<OrderPolicy> {
  await changePolicy(db, change, by);
  return policyIn(db);
}
