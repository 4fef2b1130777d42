/** When something of the settings is valid: decided when it is asked, so nothing has to run at that moment. */

export interface Scheduled {
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

type Timing =
  | { readonly state: 'running' }
  | { readonly state: 'not-started'; readonly from: number }
  | { readonly state: 'expired'; readonly until: number };

/** At `endsAt` it has ended. */
export function timingOf({ startsAt, endsAt }: Scheduled, now: number): Timing {
  const from = startsAt === null ? null : Date.parse(startsAt);
  if (from !== null && now < from) return { state: 'not-started', from };
  const until = endsAt === null ? null : Date.parse(endsAt);
  return until !== null && until <= now ? { state: 'expired', until } : { state: 'running' };
}

/** The last moment up to now at which one of them began or ended; null when none did. */
export function lastTurn(all: readonly Scheduled[], now: number): number | null {
  return turnsOf(all).reduce<number | null>(
    (last, at) => (at <= now && (last === null || at > last) ? at : last),
    null,
  );
}

/** The first moment after now at which one of them begins or ends; null when none will. */
export function nextTurn(all: readonly Scheduled[], now: number): number | null {
  return turnsOf(all).reduce<number | null>((next, at) => (at > now && (next === null || at < next) ? at : next), null);
}

function turnsOf(all: readonly Scheduled[]): readonly number[] {
  return all.flatMap(({ startsAt, endsAt }) =>
    [startsAt, endsAt].flatMap((text) => (text === null ? [] : Date.parse(text))),
  );
}
