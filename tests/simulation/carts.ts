/**
 * The carts of a run: their own rules over a simulated object, and the interface by which a checkout reaches them. What the
 * object does beside platform matters is repeated here in a few lines; rules and use cases are the project's.
 */
import { cartStreams } from '../../durable-objects/cart/streams.ts';
import type { CartApi, CartSnapshot } from '../../shared/contracts/cart/api.ts';
import { Streams } from '../../shared/streams/streams.ts';
import { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import type { Currency } from '../../shared/values/money.ts';
import { pack } from '../../shared/values/packed.ts';
import { dayMs } from '../../shared/values/time.ts';
import type { Cart, CartEvent } from '../../workers/cart/domain/cart.ts';
import { type CartCommand, type CartCommandRefusal, decideCart } from '../../workers/cart/domain/decide.ts';
import { freezeAnswerOf, type PresentCart, present, snapshotOf } from '../../workers/cart/service/carts.ts';
import { SimulatedObject } from './objects.ts';
import type { Life, Scheduler } from './scheduler.ts';

const cartTtlMs = 30 * dayMs;

interface CartInstance {
  read(cartId: string): Promise<{ readonly cart: Cart; readonly version: number }>;
  execute(cartId: string, command: CartCommand): Promise<CartCommandRefusal | null>;
}

export class Carts {
  readonly storage = new MemoryStreamStorage<CartEvent>();
  readonly object: SimulatedObject<CartInstance>;
  readonly #currency: Currency;

  constructor(scheduler: Scheduler, currency: Currency, skewMs: number) {
    this.#currency = currency;
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
    return this.#snapshotAt(cartId, await this.object.awake().instance.read(cartId), now);
  }

  api(from: Life): CartApi {
    const execute = (cartId: string, command: CartCommand) =>
      this.object.ask(from, `cart ${command.type}`, (instance) => instance.execute(cartId, command));
    return {
      read: (cartId, now) =>
        this.object
          .ask(from, 'cart read', (instance) => instance.read(cartId))
          .then((answer) => pack(this.#snapshotAt(cartId, answer, now))),
      freeze: async ({ cartId, ...freeze }) => {
        const { refusal, ...answer } = await this.object.ask(from, 'cart freeze', async (instance) => {
          const refusal = await instance.execute(cartId, { type: 'freeze', ...freeze });
          return { refusal, ...(await instance.read(cartId)) };
        });
        return pack(freezeAnswerOf(this.#presentAt(cartId, answer, freeze.now), refusal));
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

  #snapshotAt(cartId: string, answer: { cart: Cart; version: number }, now: number): CartSnapshot | null {
    const found = this.#presentAt(cartId, answer, now);
    return found === null ? null : snapshotOf(found);
  }

  #presentAt(cartId: string, answer: { cart: Cart; version: number }, now: number): PresentCart | null {
    const origin = { country: 'DE', currency: this.#currency, createdAt: 0 } as const;
    return present({ cartId, origin }, answer, cartTtlMs, now);
  }
}
