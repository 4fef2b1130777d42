/** Unique codes: each belongs to a promotion and has uses of its own. */

/** A code of its own uses, as it was at the moment that is asked about. */
export interface UniqueCode {
  readonly id: string;
  readonly promotionId: string;
  /** In the form of `normalizedCode`. */
  readonly code: string;
  readonly usesMax: number | null;
  readonly isActive: boolean;
}

/** A code with all that is known of its time, in milliseconds since 1970. */
export interface DatedCode extends Omit<UniqueCode, 'isActive'> {
  readonly createdAt: number;
  /** Since when it does nothing, and since when it is gone. */
  readonly disabledAt: number | null;
  readonly deletedAt: number | null;
  /** Nobody had begun to use it when it was read. */
  readonly isUntouched: boolean;
  readonly changedAt: number;
}

/** The codes that there were at a moment, as they were then. */
export function codesAt(codes: readonly DatedCode[], moment: number): readonly UniqueCode[] {
  return codes
    .filter(({ createdAt, deletedAt }) => createdAt <= moment && (deletedAt === null || deletedAt > moment))
    .map(({ id, promotionId, code, usesMax, disabledAt }) => ({
      ...{ id, promotionId, code, usesMax },
      isActive: disabledAt === null || disabledAt > moment,
    }));
}
