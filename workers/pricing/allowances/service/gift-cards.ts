/**
 * Use cases of gift cards: to issue, find, change and list them. What a card is worth, its object says; the database knows
 * which card a code belongs to and what lists show.
 */
import { type GiftCardFinding, giftCardBalance } from '../../../../shared/contracts/pricing/allowances.ts';
import type { GiftCardDraft } from '../../../../shared/contracts/pricing/gift-cards-http.ts';
import type { Statement } from '../../../../shared/messaging/d1.ts';
import type { Currency, Money } from '../../../../shared/values/money.ts';
import { accept, assert, noSuch, type Result, refuse } from '../../../../shared/values/result.ts';
import * as store from '../store.ts';
import type { BalanceCommand } from './allowance-object.ts';
import { type ChangeRefusal, change, type Entry, type Exact, exact } from './changes.ts';
import { hashOfCode, last4Of } from './codes.ts';
import { balances, changeBalance } from './holds.ts';

export interface Issue {
  readonly id: string;
  readonly draft: GiftCardDraft;
  readonly code: string;
  readonly actor: string;
  readonly now: number;
}

const pastExpiry = 'Give a time to come: nobody could pay with a card that has expired already.';
const alreadyOver = {
  code: 'invalid-input',
  detail: pastExpiry,
  errors: [{ pointer: '/expiresAt', detail: pastExpiry }],
} as const;

/** Issues a card in one commit with `also`. Its object opens with the amount when the card is first touched. */
export async function issueGiftCard(
  { db }: store.BalanceDesk,
  { id, draft, code, actor, now }: Issue,
  also: (card: store.GiftCard) => readonly Statement[],
): Promise<Result<store.GiftCard, { readonly code: 'gift-card-code-taken' } | typeof alreadyOver>> {
  const expiresAt = draft.expiresAt === null ? null : Date.parse(draft.expiresAt);
  if (expiresAt !== null && expiresAt <= now) return refuse(alreadyOver);
  const card: store.GiftCard = {
    id,
    codeHash: await hashOfCode(code),
    last4: last4Of(code),
    currency: draft.amount.currency,
    amountMinor: draft.amount.amount,
    expiresAt,
    note: draft.note,
    createdAt: now,
    createdBy: actor,
    ...{ orderId: null, lineId: null, unit: null },
  };
  return (await store.addGiftCard(db, card, also(card))) ? accept(card) : refuse({ code: 'gift-card-code-taken' });
}

export function giftCardPage(
  { db }: store.BalanceDesk,
  page: Parameters<typeof store.listGiftCards>[1],
): Promise<store.Listed<store.GiftCard>[]> {
  return store.listGiftCards(db, page);
}

export async function giftCardOf(
  allowances: store.BalanceDesk,
  id: string,
  now: number,
): Promise<Exact<store.GiftCard> | null> {
  const [found] = await store.cardsById(allowances.db, [id]);
  return found === undefined ? null : exact(allowances, found.row, giftCardBalance(id), now);
}

/** Disables a card or enables it again. Null for an unknown one. */
export async function switchGiftCard(
  allowances: store.BalanceDesk,
  id: string,
  command: Omit<Extract<BalanceCommand, { type: 'switch' }>, 'type'>,
): Promise<Exact<store.GiftCard> | null> {
  await changeBalance(allowances, giftCardBalance(id), { type: 'switch', ...command });
  return giftCardOf(allowances, id, command.now);
}

/** Pays into a card, or takes out of it. */
export async function adjustGiftCard(
  allowances: store.BalanceDesk,
  id: string,
  { amount: deltaMinor, currency }: Money,
  entry: Entry,
): Promise<Result<Exact<store.GiftCard>, ChangeRefusal | { readonly code: 'not-found' | 'wrong-currency' }>> {
  const [found] = await store.cardsById(allowances.db, [id]);
  if (found === undefined) return refuse(noSuch('gift card'));
  if (found.row.currency !== currency) return refuse({ code: 'wrong-currency' });
  const changed = await change(allowances, giftCardBalance(id), deltaMinor, entry);
  return changed.ok ? accept({ row: found.row, levels: changed.value }) : changed;
}

/** More codes than a cart takes. */
const codesMax = 20;

export async function findGiftCards(
  allowances: store.BalanceDesk,
  { codes, currency, now }: { readonly codes: readonly string[]; readonly currency: Currency; readonly now: number },
): Promise<GiftCardFinding[]> {
  assert(codes.length <= codesMax, 'a cart has a limited number of gift cards');
  if (codes.length === 0) return [];
  const hashes = await Promise.all(codes.map(hashOfCode));
  const cards = new Map((await store.cardsByHash(allowances.db, hashes)).map((card) => [card.codeHash, card]));
  const names = [...cards.values()].map(({ id }) => giftCardBalance(id));
  const levels = new Map((await balances(allowances, names, now)).map((one) => [one?.allowance, one]));
  return codes.map((code, index) => {
    const card = cards.get(hashes[index] ?? '');
    const balance = card === undefined ? undefined : levels.get(giftCardBalance(card.id));
    if (card === undefined || balance == null) return { status: 'unknown', code };
    const { id: cardId, last4, expiresAt } = card;
    if (balance.isDisabled) return { status: 'disabled', code, cardId, last4 };
    if (expiresAt !== null && expiresAt <= now) return { status: 'expired', code, cardId, last4 };
    if (card.currency !== currency) return { status: 'wrong-currency', code, cardId, last4 };
    return { status: 'usable', code, cardId, last4, balanceMinor: balance.available ?? 0, currency, expiresAt };
  });
}
