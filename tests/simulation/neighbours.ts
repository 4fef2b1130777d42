/**
 * The carts and the stock of a run: their own rules over simulated objects, and the interfaces by which a checkout reaches
 * them. What the objects do beside platform matters is repeated here in a few lines; rules and use cases are the project's.
 */
import { cartStreams } from '../../durable-objects/cart/streams.ts';
import { stockObjectNameOf } from '../../durable-objects/placement.ts';
import type { StepMode, StockAnswer, UnitStep } from '../../durable-objects/stock/object.ts';
import { answerOf, takeSteps } from '../../durable-objects/stock/steps.ts';
import { stockStreams } from '../../durable-objects/stock/streams.ts';
import { Streams } from '../../durable-objects/streams.ts';
import type { CartApi, CartSnapshot, FreezeRefusal } from '../../shared/contracts/cart.ts';
import type { InventoryApi } from '../../shared/contracts/inventory.ts';
import { accept, refuse } from '../../shared/values/result.ts';
import { dayMs } from '../../shared/values/time.ts';
import type { Cart, CartEvent } from '../../workers/cart/domain/cart.ts';
import { type CartCommand, type CartNo, decideCart } from '../../workers/cart/domain/decide.ts';
import { type LocatedCart, present, snapshotOf } from '../../workers/cart/service.ts';
import { decideStock, type Stock, type StockCommand, type StockEvent } from '../../workers/inventory/domain.ts';
import { KnownUnits } from '../../workers/inventory/service/known-units.ts';
import { commitAll, holdAll, type Inventory, undoAll } from '../../workers/inventory/service.ts';
import { SimulatedObject } from './objects.ts';
import { Life, type Scheduler } from './scheduler.ts';
import { MemoryStreamStorage } from './stream-storage.ts';
import type { Subscribers } from './subscribers.ts';

const cartTtlMs = 30 * dayMs;

export interface CartInstance {
  read(cartId: string): Promise<{ readonly cart: Cart; readonly version: number }>;
  execute(cartId: string, command: CartCommand): Promise<CartNo | null>;
}

export class Carts {
  readonly storage = new MemoryStreamStorage<CartEvent>();
  readonly object: SimulatedObject<CartInstance>;

  constructor(scheduler: Scheduler, skewMs: number) {
    this.object = new SimulatedObject(scheduler, 'cart object', skewMs, {
      start: (_life, alarm) => {
        const streams = new Streams(cartStreams(cartTtlMs), this.storage, alarm);
        return {
          read: async (cartId) => {
            const { state, version } = streams.load(cartId);
            return { cart: state, version };
          },
          execute: async (cartId, command) =>
            streams.execute(cartId, command.now, ({ state, version }) => decideCart(state, version, command)).refusal,
        };
      },
      // Carts live for weeks: no run comes to their end.
      onAlarm: async () => undefined,
    });
  }

  /** A cart as it would be read at a moment. */
  async snapshot(cartId: string, now: number): Promise<CartSnapshot | null> {
    return snapshotAt(cartId, await this.object.awake().instance.read(cartId), now);
  }

  api(from: Life): CartApi {
    const execute = (cartId: string, command: CartCommand) =>
      this.object.ask(from, `cart ${command.type}`, (instance) => instance.execute(cartId, command));
    return {
      read: (cartId, now) =>
        this.object
          .ask(from, 'cart read', (instance) => instance.read(cartId))
          .then((answer) => snapshotAt(cartId, answer, now)),
      freeze: async ({ cartId, ...freeze }) => {
        const refusal = await execute(cartId, { type: 'freeze', ...freeze });
        return refusal === null ? accept(null) : refuse(refusal as FreezeRefusal);
      },
      thaw: async ({ cartId, ...thaw }) => void (await execute(cartId, { type: 'thaw', ...thaw })),
      reprice: async ({ cartId, ...reprice }) => void (await execute(cartId, { type: 'reprice', ...reprice })),
      complete: async (carts, now) => {
        await this.object.ask(from, 'cart complete', async (instance) => {
          for (const { cartId, checkoutId } of carts)
            await instance.execute(cartId, { type: 'complete', checkoutId, now });
        });
      },
    };
  }
}

function snapshotAt(cartId: string, answer: { cart: Cart; version: number }, now: number): CartSnapshot | null {
  const located = { cartId, origin: { country: 'DE', currency: 'EUR', createdAt: 0 } } as unknown as LocatedCart;
  const found = present(located, answer, cartTtlMs, now);
  return found === null ? null : snapshotOf(found, now);
}

export interface StockPlants {
  readonly decide: typeof decideStock | undefined;
  readonly onChange: (unitId: string, stock: Stock) => void;
  readonly onGivenBack: (key: string) => void;
}

export interface StockInstance {
  readonly streams: Streams<Stock, StockEvent>;
  readonly life: Life;
  execute(stockUnitId: string, command: StockCommand): Promise<StockAnswer>;
  executeAll(steps: readonly UnitStep[], mode?: StepMode): Promise<StockAnswer[]>;
}

export class StockUnits {
  /** By the name of the object, as the project places units. */
  readonly storages = new Map<string, MemoryStreamStorage<StockEvent>>();
  readonly objects = new Map<string, SimulatedObject<StockInstance>>();
  readonly #scheduler: Scheduler;
  readonly #onGivenBack: (key: string) => void;
  readonly #known = new KnownUnits();

  constructor(
    scheduler: Scheduler,
    units: Iterable<string>,
    skewOf: () => number,
    subscribers: () => Subscribers,
    plants: StockPlants,
  ) {
    this.#scheduler = scheduler;
    this.#onGivenBack = plants.onGivenBack;
    const decide = plants.decide ?? decideStock;
    for (const name of new Set([...units].map(stockObjectNameOf))) {
      const storage = new MemoryStreamStorage<StockEvent>();
      this.storages.set(name, storage);
      const object = new SimulatedObject<StockInstance>(scheduler, name, skewOf(), {
        start: (life, alarm) => {
          const streams = new Streams(stockStreams, storage, alarm);
          const run = ({ stockUnitId, command }: UnitStep): StockAnswer => {
            const { state, version, refusal } = streams.execute(stockUnitId, command.now, (loaded) =>
              decide(loaded.state, command),
            );
            plants.onChange(stockUnitId, state);
            return answerOf(state, version, refusal, command.now);
          };
          const check = ({ stockUnitId, command }: UnitStep): StockAnswer => {
            const { state, version } = streams.load(stockUnitId);
            return answerOf(state, version, decide(state, command).refusal, command.now);
          };
          return {
            streams,
            life,
            execute: async (stockUnitId, command) => run({ stockUnitId, command }),
            executeAll: async (steps, mode = 'each') => takeSteps(steps, mode, { check, run }),
          };
        },
        onAlarm: ({ streams, life, execute }, now) => {
          const wake = async (ids: readonly string[]) => {
            for (const id of ids) await execute(id, { type: 'expire', now });
          };
          return streams.onAlarm(now, wake, subscribers().reach(life));
        },
      });
      this.objects.set(name, object);
    }
  }

  history(unitId: string): readonly StockEvent[] {
    return this.storages.get(stockObjectNameOf(unitId))?.history(unitId) ?? [];
  }

  /** The stock of a unit, folded from its events alone. */
  replayed(unitId: string): Stock {
    return this.history(unitId).reduce(stockStreams.evolve, stockStreams.initial);
  }

  /** Opens a unit before the run begins. */
  async open(unitId: string, quantity: number, now: number): Promise<void> {
    const command: StockCommand = { type: 'open', levels: { loc_main: quantity }, floor: 0, now };
    await this.#object(stockObjectNameOf(unitId)).awake().instance.execute(unitId, command);
  }

  api(from: Life): Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'> {
    const ask = <Answer>(label: string, serve: (inventory: Inventory) => Promise<Answer>) =>
      this.#scheduler.call(
        from,
        `inventory ${label}`,
        () => new Life('inventory worker'),
        (life) => serve(this.#inventory(life)),
      );
    return {
      hold: (request) => ask('hold', (inventory) => holdAll(inventory, request)),
      commitHolds: (reference) => ask('commit', (inventory) => commitAll(inventory, reference)),
      undoHolds: async (reference) => {
        await ask('undo', (inventory) => undoAll(inventory, reference));
        this.#onGivenBack(reference.key);
      },
    };
  }

  #inventory(life: Life): Inventory {
    return {
      stock: {
        getByName: (name) => ({
          execute: (unitId, command) =>
            this.#object(name).ask(life, `stock ${command.type}`, (one) => one.execute(unitId, command)),
          executeAll: (steps, mode) =>
            this.#object(name).ask(life, `stock ${steps[0]?.command.type}`, (one) => one.executeAll(steps, mode)),
          movements: () => Promise.reject(new Error('No checkout reads the ledger')),
        }),
      },
      // Every unit is open before the run: its opening is never looked up.
      db: undefined as unknown as Inventory['db'],
      known: this.#known,
    };
  }

  #object(name: string): SimulatedObject<StockInstance> {
    const found = this.objects.get(name);
    if (found === undefined) throw new Error(`There is no stock object ${name}`);
    return found;
  }
}
