/** The neighbours of checkouts, in memory: they do what a test says they do, and remember what they were asked. */
import type { CartApi } from '../../../shared/contracts/cart/api.ts';
import type { InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentOutcome, PaymentsApi } from '../../../shared/contracts/payments/api.ts';
import { pack } from '../../../shared/values/packed.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import type { CheckoutNeighbors } from '../checkout/steps.ts';
import { cartSnapshot } from './checkouts.ts';

const silent = () => Promise.reject(new Error('nobody answers'));

/** Neighbours that are never to be asked. */
export const silentNeighbours: CheckoutNeighbors = {
  cart: { read: silent, freeze: silent, thaw: silent, reprice: silent, complete: silent },
  catalog: { variants: silent },
  pricing: { quoteCart: silent },
  inventory: { hold: silent, commitHolds: silent, undoHolds: silent },
  payments: { authorize: silent, lookup: silent, capture: silent, void: silent },
  allowances: { holdAllowances: silent, commitAllowances: silent, releaseAllowances: silent },
};

export class Neighbours {
  readonly asked: string[] = [];
  /** The means of payment that the provider was told. */
  readonly tokens: (string | null)[] = [];
  available = 5;
  /** What the provider does with an authorization; null: it takes it and its answer is lost. */
  authorization: PaymentOutcome | null = { status: 'authorized', amountMinor: 2990 };
  known: PaymentOutcome = { status: 'absent' };
  cartStatus: 'active' | 'frozen' | 'completed' = 'active';
  /** The checkout for which the cart is frozen, where that is not the one that asks. */
  frozenFor: string | null = null;
  /** False while no call is answered. */
  isAlive = true;
  isLostAfterAuthorization = false;

  #ask(what: string): void {
    if (!this.isAlive) throw new Error('the network is gone');
    this.asked.push(what);
  }

  get cart(): CartApi {
    return {
      read: async () => pack(cartSnapshot({ status: this.cartStatus })),
      freeze: async ({ now: updatedAt }) => {
        this.#ask('freeze');
        if (this.frozenFor !== null)
          return pack(refuse({ code: 'cart-frozen', detail: 'In another checkout.', checkoutId: this.frozenFor }));
        this.cartStatus = 'frozen';
        return pack(accept(cartSnapshot({ status: 'frozen', updatedAt })));
      },
      thaw: async () => {
        this.#ask('thaw');
        this.cartStatus = 'active';
        this.frozenFor = null;
      },
      reprice: async () => {},
      complete: async () => {
        this.#ask('complete');
        this.cartStatus = 'completed';
      },
    };
  }

  get inventory(): InventoryApi {
    return {
      openStock: async () => {},
      handledEvents: async () => [],
      hold: async ({ needs }) => {
        this.#ask('hold');
        const requested = needs.reduce((sum, need) => sum + need.quantity, 0);
        if (requested <= this.available) return accept(null);
        return refuse({ code: 'insufficient-stock', stockUnitId: 'stk_1', requested, available: this.available });
      },
      commitHolds: async () => {
        this.#ask('commit');
        return accept(null);
      },
      undoHolds: async () => this.#ask('undo'),
    };
  }

  get payments(): PaymentsApi {
    return {
      authorize: async ({ token }) => {
        this.#ask('authorize');
        this.tokens.push(token);
        this.isAlive = !this.isLostAfterAuthorization;
        this.known = this.authorization ?? { status: 'authorized', amountMinor: 2990 };
        return this.authorization ?? { status: 'unknown', reason: 'no answer' };
      },
      lookup: async () => {
        this.#ask('lookup');
        return this.known;
      },
      capture: async () => {
        this.#ask('capture');
        this.known = { status: 'captured', amountMinor: 2990 };
        return this.known;
      },
      void: async () => {
        this.#ask('void');
        this.known = { status: 'voided' };
        return this.known;
      },
    };
  }
}
