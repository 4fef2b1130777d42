/**
 * The cart Worker: carts in Cart objects, priced for every answer. Checkouts read, freeze and complete carts through its
 * RPC interface. It has no database and no inbox.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  CartApi,
  CartSnapshot,
  DiscardRefusal,
  DraftCartsApi,
  FreezeRefusal,
  FreezeRequest,
  RemembersMerchant,
  RepriceRequest,
} from '../../shared/contracts/cart/api.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import { objectNameOf } from '../../shared/values/placement.ts';
import { type Result, refuse } from '../../shared/values/result.ts';
import type { CartEnv } from './context.ts';
import type { CartCommand } from './domain/decide.ts';
import { cartTtlMs } from './domain/lifetime.ts';
import { app } from './routes.ts';
import type { CartStub } from './service/cart-object.ts';
import { forgetMerchant, freezeCart, locate, locateOwn, noCart, present, snapshotOf } from './service/carts.ts';

export { CartObject } from '../../durable-objects/cart/object.ts';

export default class CartService
  extends WorkerEntrypoint<CartEnv>
  implements CartApi, DraftCartsApi, RemembersMerchant
{
  override fetch(request: Request) {
    return app.fetch(request, this.env, this.ctx);
  }

  async read(cartId: string, now: number): Promise<Packed<CartSnapshot | null>> {
    const located = locate(this.env, cartId);
    if (located === null) return pack(null);
    const found = present(located, unpack(await located.stub.read(cartId)), cartTtlMs(this.env.VITRINE_CART_DAYS), now);
    return pack(found === null ? null : snapshotOf(found));
  }

  async freeze({ cartId, ...freeze }: FreezeRequest): Promise<Packed<Result<CartSnapshot, FreezeRefusal>>> {
    const located = locate(this.env, cartId);
    if (located === null) return pack(refuse(noCart));
    return pack(await freezeCart(located, { type: 'freeze', ...freeze }, cartTtlMs(this.env.VITRINE_CART_DAYS)));
  }

  async thaw({ cartId, ...thaw }: Parameters<CartApi['thaw']>[0]): Promise<void> {
    await this.#execute(cartId, { type: 'thaw', ...thaw });
  }

  async reprice({ cartId, ...what }: RepriceRequest): Promise<void> {
    await this.#execute(cartId, { type: 'reprice', ...what });
  }

  async complete(carts: Parameters<CartApi['complete']>[0], now: number): Promise<void> {
    const byObject = new Map<string, { stub: CartStub; writes: { cartId: string; command: CartCommand }[] }>();
    for (const { cartId, checkoutId } of carts) {
      const located = locateOwn(this.env, cartId);
      if (located === null) throw new Error(`${cartId} is no cart, yet it was checked out`);
      const group = byObject.get(objectNameOf(located.place)) ?? { stub: located.stub, writes: [] };
      group.writes.push({ cartId, command: { type: 'complete', checkoutId, now } });
      byObject.set(objectNameOf(located.place), group);
    }
    await Promise.all([...byObject.values()].map(({ stub, writes }) => stub.executeAll(writes)));
  }

  async discard(cartId: string, now: number): Promise<DiscardRefusal | null> {
    return (await locateOwn(this.env, cartId)?.stub.discard(cartId, now)) ?? null;
  }

  async forget(): Promise<void> {
    forgetMerchant();
  }

  async #execute(cartId: string, command: CartCommand) {
    const located = locateOwn(this.env, cartId);
    await located?.stub.executeAll([{ cartId, command }]);
  }
}
