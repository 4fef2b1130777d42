/** What a plan is made from. */
import type { SecretsPlan } from './secrets.ts';
import type { Wanted } from './wanted.ts';
import type { World } from './world.ts';

export interface PlanInput {
  readonly wanted: Wanted;
  readonly world: World;
  readonly secrets: SecretsPlan;
  readonly commit: string;
  /** The share of visitors that the changed Workers get in new versions; null for all. */
  readonly gradualPercentage: number | null;
  /** The host of a custom domain, or the pattern of a route. */
  readonly address: { readonly kind: 'domain' | 'route'; readonly pattern: string } | null;
  readonly router: string;
}
