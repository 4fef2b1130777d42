/** The use cases of the observer: dead letters, which are listed and replayed, and the health of the shop. */
import type { HealthPart, ShopHealth } from '../../../shared/contracts/observer/http.ts';
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { accept, noSuch, type Result, refuse } from '../../../shared/values/result.ts';
import { secondMs, toTimestamp } from '../../../shared/values/time.ts';
import type { ObserverContext } from '../context.ts';
import {
  countOpenLetters,
  type DeadLetterRow,
  type LetterQuery,
  letterById,
  listLetters,
  markReplayed,
} from '../store.ts';
import type { Probe } from './probes.ts';

type ReplayRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'already-replayed'; readonly replayedAt: string | null }
  | { readonly code: 'unknown-inbox'; readonly queue: string };

interface ReplayRequest {
  readonly id: string;
  /** Sends a letter again that was sent before. */
  readonly isForced: boolean;
  /** The caller's idempotency key: a retry of the newest replay sends nothing. */
  readonly key: string | null;
}

interface Replayed {
  readonly letter: DeadLetterRow;
  readonly isRetry: boolean;
}

export function lettersPage({ db }: ObserverContext, query: LetterQuery): Promise<DeadLetterRow[]> {
  return listLetters(db, query);
}

export function readLetter({ db }: ObserverContext, id: string): Promise<DeadLetterRow | undefined> {
  return letterById(db, id);
}

/**
 * Sends a letter to the inbox that gave it up, then marks it as replayed. A crash in between leaves the letter open, so it may be
 * sent twice, and the inbox handles it once. Marking first could lose it.
 */
export async function replay(
  { db, inboxes, now }: Pick<ObserverContext, 'db' | 'inboxes' | 'now'>,
  { id, isForced, key }: ReplayRequest,
): Promise<Result<Replayed, ReplayRefusal>> {
  const letter = await letterById(db, id);
  if (letter === undefined) return refuse(noSuch('dead letter'));
  if (letter.status === 'replayed' && key !== null && letter.replayKey === key)
    return accept({ letter, isRetry: true });
  if (letter.status === 'replayed' && !isForced) {
    return refuse({
      code: 'already-replayed',
      replayedAt: letter.replayedAt === null ? null : toTimestamp(letter.replayedAt),
    });
  }
  if (letter.subscriber === null) return refuse({ code: 'unknown-inbox', queue: letter.queue });
  await inboxes[letter.subscriber].send(JSON.parse(letter.body), { contentType: 'json' });
  return accept({ letter: (await markReplayed(db, letter, now(), key)) ?? letter, isRetry: false });
}

/** A part that takes longer counts as failed. */
const deadlineMs = 3 * secondMs;

export function shopHealth({ db, probes, now }: ObserverContext): Promise<ShopHealth> {
  return health(probes, () => countOpenLetters(db), now);
}

/** Asks all at once. A part that fails makes the shop degraded; it never makes this answer fail. */
export async function health(
  probes: readonly Probe[],
  countOpen: () => Promise<number>,
  clock: () => number,
): Promise<ShopHealth> {
  let openDeadLetters: number | null = null;
  const counting: Probe = {
    name: 'observer',
    reaches: 'database',
    ask: async () => {
      openDeadLetters = await countOpen();
    },
  };
  const parts = await Promise.all([...probes, counting].map((probe) => partOf(probe, clock)));
  const isWell = parts.every((part) => part.status === 'ok') && openDeadLetters === 0;
  return { status: isWell ? 'ok' : 'degraded', checkedAt: toTimestamp(clock()), parts, openDeadLetters };
}

async function partOf({ name, reaches, ask }: Probe, clock: () => number): Promise<HealthPart> {
  const startedAt = clock();
  try {
    await withDeadline(ask(), deadlineMs);
    return { name, status: 'ok', reaches, latencyMs: clock() - startedAt };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, status: 'failed', reaches, latencyMs: clock() - startedAt, error: message };
  }
}
