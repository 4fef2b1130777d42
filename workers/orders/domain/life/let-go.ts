/**
 * What is still authorized when nobody can need it any more: all units have shipped or are canceled, and nothing is left to
 * capture. The operation that leads there lets go of it, as its last effect.
 */
import { assert } from '../../../../shared/values/result.ts';
import { balancesOf } from './balances.ts';
import { evolveLife } from './evolve.ts';
import { type Life, unshippedOf } from './life.ts';
import type { Effect, Operation } from './operation.ts';

/** Whether an edit or a shipment could still take more of what is authorized. */
export function isRestUnneeded(life: Life): boolean {
  if (life.isCanceled || life.authorizedMinor <= life.capturedMinor) return false;
  return balancesOf(life).capturableMinor === 0 && life.lines.every((line) => unshippedOf(life, line) === 0);
}

/** The operation, with the effect that lets go of what it leaves unneeded. */
export function withLetGo(life: Life, operation: Operation, at: number): Operation {
  if (!isRestUnneeded(afterAll(life, operation, at))) return operation;
  const { effects, followUp } = operation;
  const letGo: Effect = { do: 'let-go' };
  if (followUp === null) return { ...operation, effects: [...effects, letGo] };
  return { ...operation, followUp: { ...followUp, effects: [...followUp.effects, letGo] } };
}

/** The life of the order when the operation, and what follows it, have ended well. */
function afterAll(life: Life, operation: Operation, at: number): Life {
  let after = evolveLife(life, { type: 'operation-started', operation, at });
  for (let parts = 0; after.running !== null; parts += 1) {
    assert(parts < 2, 'at most one operation follows another');
    after = evolveLife(after, { type: 'operation-ended', failure: null, deed: null, at });
  }
  return after;
}
