/**
 * Sold gift cards whose units are refunded or canceled: what is left on them is taken out and they are blocked, before any money
 * goes back, so that nobody has both. Every step is written down under the key of the operation, so that a repeated one goes on
 * where the first stood.
 */
import {
  giftCardBalance,
  type SpentRefusal,
  type VoidedUnits,
  type VoidRequest,
} from '../../../../shared/contracts/pricing/allowances.ts';
import { commit } from '../../../../shared/messaging/d1.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import * as store from '../store.ts';
import { change, type Entry } from './changes.ts';
import { balances, changeBalance } from './holds.ts';
import { type Seller, soldActor, soldCardRows } from './sold-cards.ts';

type Voiding = store.BalanceDesk & Pick<Seller, 'secrets' | 'newId'>;

/** Of cards that were only made to be taken back: their units have none yet. */
const voidActor = 'system:voided';

export async function voidSoldCards(desk: Voiding, request: VoidRequest): Promise<Result<null, SpentRefusal>> {
  const { voidKey, units, now } = request;
  const known = await store.cardsVoidedBy(desk.db, voidKey);
  for (const one of units) {
    const lacking = one.quantity - known.filter(({ lineId }) => lineId === one.lineId).length;
    if (lacking > 0) await choose(desk, request, one, lacking);
  }
  const chosen = await store.cardsVoidedBy(desk.db, voidKey);
  for (const { id, voidMinor } of chosen) {
    if (voidMinor !== null) continue;
    // A blocked card is held by nobody any more, so it never holds less than is read now.
    await changeBalance(desk, giftCardBalance(id), { type: 'switch', isDisabled: true, actor: soldActor, now });
    const [levels] = await balances(desk, [giftCardBalance(id)], now);
    await store.keepVoided(desk.db, id, Math.max(0, levels?.available ?? 0));
  }
  const cards = await store.cardsVoidedBy(desk.db, voidKey);
  const spent = spentOf(units, cards);
  if (spent !== null) {
    await enable(desk, cards, now);
    await store.unmarkVoided(desk.db, voidKey);
    return refuse(spent);
  }
  for (const card of cards) await takeOut(desk, card, voidKey, now);
  return accept(null);
}

/** The operation came to nothing. Cards that only this key has made are issued with the money of their order, if it is there. */
export async function restoreSoldCards(
  desk: store.BalanceDesk,
  { voidKey, isPaid, now }: Pick<VoidRequest, 'voidKey' | 'now'> & { readonly isPaid: boolean },
): Promise<void> {
  if (!isPaid) await store.removeVoided(desk.db, voidKey, voidActor);
  const cards = await store.cardsVoidedBy(desk.db, voidKey);
  for (const card of cards) {
    // Once more under its key: of a try that ended half-way some cards still hold what is theirs.
    await takeOut(desk, card, voidKey, now);
    const put = { key: `restore:${voidKey}`, reason: 'Its unit stays sold', actor: soldActor, now };
    if ((card.voidMinor ?? 0) > 0) await enter(desk, card.id, card.voidMinor ?? 0, put);
  }
  await enable(desk, cards, now);
  await store.unmarkVoided(desk.db, voidKey);
}

/**
 * Marks the cards of so many units: the fullest first, of equal ones the newest units. A unit that has no card yet counts as full; it
 * gets one that is marked, so that no news that come late can issue another.
 */
async function choose(
  desk: Voiding,
  { voidKey, orderId, now }: VoidRequest,
  { lineId, soldQuantity, unitPrice }: VoidedUnits,
  quantity: number,
): Promise<void> {
  const known = await store.unitsWithCard(desk.db, orderId);
  const missing = Array.from({ length: soldQuantity }, (_, index) => index + 1)
    .filter((unit) => !known.has(`${lineId} ${unit}`))
    .map((unit) => ({ id: null, unit, available: unitPrice.amount, isDisabled: false }));
  const live = await store.liveCardsOfLine(desk.db, orderId, lineId);
  const levels = await balances(
    desk,
    live.map(({ id }) => giftCardBalance(id)),
    now,
  );
  const issued = live.map(({ id, unit }, index) => {
    const { available, isDisabled = false } = levels[index] ?? {};
    return { id, unit: unit ?? 0, available: available ?? 0, isDisabled };
  });
  const chosen = [...issued, ...missing]
    .sort((a, b) => b.available - a.available || b.unit - a.unit)
    .slice(0, quantity);
  const made = chosen.flatMap(({ id, unit }) => (id === null ? [{ lineId, unit, unitPrice }] : []));
  const rows = await soldCardRows(
    { secret: desk.secrets[0], newId: desk.newId },
    { orderId, createdBy: voidActor, note: null, now },
    made,
  );
  await commit(desk.db, store.addSoldCards(desk.db, rows));
  const units = new Set(made.map(({ unit }) => unit));
  const added = await store.liveCardsOfLine(desk.db, orderId, lineId);
  await store.markVoided(desk.db, voidKey, [
    ...chosen.flatMap(({ id, isDisabled }) => (id === null ? [] : [{ id, isDisabled }])),
    // Also where news of the payment have issued it meanwhile: either way it is the card of the unit.
    ...added.filter(({ unit }) => units.has(unit ?? 0)).map(({ id }) => ({ id, isDisabled: false })),
  ]);
}

/** The first line whose cards hold less than is paid back for its units. */
function spentOf(units: readonly VoidedUnits[], cards: readonly store.VoidedCard[]): SpentRefusal | null {
  for (const { lineId, backMinor } of units) {
    const own = cards.filter((card) => card.lineId === lineId);
    const maxMinor = sumOf(own.map(({ voidMinor }) => voidMinor ?? 0));
    if (maxMinor < backMinor) return { code: 'gift-card-spent', lineId, maxMinor };
  }
  return null;
}

async function takeOut(
  desk: store.BalanceDesk,
  { id, voidMinor }: store.VoidedCard,
  voidKey: string,
  now: number,
): Promise<void> {
  const entry = { key: `void:${voidKey}`, reason: 'Its unit was refunded or canceled', actor: soldActor, now };
  if ((voidMinor ?? 0) > 0) await enter(desk, id, -(voidMinor ?? 0), entry);
}

async function enter(desk: store.BalanceDesk, id: string, deltaMinor: number, entry: Entry): Promise<void> {
  const changed = await change(desk, giftCardBalance(id), deltaMinor, entry);
  if (!changed.ok) throw new Error(`A sold card cannot be taken back: ${changed.refusal.code}`);
}

/** What a merchant had blocked before stays blocked. */
async function enable(desk: store.BalanceDesk, cards: readonly store.VoidedCard[], now: number): Promise<void> {
  for (const { id, voidWasDisabled } of cards)
    if (voidWasDisabled !== true)
      await changeBalance(desk, giftCardBalance(id), { type: 'switch', isDisabled: false, actor: soldActor, now });
}
