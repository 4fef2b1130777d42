/** Where a test may plant a wrong design into a shop, and who watches what comes of it. */
import type { Allowance } from '../../durable-objects/allowance/allowance.ts';
import type { decideAllowance } from '../../durable-objects/allowance/decisions.ts';
import type { CheckoutNeighbors } from '../../durable-objects/order/checkouts.ts';
import type { OperationNeighbors } from '../../durable-objects/order/neighbors.ts';
import type { Effects } from '../../durable-objects/order/steps.ts';
import type { StreamStorage } from '../../durable-objects/streams.ts';
import type { OutboxPort } from '../../shared/messaging/outbox.ts';
import type { decideStock, Stock } from '../../workers/inventory/domain.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/order.ts';
import type { StepName } from '../../workers/orders/domain/plan.ts';
import type { BankMovement } from './bank.ts';
import type { Life, Scheduler } from './scheduler.ts';
import type { MemoryStreamStorage } from './stream-storage.ts';
import type { SubscriberPlants } from './subscribers.ts';

export type OutboxReach = Pick<OutboxPort, 'send' | 'handled' | 'report'>;

/** Places where a test may put a wrong design. All are absent in an honest run. */
export interface Plants extends SubscriberPlants {
  readonly steps?: readonly StepName[];
  readonly neighbors?: (neighbors: CheckoutNeighbors) => CheckoutNeighbors;
  readonly effects?: (effects: Effects) => Effects;
  /** What operations on orders ask of others. */
  readonly operated?: (neighbors: OperationNeighbors) => OperationNeighbors;
  readonly decideStock?: typeof decideStock;
  readonly decideAllowance?: typeof decideAllowance;
  readonly orderStorage?: (
    storage: MemoryStreamStorage<OrderStreamEvent>,
    life: Life,
    scheduler: Scheduler,
  ) => StreamStorage<OrderStreamEvent>;
  readonly reach?: (reach: OutboxReach) => OutboxReach;
  /** The id of the checkout that a request starts. */
  readonly checkoutIdOf?: (honest: string, attempt: number) => string;
}

export interface ShopWatcher {
  onStock(unitId: string, stock: Stock): void;
  onAllowance(name: string, allowance: Allowance): void;
  /** All goods that a key held were given back, and their owner knows. */
  onGivenBack(key: string): void;
  /** What a key held of one allowance was given back, and its owner knows. */
  onAllowanceGivenBack(name: string, key: string): void;
  onMovement(movement: BankMovement): void;
}
