/**
 * The ledger of one payment as a pure engine: movements in order of arrival, and the balances that follow from them. Our own
 * requests are checked before they are sent and stay pending until the provider reports a success or a failure; what the
 * provider reports is a fact and counts once per type and reference. Whatever the order of arrival, the balances are the same.
 */
import type { KnownRefund, PaymentBalances } from '../../../shared/contracts/payments/api.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';

/**
 * What can happen to money, and to a contest over it. `authorizeAdjusted` replaces everything that was authorized before it;
 * what is said of a dispute moves nothing, only its chargeback does.
 */
export const movementKinds = [
  'authorize',
  'authorizeAdjusted',
  'capture',
  'refund',
  'refundReversed',
  'void',
  'chargeback',
  'dispute',
  'disputeWon',
  'disputeLost',
] as const;
export type MovementKind = (typeof movementKinds)[number];

/** What the shop may ask a provider for. */
export const requestKinds = ['authorize', 'capture', 'refund', 'void'] as const;
export type RequestKind = (typeof requestKinds)[number];
export type RequestType = `${RequestKind}Requested`;

export type ReportType = MovementKind | `${MovementKind}Failed`;
export type MovementType = ReportType | RequestType;

export interface Movement<Type extends MovementType = MovementType> {
  readonly type: Type;
  /** Names one authorization, capture, refund, void or chargeback among those of its payment. */
  readonly ref: string;
  readonly amountMinor: number;
  /** When it happened, as the provider says. Only its order with the others of its payment counts. */
  readonly at: number;
}

export interface Ledger {
  readonly currency: string;
  /** The provider takes multiples of this only, in minor units. */
  readonly stepMinor: number;
  /** In order of arrival. */
  readonly movements: readonly Movement[];
}

export type LedgerRefusal =
  | { readonly code: 'amount-not-positive' }
  | { readonly code: 'currency-mismatch' }
  | { readonly code: 'amount-not-payable'; readonly stepMinor: number }
  /** The same type and reference stand for another amount. */
  | { readonly code: 'reference-conflict' }
  | { readonly code: 'exceeds-open-authorization'; readonly maxMinor: number }
  | { readonly code: 'exceeds-held'; readonly maxMinor: number };

/** `heldMinor` is below zero when more was taken back than was captured. */
type Balances = Omit<PaymentBalances, 'currency' | 'disputes' | 'refunds'>;

/** Notes a request of ours, unless it asks for more than there is. One that was noted before changes nothing. */
export function request(
  ledger: Ledger,
  movement: Movement<RequestType>,
  currency: string,
): Result<Ledger, LedgerRefusal> {
  const { type, ref, amountMinor } = movement;
  if (amountMinor <= 0) return refuse({ code: 'amount-not-positive' });
  if (currency !== ledger.currency) return refuse({ code: 'currency-mismatch' });
  if (amountMinor % ledger.stepMinor !== 0) {
    return refuse({ code: 'amount-not-payable', stepMinor: ledger.stepMinor });
  }
  const kind = kinds[type];
  const known = find(ledger, type, ref) ?? find(ledger, kind, ref);
  if (known !== undefined) return repeat(ledger, known, amountMinor);
  const { openAuthorizationMinor, heldMinor } = balancesOf(ledger);
  if ((kind === 'capture' || kind === 'void') && amountMinor > openAuthorizationMinor) {
    return refuse({ code: 'exceeds-open-authorization', maxMinor: openAuthorizationMinor });
  }
  if (kind === 'refund' && amountMinor > heldMinor) {
    return refuse({ code: 'exceeds-held', maxMinor: Math.max(heldMinor, 0) });
  }
  return accept(append(ledger, movement));
}

/** Notes what the provider reports. A repetition changes nothing; a pending refund that it reports is a request like ours. */
export function report(ledger: Ledger, movement: Movement, currency: string): Result<Ledger, LedgerRefusal> {
  const { type, ref, amountMinor } = movement;
  if (currency !== ledger.currency) return refuse({ code: 'currency-mismatch' });
  if (amountMinor < 0 || (amountMinor === 0 && movesMoney(type))) return refuse({ code: 'amount-not-positive' });
  const known = find(ledger, type, ref);
  return known === undefined ? accept(append(ledger, movement)) : repeat(ledger, known, amountMinor);
}

/** An adjustment may go down to nothing, and a failure has no amount of its own. */
function movesMoney(type: MovementType): boolean {
  return type !== 'authorizeAdjusted' && !type.endsWith('Failed');
}

function repeat(ledger: Ledger, known: Movement, amountMinor: number): Result<Ledger, LedgerRefusal> {
  return known.amountMinor === amountMinor ? accept(ledger) : refuse({ code: 'reference-conflict' });
}

function append(ledger: Ledger, movement: Movement): Ledger {
  return { ...ledger, movements: [...ledger.movements, movement] };
}

export function find({ movements }: Ledger, type: MovementType, ref: string): Movement | undefined {
  return movements.find((movement) => movement.type === type && movement.ref === ref);
}

/** How far a reference got. `failed` was never carried out, or was undone later. */
export type Progress = 'absent' | 'pending' | 'done' | 'failed';

export function progressOf(ledger: Ledger, kind: RequestKind, ref: string): Progress {
  const success = find(ledger, kind, ref);
  if (success !== undefined) return isUndone(ledger, success) ? 'failed' : 'done';
  if (find(ledger, `${kind}Failed`, ref) !== undefined) return 'failed';
  return find(ledger, `${kind}Requested`, ref) === undefined ? 'absent' : 'pending';
}

/** The requests without an answer so far. */
export function pendingRequests(ledger: Ledger, kind: RequestKind): readonly Movement[] {
  return ledger.movements.filter(
    ({ type, ref }) => type === `${kind}Requested` && progressOf(ledger, kind, ref) === 'pending',
  );
}

/** The refunds that stand or are on their way. Together they are what the balances have as refunded and pending. */
export function refundsOf(ledger: Ledger): readonly KnownRefund[] {
  const standing = ledger.movements.filter(
    (one) => one.type === 'refund' && !isUndone(ledger, one) && find(ledger, 'refundReversed', one.ref) === undefined,
  );
  return [...standing, ...pendingRequests(ledger, 'refund')].map(({ ref, amountMinor, at }) => ({
    ref,
    amountMinor,
    at,
  }));
}

/** What was reported of a kind in all, and how much of it was undone later. Both only grow. */
export function turnoverOf(
  ledger: Ledger,
  kind: MovementKind,
): { readonly doneMinor: number; readonly undoneMinor: number } {
  const successes = ledger.movements.filter(({ type }) => type === kind);
  return { doneMinor: sum(successes), undoneMinor: sum(successes.filter((success) => isUndone(ledger, success))) };
}

/** What disputes that were lost have taken, and how much of it was won after all. Both only grow. */
export function lostTurnoverOf(ledger: Ledger): ReturnType<typeof turnoverOf> {
  const charged = ledger.movements.filter(
    ({ type, ref }) => type === 'chargeback' && find(ledger, 'disputeLost', ref) !== undefined,
  );
  return { doneMinor: sum(charged), undoneMinor: sum(charged.filter((one) => isUndone(ledger, one))) };
}

export function balancesOf(ledger: Ledger): Balances {
  const net = (kind: MovementKind) => {
    const { doneMinor, undoneMinor } = turnoverOf(ledger, kind);
    return doneMinor - undoneMinor;
  };
  const pendingMinor = {
    authorize: sum(pendingRequests(ledger, 'authorize')),
    capture: sum(pendingRequests(ledger, 'capture')),
    refund: sum(pendingRequests(ledger, 'refund')),
    void: sum(pendingRequests(ledger, 'void')),
  };
  const capturedMinor = net('capture');
  const voidedMinor = net('void');
  const refundedMinor = net('refund') - net('refundReversed');
  const chargedBackMinor = net('chargeback');
  const lost = lostTurnoverOf(ledger);
  const spokenForMinor = capturedMinor + voidedMinor + pendingMinor.capture + pendingMinor.void;
  return {
    openAuthorizationMinor: Math.max(authorizedOf(ledger) - spokenForMinor, 0),
    capturedMinor,
    refundedMinor,
    chargedBackMinor,
    lostMinor: lost.doneMinor - lost.undoneMinor,
    voidedMinor,
    heldMinor: capturedMinor - refundedMinor - pendingMinor.refund - chargedBackMinor,
    pendingMinor,
  };
}

/** The newest adjustment, and what was authorized after it. */
function authorizedOf(ledger: Ledger): number {
  const standing = ledger.movements.filter((movement) => !isUndone(ledger, movement));
  const [newest] = standing
    .filter(({ type }) => type === 'authorizeAdjusted')
    .sort((one, other) => other.at - one.at || (other.ref < one.ref ? -1 : 1));
  const since = standing.filter(({ type, at }) => type === 'authorize' && (newest === undefined || at > newest.at));
  return (newest?.amountMinor ?? 0) + sum(since);
}

/** A failure undoes a success only if it happened later: one of an earlier attempt under the same reference undoes nothing. */
export function isUndone({ movements }: Ledger, success: Movement): boolean {
  return movements.some(
    ({ type, ref, at }) => type === `${success.type}Failed` && ref === success.ref && at > success.at,
  );
}

function sum(movements: readonly Movement[]): number {
  return movements.reduce((total, { amountMinor }) => total + amountMinor, 0);
}

const kinds = {
  authorizeRequested: 'authorize',
  captureRequested: 'capture',
  refundRequested: 'refund',
  voidRequested: 'void',
} as const;
