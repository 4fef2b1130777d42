/**
 * The one hold protocol of the shop, as a pure state machine: `hold → commit | undo | expiry`, idempotent by key, and what
 * has ended stays ended. Stock uses it, and so does everything else of which there is only so much. The owner says what is
 * free and from which pools a hold takes; this file says what a key may do next.
 *
 * An undo that arrives before its hold bars the key, so the late hold is refused instead of being forgotten.
 */
import { PersistentMap } from '../values/persistent-map.ts';

/** A part of a hold: how much it takes from which pool (for stock, a location). */
export interface HoldPart {
  readonly poolId: string;
  readonly quantity: number;
}

interface OpenHold {
  readonly parts: readonly HoldPart[];
  readonly quantity: number;
  /** Milliseconds since 1970 at which the hold ends by itself. */
  readonly until: number;
}

/** How a key ended, or `committed`: promised for good, until it is given back. */
type ClosedState = 'committed' | 'released' | 'expired' | 'returned' | 'barred';

interface ClosedHold {
  readonly state: ClosedState;
  readonly parts: readonly HoldPart[];
  readonly quantity: number;
  readonly closedAt: number;
}

export interface Holds {
  readonly open: PersistentMap<OpenHold>;
  readonly closed: PersistentMap<ClosedHold>;
}

export const noHolds: Holds = { open: PersistentMap.empty(), closed: PersistentMap.empty() };

export type HoldEvent = { readonly key: string; readonly at: number } & (
  | { readonly type: 'hold-placed'; readonly parts: readonly HoldPart[]; readonly until: number }
  | { readonly type: 'hold-committed' }
  | { readonly type: 'hold-released' }
  | { readonly type: 'hold-expired' }
  | { readonly type: 'hold-returned' }
  | { readonly type: 'hold-barred' }
);

export type HoldCommandRefusal =
  | { readonly code: 'insufficient-stock'; readonly requested: number; readonly available: number }
  | { readonly code: 'hold-closed'; readonly state: string }
  | { readonly code: 'hold-key-conflict' };

/** What a command leads to. Events are kept even beside a refusal: an expiry that came to light stays true. */
export interface Decision<Event, No> {
  readonly events: readonly Event[];
  readonly refusal: No | null;
}

export function decided<Event>(...events: readonly Event[]): Decision<Event, never> {
  return { events, refusal: null };
}

export function declined<const No>(refusal: No): Decision<never, No> {
  return { events: [], refusal };
}

/** Every hold whose time is over. Callers fold these before they decide anything else. */
export function expireDue(holds: Holds, now: number): HoldEvent[] {
  const due: HoldEvent[] = [];
  for (const [key, hold] of holds.open) if (hold.until <= now) due.push({ type: 'hold-expired', key, at: now });
  return due;
}

/** `take` chooses the parts of a new hold, or answers what is available when that is too little. */
export function decideHold(
  holds: Holds,
  command: { readonly key: string; readonly quantity: number; readonly until: number; readonly now: number },
  take: (quantity: number) => { readonly parts: readonly HoldPart[] } | { readonly available: number },
): Decision<HoldEvent, HoldCommandRefusal> {
  const { key, quantity, until, now } = command;
  const closed = holds.closed.get(key);
  if (closed !== undefined && closed.state !== 'committed')
    return declined({ code: 'hold-closed', state: closed.state });
  const known = holds.open.get(key) ?? closed;
  if (known !== undefined) return known.quantity === quantity ? decided() : declined({ code: 'hold-key-conflict' });
  if (until <= now) return declined({ code: 'hold-closed', state: 'expired' });
  const taken = take(quantity);
  if ('available' in taken)
    return declined({ code: 'insufficient-stock', requested: quantity, available: taken.available });
  return decided({ type: 'hold-placed', key, parts: taken.parts, until, at: now });
}

/** Refused when the hold has ended, so that the goods of a late payment are not promised twice. */
export function decideCommit(
  holds: Holds,
  { key, now }: { readonly key: string; readonly now: number },
): Decision<HoldEvent, HoldCommandRefusal> {
  if (holds.open.has(key)) return decided({ type: 'hold-committed', key, at: now });
  const closed = holds.closed.get(key);
  if (closed?.state === 'committed') return decided();
  return declined({ code: 'hold-closed', state: closed?.state ?? 'absent' });
}

/** Gives back whatever the key has, and bars it when it has nothing yet. Never refused, never repeated. */
export function decideUndo(
  holds: Holds,
  { key, now }: { readonly key: string; readonly now: number },
): Decision<HoldEvent, never> {
  if (holds.open.has(key)) return decided({ type: 'hold-released', key, at: now });
  const closed = holds.closed.get(key);
  if (closed === undefined) return decided({ type: 'hold-barred', key, at: now });
  return closed.state === 'committed' ? decided({ type: 'hold-returned', key, at: now }) : decided();
}

/**
 * As an undo, but a commitment stays. It comes from a caller that gave up while it was holding, and may arrive late: after a
 * later attempt under the same key has held, paid and committed.
 */
export function decideRelease(
  holds: Holds,
  command: { readonly key: string; readonly now: number },
): Decision<HoldEvent, never> {
  return holds.closed.get(command.key)?.state === 'committed' ? decided() : decideUndo(holds, command);
}

export function evolveHolds(holds: Holds, event: HoldEvent): Holds {
  if (event.type === 'hold-placed') {
    const quantity = event.parts.reduce((sum, part) => sum + part.quantity, 0);
    return { ...holds, open: holds.open.set(event.key, { parts: event.parts, quantity, until: event.until }) };
  }
  const before = holds.open.get(event.key) ?? holds.closed.get(event.key) ?? { parts: [], quantity: 0 };
  const { parts, quantity } = before;
  const closed: ClosedHold = { state: closedStates[event.type], parts, quantity, closedAt: event.at };
  return { open: holds.open.delete(event.key), closed: holds.closed.set(event.key, closed) };
}

const closedStates = {
  'hold-committed': 'committed',
  'hold-released': 'released',
  'hold-expired': 'expired',
  'hold-returned': 'returned',
  'hold-barred': 'barred',
} as const satisfies Record<Exclude<HoldEvent['type'], 'hold-placed'>, ClosedState>;

/** Where a commitment lies and how much of it is left; nothing for a key that is not committed. */
export function committedParts(holds: Holds, key: string): readonly HoldPart[] {
  const closed = holds.closed.get(key);
  return closed?.state === 'committed' ? closed.parts : [];
}

/**
 * Writes where a commitment lies by now. Its quantity stays what the key was used for, so that a late repetition of its
 * hold is still known; a key that is not committed stays as it is.
 */
export function recommit(holds: Holds, key: string, parts: readonly HoldPart[]): Holds {
  const closed = holds.closed.get(key);
  if (closed?.state !== 'committed') return holds;
  return { ...holds, closed: holds.closed.set(key, { ...closed, parts }) };
}

/** The moment of the next expiry, or null. */
export function nextExpiryAt(holds: Holds): number | null {
  let next: number | null = null;
  for (const [, { until }] of holds.open) if (next === null || until < next) next = until;
  return next;
}

/**
 * Forgets keys that ended long ago: nobody repeats a command that old. Commitments are kept as long as anything of them is
 * left, or their owner still needs their key.
 */
export function forgetEnded(
  holds: Holds,
  endedBefore: number,
  isNeeded: (key: string) => boolean = () => false,
): Holds {
  const isKept = ([key, hold]: readonly [string, ClosedHold]) =>
    hold.closedAt >= endedBefore || (hold.state === 'committed' && (hold.parts.length > 0 || isNeeded(key)));
  return { ...holds, closed: PersistentMap.from([...holds.closed].filter(isKept)) };
}

/** Reads holds back from the JSON of a snapshot. */
export function reviveHolds(json: {
  readonly open: Iterable<readonly [string, OpenHold]>;
  readonly closed: Iterable<readonly [string, ClosedHold]>;
}): Holds {
  return { open: PersistentMap.from(json.open), closed: PersistentMap.from(json.closed) };
}
