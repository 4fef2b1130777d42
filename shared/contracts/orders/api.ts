/** What other Workers may ask orders. */

export interface OrdersApi {
  /**
   * Whether a customer had an order before a moment (milliseconds since 1970) that was not canceled. The customer is named as
   * in quotes, for a guest by `guestIdOf`. Answered from the read model, which follows within seconds.
   */
  hasOrdered(customer: string, before: number): Promise<boolean>;
}

/** `kept`: the checkout goes on. `busy`: it ends, and has not given everything back yet; ask again. */
export type LetGo = 'free' | 'kept' | 'busy';

/** What carts may ask. */
export interface CheckoutsApi {
  /**
   * The shopper wants to change a cart that a checkout has frozen. A checkout whose payment came to nothing, or waits to be
   * confirmed, ends for it and gives the cart back: `free`.
   */
  letGoOfCart(checkoutId: string): Promise<LetGo>;
}
