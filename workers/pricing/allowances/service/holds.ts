/**
 * Use cases of allowances. A checkout's wants go to the objects that hold them in sorted order and are taken all or none; of
 * two checkouts that want the same in opposite order, the one that is first at the first object wins, and neither waits.
 */

import {
  type AllowanceHold,
  type AllowanceLevels,
  type AllowanceReference,
  type AllowanceRefusal,
  type AllowanceWant,
  partsOfAllowance,
} from '../../../../shared/contracts/pricing/allowances.ts';
import { allowanceObjectNameOf, allowanceObjectNames } from '../../../../shared/values/placement.ts';
import { accept, assert, type Result, refuse } from '../../../../shared/values/result.ts';
import type {
  AllowanceAnswer,
  AllowanceMovement,
  AllowanceOpenings,
  AllowanceStub,
  BalanceCommand,
  HoldEnd,
} from './allowance-object.ts';
import { addedUp, byObject, groupsOf } from './grouping.ts';

/** What balances begin with, and which of them have begun already as far as the read model knows. */
export interface Openings {
  readonly openings: AllowanceOpenings;
  readonly begun: ReadonlySet<string>;
}

/** What the use cases need: where the objects are, and who knows what a balance there was issued with. */
export interface Allowances {
  readonly objects: { getByName(name: string): AllowanceStub };
  readonly openingsOf: (names: readonly string[]) => Promise<Openings>;
}

export async function holdAllowances(
  allowances: Allowances,
  { key, wants, until, now }: AllowanceHold,
): Promise<Result<null, AllowanceRefusal>> {
  const groups = byObject(addedUp(wants));
  for (const [index, [object, group]] of groups.entries()) {
    const answer = await ask(allowances, object, (stub, openings) =>
      stub.hold({ key, wants: group, until, now }, openings),
    );
    const refusal = absenceOf(answer, group) ?? refusalOf(answer);
    if (refusal === null) continue;
    const held = groups.slice(0, index).flatMap(([, wanted]) => wanted.map(({ allowance }) => allowance));
    await endHolds(allowances, 'release', { key, allowances: held, now });
    return refuse(refusal);
  }
  return accept(null);
}

export async function commitAllowances(
  allowances: Allowances,
  reference: AllowanceReference,
): Promise<Result<null, AllowanceRefusal>> {
  const answers = await endHolds(allowances, 'commit', reference);
  const refusal = answers.map(refusalOf).find((found) => found !== null);
  return refusal == null ? accept(null) : refuse(refusal);
}

export async function releaseAllowances(allowances: Allowances, reference: AllowanceReference): Promise<void> {
  await endHolds(allowances, 'undo', reference);
}

function endHolds(
  { objects }: Allowances,
  type: HoldEnd,
  { key, allowances, now }: AllowanceReference,
): Promise<AllowanceAnswer[]> {
  return Promise.all(
    groupsOf(allowances).map(([object, group]) => objects.getByName(object).end(type, { key, allowances: group, now })),
  );
}

/** The exact levels after what has expired by now; null for a balance that does not exist. */
export async function balances(
  allowances: Allowances,
  names: readonly string[],
  now: number,
): Promise<(AllowanceLevels | null)[]> {
  const answers = await Promise.all(
    groupsOf(names).map(([object, group]) =>
      ask(allowances, object, (stub, openings) => stub.read(group, now, openings)),
    ),
  );
  const byName = new Map(answers.flatMap(({ levels }) => levels).map((levels) => [levels.allowance, levels]));
  return names.map((name) => byName.get(name) ?? null);
}

/** Changes one balance. Null when it does not exist. */
export async function changeBalance(
  allowances: Allowances,
  allowance: string,
  command: BalanceCommand,
): Promise<AllowanceAnswer | null> {
  const answer = await ask(allowances, allowanceObjectNameOf(allowance), (stub, openings) =>
    stub.change(allowance, command, openings),
  );
  return answer.unopened.length > 0 ? null : answer;
}

/** The ledger of a balance after a sequence, oldest first; null when it does not exist. */
export async function movementsOf(
  allowances: Allowances,
  allowance: string,
  { afterSequence, limit, now }: { readonly afterSequence: number; readonly limit: number; readonly now: number },
): Promise<AllowanceMovement[] | null> {
  // A ledger begins with what was issued, so a balance that nobody touched yet is opened first.
  const [levels] = await balances(allowances, [allowance], now);
  if (levels === null) return null;
  return allowances.objects.getByName(allowanceObjectNameOf(allowance)).movements(allowance, afterSequence, limit);
}

/** Has every object write its rows of the read model again. */
export async function rebuildLevels({ objects }: Allowances, now: number): Promise<number> {
  let marked = 0;
  for (const name of allowanceObjectNames) {
    for (let after: string | null = ''; after !== null; ) {
      const page: Awaited<ReturnType<AllowanceStub['rebuild']>> = await objects.getByName(name).rebuild(after, now);
      marked += page.marked;
      after = page.next;
    }
  }
  return marked;
}

/** Asks an object, and once more with the openings of balances that have not begun there. What nobody issued stays closed. */
async function ask(
  { objects, openingsOf }: Allowances,
  object: string,
  call: (stub: AllowanceStub, openings: AllowanceOpenings) => Promise<AllowanceAnswer>,
): Promise<AllowanceAnswer> {
  const stub = objects.getByName(object);
  const first = await call(stub, {});
  if (first.unopened.length === 0) return first;
  const { openings, begun } = await openingsOf(first.unopened);
  const second = await call(stub, openings);
  // Opening a balance anew would spend again what is spent: an operator who lost its ledger must restore it first.
  for (const name of second.unopened) assert(!begun.has(name), `the ledger of ${name} is lost`);
  return second;
}

const shortages = {
  promo: 'code-used-up',
  code: 'code-used-up',
  budget: 'code-used-up',
  gift: 'gift-card-insufficient',
  credit: 'store-credit-insufficient',
} as const;

/** A card that nobody issued is no card; a customer whom nobody paid anything has nothing. */
function absenceOf({ unopened }: AllowanceAnswer, wants: readonly AllowanceWant[]): AllowanceRefusal | null {
  const absent = wants.find(({ allowance }) => unopened.includes(allowance));
  if (absent === undefined) return null;
  const { allowance, quantity: requested } = absent;
  return partsOfAllowance(allowance).kind === 'credit'
    ? { code: 'store-credit-insufficient', allowance, requested, available: 0 }
    : { code: 'gift-card-unusable', allowance, reason: 'unknown' };
}

function refusalOf({ refusal }: AllowanceAnswer): AllowanceRefusal | null {
  if (refusal === null) return null;
  const { allowance, why } = refusal;
  switch (why.code) {
    case 'insufficient-stock': {
      const { requested, available } = why;
      return { code: shortages[partsOfAllowance(allowance).kind], allowance, requested, available };
    }
    case 'allowance-unusable':
      return { code: 'gift-card-unusable', allowance, reason: why.reason };
    case 'hold-closed':
    case 'hold-key-conflict':
      return { ...why, allowance };
    default:
      throw new Error(`A hold cannot be refused with ${why.code}`);
  }
}
