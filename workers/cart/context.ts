/** What the cart Worker is bound to. */

import type { CatalogApi } from '../../shared/contracts/catalog/api.ts';
import type { CheckoutsApi } from '../../shared/contracts/orders/api.ts';
import type { AllowancesApi, GiftCardsApi } from '../../shared/contracts/pricing/allowances.ts';
import type { PricingApi } from '../../shared/contracts/pricing/api.ts';
import type { ShelfApi } from '../../shared/contracts/pricing/shelf.ts';
import type { SecretEnv } from '../../shared/digest/shop-secrets.ts';
import type { CartStub } from './service/cart-object.ts';

export interface CartEnv extends SecretEnv {
  readonly CARTS: { getByName(name: string, options: { locationHint: DurableObjectLocationHint }): CartStub };
  readonly CATALOG: Pick<CatalogApi, 'variants' | 'variantRevision' | 'standings'>;
  readonly PRICING: Omit<PricingApi, 'shipsUnpaid'> &
    Pick<AllowancesApi, 'balances'> &
    Pick<GiftCardsApi, 'findGiftCards'> &
    Pick<ShelfApi, 'shelf'>;
  readonly ORDERS: CheckoutsApi;
  readonly VITRINE_CART_DAYS?: string;
}
