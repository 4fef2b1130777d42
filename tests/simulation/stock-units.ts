/**
 * The stock of a run: its own rules over simulated objects, and the interface by which checkouts and operations reach it. What
 * the objects do beside platform matters is repeated here in a few lines; rules and use cases are the project's.
 */

import { stockStreams } from '../../durable-objects/stock/streams.ts';
import type { CommitmentsApi, InventoryApi, LocatedQuantity } from '../../shared/contracts/inventory/api.ts';
import { committedParts } from '../../shared/holds/holds.ts';
import { Streams } from '../../shared/streams/streams.ts';
import { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import { stockObjectNameOf } from '../../shared/values/placement.ts';
import {
  decideStock,
  type Stock,
  type StockCommand,
  type StockEvent,
  type UnitCommand,
} from '../../workers/inventory/domain/decide.ts';
import type { StepMode, StockAnswer, UnitStep } from '../../workers/inventory/domain/steps.ts';
import { answerOf, takeSteps } from '../../workers/inventory/domain/steps.ts';
import { allocationsOf, releaseCommitted, restock, ship, unship } from '../../workers/inventory/service/commitments.ts';
import { KnownUnits } from '../../workers/inventory/service/known-units.ts';
import { commitAll, holdAll, undoAll, type WholeInventory } from '../../workers/inventory/service/stock.ts';
import { missingLocation } from '../../workers/inventory/store/locations.ts';
import { levelsOf, locationIds } from './goods.ts';
import { SimulatedObject } from './objects.ts';
import { Life, type Scheduler } from './scheduler.ts';
import type { Subscribers } from './subscribers.ts';

/** As many as a cart of a run wants of one unit at most, so that runs with few goods take both ways of holding. */
const unitsPerCartMax = 4;

interface StockPlants {
  readonly decide: typeof decideStock | undefined;
  readonly onChange: (unitId: string, stock: Stock, command: UnitCommand) => void;
  readonly onGivenBack: (key: string) => void;
  /** What a hold out of order leaves behind. */
  readonly leaving: number | undefined;
}

interface StockInstance {
  readonly streams: Streams<Stock, StockEvent>;
  readonly life: Life;
  execute(stockUnitId: string, command: StockCommand): Promise<StockAnswer>;
  executeAll(steps: readonly UnitStep[], mode?: StepMode): Promise<StockAnswer[]>;
  allocations(key: string, stockUnitIds: readonly string[]): Promise<LocatedQuantity[]>;
}

export class StockUnits {
  /** By the name of the object, as the project places units. */
  readonly storages = new Map<string, MemoryStreamStorage<StockEvent>>();
  readonly objects = new Map<string, SimulatedObject<StockInstance>>();
  readonly #scheduler: Scheduler;
  readonly #onGivenBack: (key: string) => void;
  readonly #leaving: number;
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
    this.#leaving = plants.leaving ?? unitsPerCartMax;
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
            plants.onChange(stockUnitId, state, command);
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
            allocations: async (key, stockUnitIds) =>
              stockUnitIds.flatMap((stockUnitId) =>
                committedParts(streams.load(stockUnitId).state.holds, key).map(({ poolId: locationId, quantity }) => ({
                  stockUnitId,
                  locationId,
                  quantity,
                })),
              ),
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
    const command: StockCommand = { type: 'open', levels: levelsOf(quantity), floor: 0, now };
    await this.#object(stockObjectNameOf(unitId)).awake().instance.execute(unitId, command);
  }

  /** A count at a place that finds more or less than was thought; not less than nothing. */
  async count(unitId: string, locationId: string, delta: number, now: number): Promise<void> {
    const found = {
      type: 'adjust',
      locationId,
      delta,
      reason: 'count',
      actor: 'merchant',
      onHandExpected: null,
    } as const;
    await this.#object(stockObjectNameOf(unitId))
      .awake()
      .instance.execute(unitId, { ...found, now });
  }

  api(from: Life): Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'> & CommitmentsApi {
    const ask = <Answer>(label: string, serve: (inventory: WholeInventory) => Promise<Answer>) =>
      this.#scheduler.call(
        from,
        `inventory ${label}`,
        () => new Life('inventory worker'),
        (life) => serve(this.#inventory(life)),
      );
    return {
      hold: (request) => ask('hold', (inventory) => holdAll(inventory, request, this.#leaving)),
      commitHolds: (reference) => ask('commit', (inventory) => commitAll(inventory, reference)),
      undoHolds: async (reference) => {
        await ask('undo', (inventory) => undoAll(inventory, reference));
        this.#onGivenBack(reference.key);
      },
      missingLocation: (ids) => ask('locations', ({ db }) => missingLocation(db, ids)),
      allocations: (request) => ask('allocations', (inventory) => allocationsOf(inventory, request)),
      ship: (request) => ask('ship', (inventory) => ship(inventory, request)),
      unship: (request) => ask('unship', (inventory) => unship(inventory, request)),
      releaseCommitted: (request) => ask('release', (inventory) => releaseCommitted(inventory, request)),
      restock: (request) => ask('restock', (inventory) => restock(inventory, request)),
    };
  }

  #inventory(life: Life): WholeInventory {
    return {
      stock: {
        getByName: (name) => ({
          execute: (unitId, command) =>
            this.#object(name).ask(life, `stock ${command.type}`, (one) => one.execute(unitId, command)),
          executeAll: (steps, mode) =>
            this.#object(name).ask(life, `stock ${steps[0]?.command.type}`, (one) => one.executeAll(steps, mode)),
          allocations: (key, unitIds) =>
            this.#object(name).ask(life, 'stock allocations', (one) => one.allocations(key, unitIds)),
          movements: () => Promise.reject(new Error('No order reads the ledger')),
          shortPromises: () => Promise.reject(new Error('No order asks for shortfalls')),
          rankLocations: () => Promise.reject(new Error('No order ranks locations')),
        }),
      },
      db: this.#locations(life),
      known: this.#known,
    };
  }

  /** Every unit is open before the run, so all that is ever asked of the database is which locations there are. */
  #locations(life: Life): WholeInventory['db'] {
    const rows = locationIds.map((id) => ({ id }));
    const read = () =>
      this.#scheduler.call(
        life,
        'inventory database',
        () => new Life('inventory database'),
        async () => rows,
      );
    return { select: () => ({ from: () => ({ where: read }) }) } as unknown as WholeInventory['db'];
  }

  #object(name: string): SimulatedObject<StockInstance> {
    const found = this.objects.get(name);
    if (found === undefined) throw new Error(`There is no stock object ${name}`);
    return found;
  }
}
