/** Planted mistakes that make a crash of the shop its shopper's refusal. */
import { secondMs } from '../../shared/values/time.ts';
import { detailsIn, unitsOf } from '../../workers/orders/checkout/checkout-context.ts';
import { absent, done, refused } from '../../workers/orders/service/outcomes.ts';
import { onlyFaults } from './faults.ts';
import type { Mutant } from './mutant.ts';

const deaths = onlyFaults({ 'caller-dies-late': 0.06, 'caller-dies': 0.06, 'power-cut': 0.05 });

export const lossMutants: readonly Mutant[] = [
  {
    name: 'a payment that the provider never saw taken for one that it refused',
    plants: () => ({
      steps: (steps) => ({
        ...steps,
        authorize: {
          ...steps.authorize,
          resolve: async (context, now) => {
            const outcome = (await steps.authorize.resolve?.(context, now)) ?? absent;
            return outcome.kind === 'absent' ? refused({ code: 'payment-failed' }) : outcome;
          },
        },
      }),
    }),
    profile: { rates: deaths },
  },
  {
    name: 'goods whose hold ended during a crash given up without a look at the shelf',
    plants: () => {
      let commit: ((key: string, stockUnitIds: readonly string[], now: number) => Promise<boolean>) | null = null;
      return {
        neighbors: (neighbors) => {
          commit = async (key, stockUnitIds, now) =>
            (await neighbors.inventory.commitHolds({ key, stockUnitIds, now })).ok;
          return neighbors;
        },
        steps: (steps) => ({
          ...steps,
          commit: {
            ...steps.commit,
            run: async (context, now) => {
              const details = detailsIn(context);
              try {
                const isHeld = await commit?.(details.holdKey, unitsOf(details), now);
                return isHeld === true ? done : refused({ code: 'checkout-expired' });
              } catch (error) {
                return { kind: 'unknown', why: String(error) };
              }
            },
          },
        }),
      };
    },
    profile: { rates: deaths, holdMs: 3 * secondMs },
  },
];
