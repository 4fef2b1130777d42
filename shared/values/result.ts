/**
 * The answer of anything that may be refused. A refusal is an expected business "no" with a stable code and its facts;
 * it is plain data and crosses RPC. Defects are exceptions and never appear here.
 */

export interface Refusal {
  readonly code: string;
}

export type Result<Value, No extends Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: No };

export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function refuse<const No extends Refusal>(refusal: No): { readonly ok: false; readonly refusal: No } {
  return { ok: false, refusal };
}

/** That nothing is there by the name that was given, in words: of what kind it would be. */
export function noSuch<Kind extends string>(kind: Kind) {
  return { code: 'not-found', detail: `There is no such ${kind}.` } as const;
}

/** Stops on a state that the rules make impossible. It is a defect, so it throws. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}

/** Closes a `switch` over a union: a forgotten case fails to compile, and throws if it is ever reached. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable case: ${JSON.stringify(value)}`);
}
