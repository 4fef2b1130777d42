/** What a Cart object is asked and what it answers. Plain data: it crosses RPC. */

import type { CartLine, DiscardRefusal, DiscountByHand } from '../../../shared/contracts/cart/api.ts';
import type { DetailsInput } from '../../../shared/contracts/cart/http.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { Packed } from '../../../shared/values/packed.ts';
import type { Refusal } from '../../../shared/values/result.ts';
import type { Cart, CartOrigin } from '../domain/cart.ts';
import type { CartCommand, CartCommandRefusal, LineChange } from '../domain/decide.ts';

/** Where a line stands in the request, and by which field it names its variant. */
export interface LinePlace {
  /** Empty where the body is the line. */
  readonly pointer: string;
  readonly field: 'sku' | 'variantId' | 'custom';
}

/** What a shopper, or a merchant's system, wants of a cart. */
export type CartWish =
  | {
      readonly type: 'add-lines';
      readonly lines: readonly CartLine[];
      /** Where each line stands in the request. */
      readonly places?: readonly LinePlace[];
    }
  | ({ readonly type: 'change-line'; readonly lineId: string } & LineChange)
  | { readonly type: 'remove-line'; readonly lineId: string }
  | { readonly type: 'change-details'; readonly input: DetailsInput }
  | { readonly type: 'set-customer'; readonly customer: Customer | null; readonly actor: string }
  | {
      readonly type: 'set-discount';
      readonly discount: DiscountByHand | null;
      readonly currencies: readonly string[];
    };

/** Who asks about which cart, and when. */
export interface CartAsked {
  readonly cartId: string;
  /** As the id says it: a cart that nothing was put into yet exists by its id alone. */
  readonly origin: CartOrigin;
  readonly requestId: string;
  readonly now: number;
}

export interface CartWrite extends CartAsked {
  readonly wish: CartWish;
  /** Refused unless the cart has this version. */
  readonly ifVersion: number | null;
  readonly idempotency: IdempotencyKey | null;
  /** The id was made for this very change, so there is nothing to look for. */
  readonly isNew: boolean;
  /** Of a success. */
  readonly status: 200 | 201;
}

/** A refusal that was found before the cart was asked. A key that has an answer gets that one all the same. */
export interface EarlyRefusal {
  readonly refusal: Refusal;
  readonly idempotency: IdempotencyKey;
  readonly requestId: string;
  readonly now: number;
}

/** An answer as it is sent, and kept under a key: the text itself, so that a replay is the same to the byte. */
export interface CartText {
  readonly status: number;
  readonly body: string;
  /** The cart that the body shows; null where it shows none. */
  readonly shown: { readonly cartId: string; readonly version: number } | null;
  readonly isReplay: boolean;
  /** How many of the codes that the request gave are none at all. Absent: none of them. */
  readonly wrongCodes?: number;
}

/** A cart as it is stored. */
export interface StoredCart {
  readonly cart: Cart;
  readonly version: number;
}

export interface CommandAnswer extends StoredCart {
  readonly refusal: CartCommandRefusal | null;
}

export interface CartStub {
  /** Decides, prices and commits a change, and answers it. Packed: a line brings all that the catalogue says of its variant. */
  write(write: Packed<CartWrite>): Promise<CartText>;
  refuse(early: EarlyRefusal): Promise<CartText>;
  /** The priced cart. */
  show(asked: CartAsked): Promise<CartText>;
  /** The shipping options of the priced cart. */
  shippingOptions(asked: CartAsked): Promise<CartText>;
  /** The ways to pay for the priced cart. */
  paymentMethods(asked: CartAsked): Promise<CartText>;
  read(cartId: string): Promise<Packed<StoredCart>>;
  /** What a checkout does with a cart: nothing is priced. */
  execute(cartId: string, command: CartCommand): Promise<Packed<CommandAnswer>>;
  /** Deletes a cart with all its events, unless it is bought. */
  discard(cartId: string, now: number): Promise<DiscardRefusal | null>;
  /** Several carts in one commit. Answers only why not, for those who do not look at the cart. */
  executeAll(
    writes: readonly { readonly cartId: string; readonly command: CartCommand }[],
  ): Promise<(CartCommandRefusal | null)[]>;
}
