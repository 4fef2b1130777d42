/** What the name of an allowance says: that of one customer has their name behind the id of the promotion. */

/** Whether it holds the uses of a promotion that one customer has, so that others may still have theirs. */
export function isOfOneCustomer({ allowance }: { readonly allowance: string }): boolean {
  return /^promo:[^:]+:./.test(allowance);
}
