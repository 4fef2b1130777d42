/**
 * The gift cards that an order sells: one for each paid unit, worth what the unit was listed at. The code is derived from the
 * unit under the shop's secret: issuing it twice gives the same card, and the merchant can be told the code again although no
 * database holds it.
 */
import { createHmac } from 'node:crypto';
import type { NotificationsApi } from '../../../../shared/contracts/notifications/api.ts';
import type { Secrets } from '../../../../shared/digest/shop-secrets.ts';
import type { OrderSummary } from '../../../../shared/events/orders.ts';
import type { Statement } from '../../../../shared/messaging/d1.ts';
import type { IdKind } from '../../../../shared/values/ids.ts';
import type { Money } from '../../../../shared/values/money.ts';
import { dayMs } from '../../../../shared/values/time.ts';
import * as store from '../store.ts';
import { hashOfCode, isCodeOf, last4Of, makeCode } from './codes.ts';

export interface Seller extends Pick<store.BalanceDesk, 'db'> {
  readonly notifications: Pick<NotificationsApi, 'send'>;
  readonly secrets: Secrets;
  /** Milliseconds since 1970. */
  now(): number;
  newId(kind: IdKind): string;
}

/** Who issues cards that were sold, and takes them back. */
export const soldActor = 'system:orders';

/** A unit of a line of an order; units count from 1. */
interface SoldUnit {
  readonly orderId: string;
  readonly lineId: string;
  readonly unit: number;
}

/** The merchant's mail system has so long to fetch the message. Afterwards the codes are still in the list of gift cards. */
const messageDays = 30;

function codeOf({ orderId, lineId, unit }: SoldUnit, secret: string): string {
  const sold = JSON.stringify([orderId, lineId, unit]);
  return makeCode(createHmac('sha256', `gift-card:${secret}`).update(sold).digest());
}

/** The code of a card that was sold; absent on any other, and on one that was sold under a secret that is gone. */
export function codeOfSold(
  { orderId, lineId, unit, codeHash }: store.GiftCard,
  secrets: Secrets,
): { readonly code?: string } {
  if (orderId === null || lineId === null || unit === null) return {};
  const code = secrets
    .map((secret) => codeOf({ orderId, lineId, unit }, secret))
    .find((made) => isCodeOf(made, codeHash));
  return code === undefined ? {} : { code };
}

/**
 * What adds the cards of a paid order that are not there yet. Its buyer is written to before, so that a crash in between writes
 * again and not never; the message is named by the sequence of the order, so all events of a moment write one.
 */
export async function soldCards(seller: Seller, order: OrderSummary, sequence: number): Promise<Statement[]> {
  const sold = order.lines.flatMap(({ lineId, unitPrice, giftCards = 0, voidedGiftCards = 0 }) =>
    // Units that were taken back are known by their cards. Nothing is left of a card that is worth nothing.
    Array.from({ length: unitPrice.amount > 0 ? giftCards + voidedGiftCards : 0 }, (_, index) => ({
      lineId,
      unitPrice,
      unit: index + 1,
    })),
  );
  if (sold.length === 0) return [];
  const { db, secrets, notifications } = seller;
  const { orderId, number, email } = order;
  const known = await store.unitsWithCard(db, orderId);
  const added = sold.filter(({ lineId, unit }) => !known.has(`${lineId} ${unit}`));
  const codesIn = (secret: string) => added.map((one) => codeOf({ orderId, ...one }, secret));
  const codes = codesIn(secrets[0]);
  const cards = added.map(({ unitPrice }, index) => ({ code: codes[index] ?? '', worth: unitPrice }));
  const now = seller.now();
  let secret = secrets[0];
  if (email !== null && cards.length > 0) {
    const text = await notifications.send({
      id: `gift-cards:${orderId}/${sequence}`,
      to: email,
      template: 'gift-cards',
      facts: { number, cards },
      expiresAt: now + messageDays * dayMs,
    });
    // A try that a crash cut off has perhaps written before the secret was replaced: what the buyer was told is the code.
    secret = secrets.find((one) => codesIn(one).every((code) => text.includes(code))) ?? secret;
  }
  const facts = { orderId, createdBy: soldActor, note: `Sold in the order ${number}`, now };
  return store.addSoldCards(db, await soldCardRows({ secret, newId: seller.newId }, facts, added));
}

/** The rows of the cards of some units. */
export function soldCardRows(
  { secret, newId }: Pick<Seller, 'newId'> & { readonly secret: string },
  {
    now: createdAt,
    ...facts
  }: Pick<store.GiftCard, 'createdBy' | 'note'> & { readonly orderId: string; readonly now: number },
  units: readonly { readonly lineId: string; readonly unit: number; readonly unitPrice: Money }[],
): Promise<store.GiftCard[]> {
  return Promise.all(
    units.map(async ({ lineId, unit, unitPrice }) => {
      const code = codeOf({ orderId: facts.orderId, lineId, unit }, secret);
      return {
        ...{ id: newId('giftCard'), codeHash: await hashOfCode(code), last4: last4Of(code) },
        ...{ currency: unitPrice.currency, amountMinor: unitPrice.amount, expiresAt: null },
        ...{ ...facts, createdAt, lineId, unit },
      };
    }),
  );
}
