/** A planted mistake: what it breaks, and the misfortunes under which it comes to light. */
import type { FaultProfile } from './faults.ts';
import type { Token } from './means.ts';
import type { Plants } from './plants.ts';
import type { Plan } from './shoppers.ts';

export interface Mutant {
  readonly name: string;
  /** Made anew for every run, because some remember what they saw. */
  readonly plants: () => Plants;
  /** The broken promise by which it has to be caught, where others would give it away sooner; any where it is absent. */
  readonly breaks?: RegExp;
  /** Misfortunes that bring a rare mistake to light; the usual swarm where it is absent. */
  readonly profile?: Partial<FaultProfile>;
  readonly plan?: Plan;
  /** What its shoppers pay with, one after the other; chance where it is absent. */
  readonly tokens?: readonly Token[];
  /** As many as chance has it where it is absent. */
  readonly merchantCount?: number;
}
