/** The parts of planted mistakes that take more than a line: wrong storage, wrong payments, wrong rules of stock. */

import type { PaymentsApi } from '../../shared/contracts/payments/api.ts';
import { decided } from '../../shared/holds/holds.ts';
import type { StreamStorage } from '../../shared/streams/ports.ts';
import type { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import { decideStock, type Stock, type StockEvent } from '../../workers/inventory/domain/decide.ts';
import type { CheckoutNeighbors } from '../../workers/orders/checkout/steps.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import type { CanceledUnits } from '../../workers/orders/domain/order/operation.ts';
import type { OperationNeighbors } from '../../workers/orders/service/neighbors.ts';
import { decideAllowance } from '../../workers/pricing/domain/allowance/decide.ts';
import type { Plants } from './plants.ts';

/** The same storage with another way to write. */
export function writingBy(
  storage: MemoryStreamStorage<OrderStreamEvent>,
  write: StreamStorage<OrderStreamEvent>['write'],
): StreamStorage<OrderStreamEvent> {
  return {
    write,
    read: (streamId) => storage.read(streamId),
    firstEvents: (streamId, count) => storage.firstEvents(streamId, count),
    setWake: (streamId, at) => storage.setWake(streamId, at),
    dueStreams: (now, limit) => storage.dueStreams(now, limit),
    nextWakeAt: () => storage.nextWakeAt(),
    dropStream: (streamId) => storage.dropStream(streamId),
    openOutbox: (limit, skip) => storage.openOutbox(limit, skip),
    settleOutbox: (rows) => storage.settleOutbox(rows),
    answer: (key) => storage.answer(key),
    saveAnswer: (answer) => storage.saveAnswer(answer),
    ownerOf: (kind, name) => storage.ownerOf(kind, name),
    takeName: (taken) => storage.takeName(taken),
    dropExpired: (now) => storage.dropExpired(now),
    nextExpiryAt: () => storage.nextExpiryAt(),
  };
}

/**
 * The object knows which units a cancellation has taken out, and the record does not: by the record, money goes back for units
 * that are still to ship.
 */
export function unrecordedCancellations(): NonNullable<Plants['orderStorage']> {
  const forgotten = new Map<string, readonly CanceledUnits[]>();
  const changed = (event: OrderStreamEvent, units: readonly CanceledUnits[]): OrderStreamEvent => {
    if (event.type !== 'operation-started' || event.operation.change.isCancellation !== true) return event;
    const { operation } = event;
    return { ...event, operation: { ...operation, change: { ...operation.change, canceledUnits: units } } };
  };
  const unitsOf = (event: OrderStreamEvent) =>
    event.type === 'operation-started' ? (event.operation.change.canceledUnits ?? []) : [];
  const nameOf = (streamId: string, event: OrderStreamEvent) =>
    event.type === 'operation-started' ? `${streamId} ${event.operation.id}` : '';
  return (storage) => {
    const remembered = (streamId: string, events: readonly OrderStreamEvent[]) =>
      events.map((event) => changed(event, forgotten.get(nameOf(streamId, event)) ?? []));
    const writing = writingBy(storage, (write) => {
      for (const event of write.events) forgotten.set(nameOf(write.streamId, event), unitsOf(event));
      storage.write({ ...write, events: write.events.map((event) => changed(event, [])) });
    });
    return {
      ...writing,
      read: (streamId) => {
        const stored = storage.read(streamId);
        return stored === null ? null : { ...stored, events: remembered(streamId, stored.events) };
      },
      firstEvents: (streamId, count) => remembered(streamId, storage.firstEvents(streamId, count)),
    };
  };
}

export function withPayments(change: (payments: PaymentsApi) => PaymentsApi): NonNullable<Plants['neighbors']> {
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

export function freshKeys(payments: PaymentsApi): PaymentsApi {
  const attempts = new Map<string, number>();
  const asked = new Map<string, Parameters<PaymentsApi['authorize']>[0]>();
  const keyed = <Request extends { readonly paymentKey: string }>(request: Request): Request => {
    const attempt = attempts.get(request.paymentKey) ?? 1;
    return attempt === 1 ? request : { ...request, paymentKey: `${request.paymentKey}~${attempt}` };
  };
  const authorize: PaymentsApi['authorize'] = (request) => {
    asked.set(request.paymentKey, request);
    attempts.set(request.paymentKey, (attempts.get(request.paymentKey) ?? 0) + 1);
    return payments.authorize(keyed(request));
  };
  return {
    authorize,
    // A design with new keys asks by paying again.
    lookup: (reference) => {
      const before = asked.get(reference.paymentKey);
      return before === undefined ? payments.lookup(keyed(reference)) : authorize({ ...before, now: reference.now });
    },
    capture: (request) => payments.capture(keyed(request)),
    void: (reference) => payments.void(keyed(reference)),
  };
}

export function noVoidAfterUnknown(payments: PaymentsApi): PaymentsApi {
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

export const commitAfterExpiry: typeof decideStock = (stock, command) => {
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

export const releaseAgain: typeof decideStock = (stock, command) => {
  const isAgain = command.type === 'undo' && stock.holds.closed.get(command.key)?.state === 'released';
  return isAgain ? decided({ type: 'hold-released', key: command.key, at: command.now }) : decideStock(stock, command);
};

/** Stock in which a place that owes has as much too many. */
export function uncounted(stock: Stock): Stock {
  const levels = Object.entries(stock.levels).map(([locationId, level]) => {
    const { onHand, held, committed } = level;
    return [locationId, { ...level, onHand: onHand + 2 * Math.max(0, held + committed - onHand) }] as const;
  });
  return { ...stock, levels: Object.fromEntries(levels) };
}

/** What changes of the goods that operations move. */
export function withGoods(
  change: (inventory: OperationNeighbors['inventory']) => Partial<OperationNeighbors['inventory']>,
): NonNullable<Plants['operated']> {
  return (neighbors) => ({ ...neighbors, inventory: { ...neighbors.inventory, ...change(neighbors.inventory) } });
}

/** What changes of the money that operations move. */
export function withMoney(
  change: (payments: OperationNeighbors['payments']) => Partial<OperationNeighbors['payments']>,
): NonNullable<Plants['operated']> {
  return (neighbors) => ({ ...neighbors, payments: { ...neighbors.payments, ...change(neighbors.payments) } });
}

/** Counts how often each key is asked for. What it remembers outlives a death, as if such a design had stored it. */
export class Attempts {
  readonly #attempts = new Map<string, number>();

  next(key: string): number {
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  }

  /** Another key per attempt. */
  fresh(key: string): string {
    return `${key}-${this.next(key)}`;
  }
}

/** A limit that is looked at when a code is priced, and never held against. */
export const limitless: typeof decideAllowance = (allowance, command) =>
  decideAllowance(allowance, command.type === 'hold' ? { ...command, limit: null } : command);
