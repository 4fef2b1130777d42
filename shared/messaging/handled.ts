/**
 * The ids of events that this isolate has committed, so that the question of a relay costs no query as a rule. Bounded, and
 * lost with the isolate: what is not here is looked up.
 */
import { BoundedMap, megabyte } from '../values/bounded-map.ts';

const handledHere = new BoundedMap<string, true>(4 * megabyte);

/** Call it once the effects of these events are committed. */
export function rememberHandled(eventIds: readonly string[]): void {
  for (const eventId of eventIds) handledHere.set(eventId, true);
}

export function isHandledHere(eventId: string): boolean {
  return handledHere.has(eventId);
}

/** The ids among these that were handled. */
export async function handledAmong(
  eventIds: readonly string[],
  lookUp: (unsure: readonly string[]) => Promise<readonly string[]>,
): Promise<string[]> {
  const unsure = eventIds.filter((eventId) => !handledHere.has(eventId));
  if (unsure.length === 0) return [...eventIds];
  return [...eventIds.filter((eventId) => handledHere.has(eventId)), ...(await lookUp(unsure))];
}
