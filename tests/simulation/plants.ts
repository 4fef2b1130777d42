/** Where a test may plant a wrong design into a shop, and who watches what comes of it. */

import type { LetGo } from '../../shared/contracts/orders/api.ts';
import type { OutboxPort } from '../../shared/messaging/outbox.ts';
import type { StreamStorage } from '../../shared/streams/ports.ts';
import type { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import type { decideStock, Stock, UnitCommand } from '../../workers/inventory/domain/decide.ts';
import type { CheckoutNeighbors, Steps } from '../../workers/orders/checkout/steps.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import type { CheckoutPlan } from '../../workers/orders/domain/checkout/plan.ts';
import type { OperationNeighbors } from '../../workers/orders/service/neighbors.ts';
import type { Allowance } from '../../workers/pricing/domain/allowance/allowance.ts';
import type { decideAllowance } from '../../workers/pricing/domain/allowance/decide.ts';
import type { BankMovement } from './bank.ts';
import type { Life, Scheduler } from './scheduler.ts';
import type { SubscriberPlants } from './subscribers.ts';

export type OutboxReach = Pick<OutboxPort, 'send' | 'handled' | 'report'>;

/** Places where a test may put a wrong design. All are absent in an honest run. */
export interface Plants extends SubscriberPlants {
  readonly plan?: CheckoutPlan;
  readonly neighbors?: (neighbors: CheckoutNeighbors) => CheckoutNeighbors;
  readonly steps?: (steps: Steps) => Steps;
  /** What operations on orders ask of others. */
  readonly operated?: (neighbors: OperationNeighbors) => OperationNeighbors;
  readonly decideStock?: typeof decideStock;
  /** What a hold leaves behind that is taken out of order. */
  readonly leaving?: number;
  readonly decideAllowance?: typeof decideAllowance;
  readonly orderStorage?: (
    storage: MemoryStreamStorage<OrderStreamEvent>,
    life: Life,
    scheduler: Scheduler,
  ) => StreamStorage<OrderStreamEvent>;
  readonly reach?: (reach: OutboxReach) => OutboxReach;
  /** What a checkout does with the wish to change its cart. */
  readonly letGo?: (honest: () => Promise<LetGo>, cartId: string, checkoutId: string) => Promise<LetGo>;
  /** The id of the checkout that a request starts. */
  readonly checkoutIdOf?: (honest: string, attempt: number) => string;
}

export interface ShopWatcher {
  onStock(unitId: string, stock: Stock, command: UnitCommand): void;
  onAllowance(name: string, allowance: Allowance): void;
  /** All goods that a key held were given back, and their owner knows. */
  onGivenBack(key: string): void;
  /** What a key held of one allowance was given back, and its owner knows. */
  onAllowanceGivenBack(name: string, key: string): void;
  onMovement(movement: BankMovement): void;
}
