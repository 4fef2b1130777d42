/** How property tests here are run and reported, and how a test shows that an invariant notices a planted fault. */
import * as fc from 'fast-check';

/** Lists of up to 30 steps. Without `size: 'max'` fast-check would quietly make most of them short. */
export function scriptOf<Step>(step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
  return fc.array(step, { maxLength: 30, size: 'max' });
}

/** Told how each command was answered: the code of its refusal, or `accepted`. */
export type Note = (answer: string) => void;

/**
 * Plays many scripts and prints how many commands that were. `play` throws at a fault. Answers how often each answer was
 * given: scripts that never reach a refusal prove nothing about it.
 */
export function playMany<Step>(
  name: string,
  runs: number,
  step: fc.Arbitrary<Step>,
  play: (steps: readonly Step[], note: Note) => void,
): ReadonlyMap<string, number> {
  const startedAt = performance.now();
  const answers = new Map<string, number>();
  const note: Note = (answer) => answers.set(answer, (answers.get(answer) ?? 0) + 1);
  fc.assert(
    fc.property(scriptOf(step), (steps) => play(steps, note)),
    { numRuns: runs },
  );
  const commands = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${name}: ${runs} runs, ${commands} commands, 0 violations in ${seconds} s`);
  return answers;
}

const mutantRuns = 3_000;

/**
 * The shortest script on which a planted fault breaks the invariant of this name, as the error it threw; null when the
 * fault survives. Only that invariant may be asked: the code's own assertions stop a run, and prove nothing.
 */
export function faultFound<Step>(
  invariant: string,
  step: fc.Arbitrary<Step>,
  play: (steps: readonly Step[]) => void,
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
