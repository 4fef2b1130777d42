/** How a Stock object answers, and how several steps go together. No platform: the simulation and tests use the same. */

import type { Loaded } from '../../../shared/streams/streams.ts';
import {
  decideStock,
  evolveStock,
  inTransitOf,
  type Ranks,
  type Stock,
  type StockCommand,
  type StockCommandRefusal,
  type StockEvent,
  type UnitCommand,
  type UnitSettings,
} from './decide.ts';

/** What the object answers: the levels after the command, and why not when it was refused. */
export interface StockAnswer {
  readonly refusal:
    | StockCommandRefusal
    | { readonly code: 'not-open' }
    | { readonly code: 'idempotency-key-reused' }
    | null;
  readonly floor: number;
  readonly levels: Stock['levels'];
  readonly version: number;
  /** When this was true, in milliseconds since 1970. */
  readonly asOf: number;
  readonly isReplayed: boolean;
  /** What the merchant has set, and what is between locations. Absent from what does not say. */
  readonly settings?: UnitSettings;
  readonly inTransit?: number;
}

/** What a unit begins with. */
export type StockBeginning = Pick<Extract<StockCommand, { type: 'open' }>, 'levels' | 'floor'>;

/** A command to one of several units, which may be touched for the first time. */
export interface UnitStep<Command extends UnitCommand = UnitCommand> {
  readonly stockUnitId: string;
  readonly command: Command;
  readonly opening?: StockBeginning | null;
}

/**
 * How steps go together. `each`: in order, until one is refused. `all`: nothing happens unless every one is accepted. `check`:
 * nothing happens, but each step is answered.
 */
export type StepMode = 'each' | 'all' | 'check';

/** The merchant's order of locations. A lower revision than the known one is out of date. */
export interface RankedLocations {
  readonly revision: number;
  readonly ranks: Ranks;
}

export interface Movement {
  readonly sequence: number;
  readonly event: StockEvent;
}

export function answerOf(
  state: Stock,
  version: number,
  refusal: StockAnswer['refusal'],
  asOf: number,
): Required<StockAnswer> {
  const { floor, levels, settings } = state;
  return { refusal, floor, levels, version, asOf, isReplayed: false, settings, inTransit: inTransitOf(state) };
}

/** Decides a command to a unit, together with its opening where its ledger has yet to begin. */
export function decideFrom(
  { state, version }: Loaded<Stock>,
  opening: StockBeginning | null,
  command: UnitCommand,
  ranks: Ranks,
) {
  const { now } = command;
  const isFirst = version === 0 && opening !== null;
  const opened = isFirst ? decideStock(state, { type: 'open', ...opening, now }, ranks).events : [];
  const { events, refusal } = decideStock(opened.reduce(evolveStock, state), command, ranks);
  return { events: [...opened, ...events], refusal };
}

interface StepTaker {
  /** Refuses what `run` would refuse, and changes nothing: the levels it answers are unchanged. */
  check(step: UnitStep): StockAnswer;
  run(step: UnitStep): StockAnswer;
}

/** Takes steps in order, as their mode says, with no wait in between: one commit. */
export function takeSteps(steps: readonly UnitStep[], mode: StepMode, taker: StepTaker): StockAnswer[] {
  if (mode !== 'each') {
    const checked = untilRefused(steps, (step) => taker.check(step));
    if (mode === 'check' || checked.at(-1)?.refusal !== null) return checked;
  }
  return untilRefused(steps, (step) => taker.run(step));
}

function untilRefused(steps: readonly UnitStep[], answer: (step: UnitStep) => StockAnswer): StockAnswer[] {
  const answers: StockAnswer[] = [];
  for (const step of steps) {
    const one = answer(step);
    answers.push(one);
    if (one.refusal !== null) break;
  }
  return answers;
}
