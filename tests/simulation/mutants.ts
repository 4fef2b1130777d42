/**
 * Wrong designs, planted from outside: through the order of steps, wrapped ports, wrapped storage and replaced rules. Each is
 * a mistake that a developer could make in good faith, and the simulation has to catch every one of them.
 */
import { pack, unpack } from '../../shared/values/packed.ts';
import { accept, refuse } from '../../shared/values/result.ts';
import { secondMs } from '../../shared/values/time.ts';
import { decideStock } from '../../workers/inventory/domain/decide.ts';
import { checkoutPlan, type StepName } from '../../workers/orders/domain/checkout/plan.ts';
import { onlyFaults } from './faults.ts';
import { lossMutants } from './loss-mutants.ts';
import {
  commitAfterExpiry,
  freshKeys,
  noVoidAfterUnknown,
  releaseAgain,
  uncounted,
  withPayments,
  writingBy,
} from './mistakes.ts';
import type { Mutant } from './mutant.ts';
import { orderMutants } from './order-mutants.ts';
import { retryMutants } from './retry-mutants.ts';

const lostWords = onlyFaults({ 'answer-lost': 0.08, 'request-late': 0.12, slow: 0.04 });
const deaths = onlyFaults({ 'caller-dies-late': 0.06, 'caller-dies': 0.04, 'power-cut': 0.03 });

/** The plan with two steps in each other's place. */
const swapped = (one: StepName, other: StepName) =>
  checkoutPlan.map((stage) => stage.map((step) => (step === one ? other : step === other ? one : step)));

export const mutants: readonly Mutant[] = [
  {
    name: 'a new payment key per attempt',
    plants: () => ({ neighbors: withPayments(freshKeys) }),
    profile: { rates: lostWords },
  },
  {
    name: 'no void after an authorization whose outcome was unknown',
    plants: () => ({ neighbors: withPayments(noVoidAfterUnknown) }),
    profile: { rates: lostWords },
  },
  {
    name: 'a consumer without inbox',
    plants: () => ({ isLogged: () => false }),
  },
  {
    name: 'an outbox row closed when it was sent, before its handling is proven',
    plants: () => {
      const sent = new Set<string>();
      return {
        reach: (reach) => ({
          ...reach,
          send: async (subscriber, envelopes, bytesMax) => {
            await reach.send(subscriber, envelopes, bytesMax);
            for (const { id } of envelopes) sent.add(`${subscriber} ${id}`);
          },
          handled: async (subscriber, ids) => ids.filter((id) => sent.has(`${subscriber} ${id}`)),
        }),
      };
    },
  },
  {
    name: 'a commit that ignores that its hold has expired',
    plants: () => ({ decideStock: commitAfterExpiry }),
    profile: { rates: onlyFaults({ slow: 0.1, 'answer-lost': 0.05 }), holdMs: 3 * secondMs },
  },
  {
    name: 'a second release that credits again',
    plants: () => ({ decideStock: releaseAgain }),
  },
  {
    name: 'capture before the goods are committed',
    plants: () => ({
      plan: swapped('commit', 'capture'),
    }),
    profile: { rates: onlyFaults({ slow: 0.1, 'answer-lost': 0.05 }), holdMs: 3 * secondMs },
  },
  {
    name: 'events outside of the transaction',
    plants: () => ({
      orderStorage: (storage, life, scheduler) =>
        writingBy(storage, (write) => {
          storage.write({ ...write, outbox: [] });
          scheduler.after(5, life, 'outbox write', () => storage.addOutbox(write.outbox));
        }),
    }),
    profile: { rates: deaths },
  },
  {
    name: 'a checkout that does not look whether the cart is frozen',
    plants: () => ({
      neighbors: (neighbors) => ({
        ...neighbors,
        cart: {
          ...neighbors.cart,
          freeze: async ({ cartId, now }) => {
            const found = unpack(await neighbors.cart.read(cartId, now));
            return pack(found === null ? refuse({ code: 'not-found' }) : accept(found));
          },
        },
      }),
    }),
    plan: 'submit-twice',
  },
  {
    name: 'an undo that leaves no tombstone for a hold that has yet to arrive',
    plants: () => ({
      decideStock: (stock, command) => {
        const decision = decideStock(stock, command);
        return { ...decision, events: decision.events.filter(({ type }) => type !== 'hold-barred') };
      },
    }),
    profile: { rates: lostWords, holdMs: 900 * secondMs },
  },
  {
    name: 'a lookup that does not find what it asks for is taken for a refusal that needs no void',
    plants: () => ({
      steps: (steps) => {
        const { authorize } = steps;
        return authorize === undefined
          ? steps
          : { ...steps, authorize: { isResolvable: true, run: authorize.run, resolve: authorize.run } };
      },
    }),
    profile: { rates: lostWords },
  },
  {
    name: 'an order called paid before its money is captured',
    plants: () => ({
      plan: swapped('capture', 'settle'),
    }),
  },
  {
    name: 'a refused commit taken for done',
    plants: () => ({
      neighbors: (neighbors) => ({
        ...neighbors,
        inventory: {
          ...neighbors.inventory,
          commitHolds: async (reference) => {
            await neighbors.inventory.commitHolds(reference);
            return { ok: true, value: null };
          },
        },
      }),
    }),
    profile: { rates: onlyFaults({ slow: 0.1, 'answer-lost': 0.05 }), holdMs: 3 * secondMs },
  },
  {
    name: 'an id used again after its checkout was given up without a record',
    plants: () => ({
      orderStorage: (storage) => ({
        ...writingBy(storage, (write) => storage.write(write)),
        takeName: (taken) => (taken.kind === 'barred-checkout' ? undefined : storage.takeName(taken)),
      }),
    }),
    profile: { rates: onlyFaults({ 'request-late': 0.15 }), quietAfterMs: 60 * secondMs },
    plan: 'buy',
  },
  {
    name: 'a hold that fails half-way and gives back what was sold since',
    plants: () => ({
      decideStock: (stock, command) =>
        decideStock(stock, command.type === 'release' ? { ...command, type: 'undo' } : command),
    }),
    profile: { rates: onlyFaults({ slow: 0.12, 'power-cut': 0.3 }), quietAfterMs: 60 * secondMs },
    plan: 'change-the-cart',
    // It shows in checkouts alone: what merchants do would only take its time.
    merchantCount: 0,
  },
  {
    name: 'goods that a count did not find, sold again',
    plants: () => ({
      decideStock: (stock, command, ranks) =>
        decideStock(command.type === 'hold' ? uncounted(stock) : stock, command, ranks),
    }),
    breaks: /^I6 \S+ is oversold/,
    merchantCount: 0,
  },
  ...lossMutants,
  ...retryMutants,
  ...orderMutants,
];
