/** How property tests here are run and reported, and how a test shows that an invariant notices a planted fault. */
import * as fc from 'fast-check';

/** Lists of up to 30 steps. Without `size: 'max'` fast-check would quietly make most of them short. */
export function scriptOf<Step>(step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
  return fc.array(step, { maxLength: 30, size: 'max' });
}

/** Plays many scripts and prints how many commands that were. `play` answers how many it judged, and throws at a fault. */
export function playMany<Step>(
  name: string,
  runs: number,
  step: fc.Arbitrary<Step>,
  play: (steps: readonly Step[]) => number,
): void {
  const startedAt = performance.now();
  let commands = 0;
  const property = fc.property(scriptOf(step), (steps) => {
    commands += play(steps);
  });
  fc.assert(property, { numRuns: runs });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${name}: ${runs} runs, ${commands} commands, 0 violations in ${seconds} s`);
}

const mutantRuns = 3_000;

/**
 * The shortest script on which a planted fault breaks the invariant of this name, as the error it threw; null when the
 * fault survives. Only that invariant may be asked: the code's own assertions stop a run, and prove nothing.
 */
export function faultFound<Step>(
  invariant: string,
  step: fc.Arbitrary<Step>,
  play: (steps: readonly Step[]) => number,
): { readonly error: string; readonly steps: readonly Step[] } | null {
  const property = fc.property(scriptOf(step), (steps) => {
    try {
      play(steps);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('Invariant broken')) throw error;
    }
  });
  const found = fc.check(property, { numRuns: mutantRuns, seed: 20_261_117 });
  const error = found.errorInstance;
  if (!found.failed || !(error instanceof Error) || !error.message.startsWith(`${invariant}: `)) return null;
  return { error: error.message, steps: found.counterexample?.[0] ?? [] };
}
