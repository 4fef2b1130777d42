/**
 * What other Workers may ask about allowances: limited uses and budgets of promotions, and the balances of gift cards and
 * store credit. All of them are held when a checkout begins, committed when the order is placed, and given back otherwise.
 * An allowance is named by a stable text that the functions here make.
 */
import type { Currency, Money } from '../../values/money.ts';
import { assert, type Result } from '../../values/result.ts';

/** All uses of a promotion. One use is a quantity of 1. */
export const promotionUses = (promotionId: string): string => nameOf('promo', promotionId);

/** One customer's uses of a promotion. The customer is an id, or for a guest a hash of the e-mail address. */
export const promotionUsesOf = (promotionId: string, customer: string): string =>
  nameOf('promo', promotionId, customer);

/** The uses of a unique code. The code comes first, so the codes of a campaign lie in all objects and not in one. */
export const uniqueCodeUses = (codeId: string, promotionId: string): string => nameOf('code', codeId, promotionId);

/** What a promotion may give away in one currency. A minor unit is a quantity of 1. */
export const promotionBudget = (promotionId: string, currency: string): string =>
  nameOf('budget', promotionId, currency);

export const giftCardBalance = (cardId: string): string => nameOf('gift', cardId);

export const storeCreditBalance = (customerId: string, currency: string): string =>
  nameOf('credit', customerId, currency);

const kinds = ['promo', 'code', 'budget', 'gift', 'credit'] as const;
export type AllowanceKind = (typeof kinds)[number];

/** The kind of an allowance and the ids in its name. A name that was not made here is a defect. */
export function partsOfAllowance(allowance: string): { readonly kind: AllowanceKind; readonly ids: readonly string[] } {
  const [kind, ...ids] = allowance.split(':');
  const known = kinds.find((candidate) => candidate === kind);
  assert(known !== undefined && ids.length > 0, `"${allowance}" names an allowance`);
  return { kind: known, ids };
}

/** True for money that lies in the allowance itself; the others are limited by what each hold says. */
export function isBalance(allowance: string): boolean {
  const { kind } = partsOfAllowance(allowance);
  return kind === 'gift' || kind === 'credit';
}

function nameOf(kind: AllowanceKind, ...ids: readonly string[]): string {
  for (const id of ids) assert(/^[\w.-]{1,100}$/.test(id), `"${id}" can be part of the name of an allowance`);
  return [kind, ...ids].join(':');
}

export interface AllowanceWant {
  readonly allowance: string;
  /** Uses, or minor units: a whole number of at least 1. */
  readonly quantity: number;
  /** The limit by the settings that the checkout was priced with; null where the allowance is a balance, or has no limit. */
  readonly limit: number | null;
}

/**
 * Everything that a checkout holds for its quote: what promotions need, and what gift cards and store credit pay, whose keys
 * in a quote are the names of their balances. Hold, commit and release with the same list.
 */
export function wantsOfQuote({
  allowances,
  giftCards,
}: {
  readonly allowances: readonly AllowanceWant[];
  readonly giftCards: readonly { readonly key: string; readonly usedMinor: number }[];
}): AllowanceWant[] {
  const payments = giftCards.map(({ key, usedMinor }) => ({ allowance: key, quantity: usedMinor, limit: null }));
  return [...allowances, ...payments].filter(({ quantity }) => quantity > 0);
}

export interface AllowanceHold {
  /** The checkout id: one hold per allowance and key, idempotent. */
  readonly key: string;
  readonly wants: readonly AllowanceWant[];
  /** Milliseconds since 1970 at which the holds end by themselves. */
  readonly until: number;
  readonly now: number;
}

export interface AllowanceReference {
  readonly key: string;
  readonly allowances: readonly string[];
  readonly now: number;
}

export type AllowanceRefusal = { readonly allowance: string } & (
  | {
      /** `code-used-up` is of the uses or the budget of a promotion. */
      readonly code: 'code-used-up' | 'gift-card-insufficient' | 'store-credit-insufficient';
      readonly requested: number;
      readonly available: number;
    }
  | { readonly code: 'gift-card-unusable'; readonly reason: 'unknown' | 'disabled' | 'expired' }
  | { readonly code: 'hold-closed'; readonly state: string }
  | { readonly code: 'hold-key-conflict' }
);

/** Always: total = available + held + committed. Without a limit, `total` and `available` are null. */
export interface AllowanceLevels {
  readonly allowance: string;
  readonly total: number | null;
  readonly held: number;
  readonly committed: number;
  readonly available: number | null;
  readonly isDisabled: boolean;
  readonly expiresAt: number | null;
  /** The number of events so far; 0 before the first. */
  readonly version: number;
}

/** Why a balance pays nothing. `spent`: nothing is left on it, or open checkouts hold what is. */
export type BalanceObstacle = 'unknown' | 'disabled' | 'expired' | 'spent';

export function balanceObstacleOf(levels: AllowanceLevels | null | undefined, now: number): BalanceObstacle | null {
  if (levels == null) return 'unknown';
  if (levels.isDisabled) return 'disabled';
  if (levels.expiresAt !== null && levels.expiresAt <= now) return 'expired';
  return (levels.available ?? 0) > 0 ? null : 'spent';
}

/** What a balance can still pay: nothing, once it is blocked or over. A checkout then refuses it by name. */
export function usableMinorOf(levels: AllowanceLevels | null | undefined, now: number): number {
  return balanceObstacleOf(levels, now) === null ? (levels?.available ?? 0) : 0;
}

export interface AllowancesApi {
  /** Holds all or none, in sorted order. Wants of the same allowance are added up. */
  holdAllowances(request: AllowanceHold): Promise<Result<null, AllowanceRefusal>>;
  /** Makes the holds of a key final. Idempotent. Refused when one has ended meanwhile; release them all then. */
  commitAllowances(reference: AllowanceReference): Promise<Result<null, AllowanceRefusal>>;
  /** Undoes whatever a key has: ends a hold, gives back a commitment, and bars a hold that has yet to arrive. Idempotent. */
  releaseAllowances(reference: AllowanceReference): Promise<void>;
  /** The exact levels, in the order asked for; null for a balance that does not exist. */
  balances(allowances: readonly string[], now: number): Promise<(AllowanceLevels | null)[]>;
  /** Writes the read model anew from the objects, within seconds. Answers how many allowances that is. */
  rebuildAllowanceLevels(): Promise<number>;
}

interface FoundCard {
  readonly code: string;
  readonly cardId: string;
  readonly last4: string;
}

/** One code as it was found. A card that cannot pay still says which it is, so a storefront can name it. */
export type GiftCardFinding =
  | (FoundCard & {
      readonly status: 'usable';
      /** What may still be held, in minor units. It may be 0. */
      readonly balanceMinor: number;
      readonly currency: Currency;
      /** Milliseconds since 1970. */
      readonly expiresAt: number | null;
    })
  | (FoundCard & { readonly status: 'expired' | 'disabled' | 'wrong-currency' })
  | { readonly status: 'unknown'; readonly code: string };

export interface CreditRequest {
  /** Names the refund: the same key never pays twice. */
  readonly creditKey: string;
  readonly amountMinor: number;
  readonly reason: string;
  readonly now: number;
}

export interface CreditRefusal {
  /** `credit-key-conflict`: the key was used for another amount. */
  readonly code: 'unknown-gift-card' | 'credit-key-conflict' | 'balance-too-large';
}

/** Units of a line that were gift cards and are no longer sold. */
export interface VoidedUnits {
  readonly lineId: string;
  /** How many of them. */
  readonly quantity: number;
  /** All units of the line that were ever sold: each may have its card. */
  readonly soldQuantity: number;
  /** What a card of it is worth. */
  readonly unitPrice: Money;
  /** What is paid back for these units. Their cards must still hold as much. */
  readonly backMinor: number;
}

export interface VoidRequest {
  /** Names the operation: under it nothing is taken twice. */
  readonly voidKey: string;
  readonly orderId: string;
  readonly units: readonly VoidedUnits[];
  readonly now: number;
}

export interface SpentRefusal {
  readonly code: 'gift-card-spent';
  readonly lineId: string;
  /** What the cards still hold. */
  readonly maxMinor: number;
}

export interface SoldCardsApi {
  /**
   * Takes all that is left out of the cards of sold units, the fullest ones first, and blocks them; a unit whose card was not issued
   * yet never gets one. Refused, and then nothing is done, where they hold less than is paid back. Idempotent by key.
   */
  voidSoldCards(request: VoidRequest): Promise<Result<null, SpentRefusal>>;
  /** Takes that back. `isPaid`: the order is paid, so its units have cards. Idempotent. */
  restoreSoldCards(request: Pick<VoidRequest, 'voidKey' | 'now'> & { readonly isPaid: boolean }): Promise<void>;
}

export interface GiftCardsApi {
  /** Looks up codes as a shopper typed them, in the order given. At most 20. */
  findGiftCards(request: {
    readonly codes: readonly string[];
    readonly currency: Currency;
    readonly now: number;
  }): Promise<GiftCardFinding[]>;
  /** Pays back to a card, also to an expired or disabled one: the money is owed. Idempotent by key. */
  creditGiftCard(
    request: CreditRequest & { readonly cardId: string },
  ): Promise<Result<{ readonly balanceMinor: number }, CreditRefusal>>;
  /** Pays into a customer's store credit, which begins with its first payment. Idempotent by key. */
  creditStoreCredit(
    request: CreditRequest & { readonly customerId: string; readonly currency: Currency },
  ): Promise<Result<{ readonly balanceMinor: number }, CreditRefusal>>;
}
