/** What other Workers may ask orders. */

export interface OrdersApi {
  /**
   * Whether a customer had an order before a moment (milliseconds since 1970) that was not canceled. The customer is named as
   * in quotes, for a guest by `guestIdOf`. Answered from the read model, which follows within seconds.
   */
  hasOrdered(customer: string, before: number): Promise<boolean>;
}
