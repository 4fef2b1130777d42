/** What an Allowance object is asked and what it answers. Plain data: it crosses RPC. */
import type {
  AllowanceHold,
  AllowanceLevels,
  AllowanceReference,
} from '../../../../shared/contracts/pricing/allowances.ts';
import type { AllowanceEvent } from '../../domain/allowance/allowance.ts';
import type { AllowanceCommand, AllowanceCommandRefusal } from '../../domain/allowance/decide.ts';

/** What a balance begins with. */
interface AllowanceOpening {
  readonly amountMinor: number;
  readonly expiresAt: number | null;
}
export type AllowanceOpenings = Readonly<Record<string, AllowanceOpening>>;

export interface AllowanceAnswer {
  /** The balances among those asked for that have not begun: nothing is done before their openings are given. */
  readonly unopened: readonly string[];
  /** The first that refused, after which nothing was done. */
  readonly refusal: { readonly allowance: string; readonly why: AllowanceCommandRefusal } | null;
  readonly levels: readonly AllowanceLevels[];
}

/** How a hold ends before its time is over. */
export type HoldEnd = 'commit' | 'undo' | 'release';

/** What a merchant does to a balance. */
export type BalanceCommand = Extract<AllowanceCommand, { type: 'adjust' | 'switch' }>;

export interface AllowanceMovement {
  readonly sequence: number;
  readonly event: AllowanceEvent;
  /** How much the hold of the event is about; null where there is none, or it is forgotten. */
  readonly heldMinor: number | null;
}

export interface AllowanceStub {
  hold(request: AllowanceHold, openings?: AllowanceOpenings): Promise<AllowanceAnswer>;
  end(type: HoldEnd, reference: AllowanceReference): Promise<AllowanceAnswer>;
  change(allowance: string, command: BalanceCommand, openings?: AllowanceOpenings): Promise<AllowanceAnswer>;
  read(allowances: readonly string[], now: number, openings?: AllowanceOpenings): Promise<AllowanceAnswer>;
  movements(allowance: string, afterSequence: number, limit: number): Promise<AllowanceMovement[]>;
  rebuild(after: string, now: number): Promise<{ readonly marked: number; readonly next: string | null }>;
}
