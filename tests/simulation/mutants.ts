/**
 * Wrong designs, planted from outside: through the order of steps, wrapped ports, wrapped storage and replaced rules. Each is
 * a mistake that somebody could make in good faith, and the simulation has to catch every one of them.
 */
import type { CheckoutNeighbors } from '../../durable-objects/order/checkouts.ts';
import type { StreamStorage } from '../../durable-objects/streams.ts';
import type { PaymentsApi } from '../../shared/contracts/payments.ts';
import { decided } from '../../shared/holds/holds.ts';
import { secondMs } from '../../shared/values/time.ts';
import { decideStock, type StockEvent } from '../../workers/inventory/domain.ts';
import type { OrderEvent } from '../../workers/orders/domain/order.ts';
import { checkoutSteps } from '../../workers/orders/domain/plan.ts';
import { type FaultProfile, onlyFaults } from './faults.ts';
import type { Plants } from './shop.ts';
import type { Plan } from './shoppers.ts';
import type { MemoryStreamStorage } from './stream-storage.ts';

export interface Mutant {
  readonly name: string;
  /** Made anew for every run, because some remember what they saw. */
  readonly plants: () => Plants;
  /** Misfortunes that bring a rare mistake to light; the usual swarm where it is absent. */
  readonly profile?: Partial<FaultProfile>;
  readonly plan?: Plan;
}

const lostWords = onlyFaults({ 'answer-lost': 0.08, 'request-late': 0.12, slow: 0.04 });
const deaths = onlyFaults({ 'caller-dies-late': 0.06, 'caller-dies': 0.04, 'power-cut': 0.03 });

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
          send: async (subscriber, envelopes) => {
            await reach.send(subscriber, envelopes);
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
      steps: checkoutSteps.map((step) => (step === 'commit' ? 'capture' : step === 'capture' ? 'commit' : step)),
      // A refused commit is final in this wrong design: the money is gone, and nobody gives it back.
      neighbors: withPayments((payments) => ({
        ...payments,
        void: async (reference) => {
          const known = await payments.lookup(reference);
          return known.status === 'captured' ? { status: 'voided' } : payments.void(reference);
        },
      })),
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
        cart: { ...neighbors.cart, freeze: async () => ({ ok: true, value: null }) },
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
      effects: (effects) => {
        const { authorize } = effects;
        return authorize === undefined
          ? effects
          : { ...effects, authorize: { run: authorize.run, resolve: authorize.run } };
      },
    }),
    profile: { rates: lostWords },
  },
  {
    name: 'an order called paid before its money is captured',
    plants: () => ({
      steps: checkoutSteps.map((step) => (step === 'capture' ? 'settle' : step === 'settle' ? 'capture' : step)),
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
        saveAnswer: (answer) => (answer.key.startsWith('barred:') ? undefined : storage.saveAnswer(answer)),
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
    profile: { rates: onlyFaults({ slow: 0.12, 'power-cut': 0.12 }), quietAfterMs: 60 * secondMs },
    plan: 'change-the-cart',
  },
];

/** The same storage with another way to write. */
function writingBy(
  storage: MemoryStreamStorage<OrderEvent>,
  write: StreamStorage<OrderEvent>['write'],
): StreamStorage<OrderEvent> {
  return {
    write,
    read: (streamId) => storage.read(streamId),
    setWake: (streamId, at) => storage.setWake(streamId, at),
    dueStreams: (now, limit) => storage.dueStreams(now, limit),
    nextWakeAt: () => storage.nextWakeAt(),
    dropStream: (streamId) => storage.dropStream(streamId),
    openOutbox: (limit) => storage.openOutbox(limit),
    settleOutbox: (rows) => storage.settleOutbox(rows),
    answer: (key) => storage.answer(key),
    saveAnswer: (answer) => storage.saveAnswer(answer),
    dropAnswers: (expiredBefore) => storage.dropAnswers(expiredBefore),
  };
}

function withPayments(change: (payments: PaymentsApi) => PaymentsApi): NonNullable<Plants['neighbors']> {
  let changed: PaymentsApi | null = null;
  let honest: PaymentsApi | null = null;
  // What a mistake remembers outlives a death: it stands for what such a design would have stored.
  return (neighbors: CheckoutNeighbors) => {
    honest = neighbors.payments;
    changed ??= change({
      authorize: (request) => current(honest).authorize(request),
      lookup: (reference) => current(honest).lookup(reference),
      capture: (request) => current(honest).capture(request),
      void: (reference) => current(honest).void(reference),
    });
    return { ...neighbors, payments: changed };
  };
}

function current(payments: PaymentsApi | null): PaymentsApi {
  if (payments === null) throw new Error('A mutant is asked after it was planted');
  return payments;
}

function freshKeys(payments: PaymentsApi): PaymentsApi {
  const attempts = new Map<string, number>();
  const keyed = <Request extends { readonly paymentKey: string }>(request: Request): Request => {
    const attempt = attempts.get(request.paymentKey) ?? 1;
    return attempt === 1 ? request : { ...request, paymentKey: `${request.paymentKey}~${attempt}` };
  };
  return {
    authorize: (request) => {
      attempts.set(request.paymentKey, (attempts.get(request.paymentKey) ?? 0) + 1);
      return payments.authorize(keyed(request));
    },
    // Whoever makes new keys asks by paying again.
    lookup: (reference) => payments.lookup(keyed(reference)),
    capture: (request) => payments.capture(keyed(request)),
    void: (reference) => payments.void(keyed(reference)),
  };
}

function noVoidAfterUnknown(payments: PaymentsApi): PaymentsApi {
  const unknown = new Set<string>();
  return {
    ...payments,
    authorize: async (request) => {
      unknown.add(request.paymentKey);
      const outcome = await payments.authorize(request);
      if (outcome.status !== 'unknown') unknown.delete(request.paymentKey);
      return outcome;
    },
    void: async (reference) => (unknown.has(reference.paymentKey) ? { status: 'voided' } : payments.void(reference)),
  };
}

const commitAfterExpiry: typeof decideStock = (stock, command) => {
  const decision = decideStock(stock, command);
  if (command.type !== 'commit' || decision.refusal?.code !== 'hold-closed') return decision;
  const { key, now } = command;
  const expired = stock.holds.closed.get(key) ?? stock.holds.open.get(key);
  if (expired === undefined || decision.refusal.state !== 'expired') return decision;
  const again: StockEvent[] = [
    { type: 'hold-placed', key, parts: expired.parts, until: now + 1, at: now },
    { type: 'hold-committed', key, at: now },
  ];
  return { events: [...decision.events, ...again], refusal: null };
};

const releaseAgain: typeof decideStock = (stock, command) => {
  const isAgain = command.type === 'undo' && stock.holds.closed.get(command.key)?.state === 'released';
  return isAgain ? decided({ type: 'hold-released', key: command.key, at: command.now }) : decideStock(stock, command);
};
