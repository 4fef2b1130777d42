/** What the doctor has found: how bad, what, why it matters, and what to do about it. */

export type Level = 'ok' | 'warn' | 'fail' | 'skipped';

export const groups = [
  ...(['address', 'health', 'clock', 'catalogue', 'shipping', 'taxes', 'payment', 'mail'] as const),
  ...(['keys', 'backups', 'release'] as const),
] as const;
export type Group = (typeof groups)[number];

export interface Finding {
  readonly group: Group;
  readonly level: Level;
  readonly what: string;
  /** Why it matters, or why it could not be looked at; null where all is well. */
  readonly why: string | null;
  /** What to do; null where there is nothing. */
  readonly todo: string | null;
}

type Trouble = (what: string, why: string, todo: string) => Finding;

/** The findings of one group. */
export function findingsOf(group: Group): {
  readonly ok: (what: string) => Finding;
  readonly warn: Trouble;
  readonly fail: Trouble;
  readonly skipped: (what: string, why: string, todo?: string) => Finding;
} {
  const trouble =
    (level: Level): Trouble =>
    (what, why, todo) => ({ group, level, what, why, todo });
  return {
    ok: (what) => ({ group, level: 'ok', what, why: null, todo: null }),
    warn: trouble('warn'),
    fail: trouble('fail'),
    skipped: (what, why, todo) => ({ group, level: 'skipped', what, why, todo: todo ?? null }),
  };
}
