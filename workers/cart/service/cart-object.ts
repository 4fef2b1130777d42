/** What a Cart object is asked and what it answers. Plain data: it crosses RPC. */
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { Packed } from '../../../shared/values/packed.ts';
import type { Cart } from '../domain/cart.ts';
import type { CartCommand, CartCommandRefusal } from '../domain/decide.ts';

export type CartObjectRefusal =
  | CartCommandRefusal
  | { readonly code: 'precondition-failed'; readonly version: number }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' };

export interface CartAnswer {
  readonly refusal: CartObjectRefusal | null;
  readonly cart: Cart;
  readonly version: number;
}

/** What became of the first request under an idempotency key. */
export type Recalled =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'refused'; readonly refusal: Extract<CartObjectRefusal, { code: KeyRefusal }> }
  /** It changed this cart, and its answer was lost in a crash. */
  | { readonly kind: 'unanswered'; readonly cartId: string };

type KeyRefusal = 'idempotency-key-reused' | 'request-in-progress';

export interface CartWrite {
  readonly cartId: string;
  readonly command: CartCommand;
  /** Refused unless the cart has this version. */
  readonly ifVersion: number | null;
  readonly idempotency: IdempotencyKey | null;
  /** The id was made for this very change, so there is nothing to look for. */
  readonly isNew?: boolean;
}

export interface CartStub {
  read(cartId: string): Promise<Packed<CartAnswer>>;
  execute(write: CartWrite): Promise<Packed<CartAnswer>>;
  executeAll(
    writes: readonly { readonly cartId: string; readonly command: CartCommand }[],
  ): Promise<(CartCommandRefusal | null)[]>;
  recall(idempotency: IdempotencyKey, now: number): Promise<Recalled | null>;
  keepAnswer(idempotency: IdempotencyKey, status: number, body: string, now: number): Promise<void>;
}
