/** How a Stock object answers, and how several steps go together. No platform: the simulation and tests use the same. */
import {
  decideStock,
  evolveStock,
  inTransitOf,
  type Ranks,
  type Stock,
  type UnitCommand,
} from '../../workers/inventory/domain.ts';
import type { Loaded } from '../streams.ts';
import type { StepMode, StockAnswer, StockBeginning, UnitStep } from './object.ts';

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

export interface StepTaker {
  /** Refuses what `run` would refuse, and changes nothing: its levels are those of before. */
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
