/** Wrong designs of what comes after the checkout: operations on orders, and the codes and cards that paid for them. */
import { secondMs } from '../../shared/values/time.ts';
import { onlyFaults } from './faults.ts';
import { Attempts, limitless, unrecordedCancellations, withGoods, withMoney } from './mistakes.ts';
import type { Mutant } from './mutant.ts';

const lostAnswers = onlyFaults({ 'answer-lost': 0.1, 'caller-dies-late': 0.04 });
const busy = { merchantCount: 2, profile: { rates: lostAnswers, quietAfterMs: 90 * secondMs } } as const;

export const orderMutants: readonly Mutant[] = [
  {
    name: 'a new refund key per attempt',
    plants: () => {
      const attempts = new Attempts();
      return {
        operated: withMoney(({ refund }) => ({
          refund: (request) => refund({ ...request, refundKey: attempts.fresh(request.refundKey) }),
        })),
      };
    },
    ...busy,
  },
  {
    name: 'goods restocked again when the answer was lost',
    plants: () => {
      const attempts = new Attempts();
      return {
        operated: withGoods(({ restock }) => ({
          restock: (request) => restock({ ...request, restockKey: attempts.fresh(request.restockKey) }),
        })),
      };
    },
    ...busy,
  },
  {
    name: 'a shipment that is taken for done when it is resumed',
    plants: () => {
      const attempts = new Attempts();
      return {
        operated: withGoods(({ ship }) => ({
          ship: async (request) =>
            attempts.next(request.fulfillmentKey) === 1 ? ship(request) : { ok: true, value: null },
        })),
      };
    },
    ...busy,
    profile: { ...busy.profile, rates: onlyFaults({ 'request-lost': 0.1, 'caller-dies': 0.05 }) },
  },
  {
    name: 'all captures of an order under one key',
    plants: () => ({
      operated: withMoney(({ capture }) => ({ capture: (request) => capture({ ...request, captureKey: 'ship' }) })),
    }),
    ...busy,
  },
  {
    name: 'a cancellation that leaves the authorization, to be captured later',
    plants: () => ({ operated: withMoney(() => ({ void: async () => ({ status: 'voided' }) })) }),
    merchantCount: 2,
  },
  {
    name: 'a rest of the authorization that is said to be let go',
    plants: () => ({ operated: withMoney(() => ({ letGo: async () => ({ status: 'released' }) })) }),
    merchantCount: 2,
  },
  {
    name: 'a declined refund taken for done',
    plants: () => ({
      operated: withMoney(({ refund }) => ({
        refund: async (request) => {
          const outcome = await refund(request);
          const { amountMinor } = request;
          return outcome.status === 'declined'
            ? { status: 'refunded', amountMinor, refundedMinor: amountMinor }
            : outcome;
        },
      })),
    }),
    merchantCount: 2,
  },
  {
    name: 'a refused shipment that is not taken back',
    plants: () => ({ operated: withGoods(() => ({ unship: async () => ({ ok: true, value: null }) })) }),
    merchantCount: 2,
  },
  {
    name: 'promised goods given back under a new key per attempt',
    plants: () => {
      const attempts = new Attempts();
      return {
        operated: withGoods(({ releaseCommitted }) => ({
          releaseCommitted: (request) =>
            releaseCommitted({ ...request, releaseKey: attempts.fresh(request.releaseKey) }),
        })),
      };
    },
    ...busy,
  },
  {
    // As chance has it: what happens to orders must be drawn so that usual runs refund units of canceled orders.
    name: 'a cancellation that leaves its units to ship in the record',
    plants: () => ({ orderStorage: unrecordedCancellations() }),
    breaks: /^I2 .* refunded$/,
  },
  {
    name: 'a limited code that is looked at and not held',
    plants: () => ({ decideAllowance: limitless }),
    profile: { rates: onlyFaults({ slow: 0.2 }), holdMs: 900 * secondMs },
    plan: 'buy',
  },
  {
    name: 'codes and cards that are not given back when the checkout fails',
    plants: () => ({
      neighbors: (neighbors) => ({
        ...neighbors,
        allowances: { ...neighbors.allowances, releaseAllowances: async () => undefined },
      }),
    }),
    plan: 'buy',
  },
  {
    name: 'a card credited again when the answer was lost',
    plants: () => {
      const attempts = new Attempts();
      return {
        operated: (neighbors) => ({
          ...neighbors,
          allowances: {
            ...neighbors.allowances,
            creditGiftCard: (request) =>
              neighbors.allowances.creditGiftCard({
                ...request,
                creditKey: attempts.fresh(request.creditKey),
              }),
          },
        }),
      };
    },
    ...busy,
  },
];
