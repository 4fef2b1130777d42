/** What the cart Worker is bound to. */
import type { CartAnswer, CartWrite, Recalled } from '../../durable-objects/cart/object.ts';
import type { AllowancesApi, GiftCardsApi } from '../../shared/contracts/allowances.ts';
import type { CatalogApi } from '../../shared/contracts/catalog.ts';
import type { PricingApi } from '../../shared/contracts/pricing.ts';
import type { IdempotencyKey } from '../../shared/http/idempotency.ts';
import type { Packed } from '../../shared/values/packed.ts';
import type { CartCommand, CartNo } from './domain/decide.ts';

export interface CartStub {
  read(cartId: string): Promise<Packed<CartAnswer>>;
  execute(write: CartWrite): Promise<Packed<CartAnswer>>;
  executeAll(writes: readonly { readonly cartId: string; readonly command: CartCommand }[]): Promise<(CartNo | null)[]>;
  recall(idempotency: IdempotencyKey, now: number): Promise<Recalled | null>;
  keepAnswer(idempotency: IdempotencyKey, status: number, body: string, now: number): Promise<void>;
}

export interface CartEnv {
  readonly CARTS: { getByName(name: string, options: { locationHint: DurableObjectLocationHint }): CartStub };
  readonly CATALOG: Pick<CatalogApi, 'variants' | 'variantRevision'>;
  readonly PRICING: PricingApi & Pick<AllowancesApi, 'balances'> & Pick<GiftCardsApi, 'findGiftCards'>;
  readonly VITRINE_SECRET: string;
  readonly VITRINE_CART_DAYS?: string;
}
