/** The Workers that operations on orders call, and the error for a call that gets no answer. */

import type { CatalogApi } from '../../../shared/contracts/catalog/api.ts';
import type { CommitmentsApi, InventoryApi } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentsApi, RefundsApi } from '../../../shared/contracts/payments/api.ts';
import type { AllowancesApi, GiftCardsApi, SoldCardsApi } from '../../../shared/contracts/pricing/allowances.ts';
import type { PricingApi } from '../../../shared/contracts/pricing/api.ts';

export interface OperationNeighbors {
  readonly catalog: Pick<CatalogApi, 'variants'>;
  readonly pricing: Pick<PricingApi, 'quoteCart' | 'shipsUnpaid'>;
  readonly inventory: CommitmentsApi & Pick<InventoryApi, 'hold' | 'commitHolds' | 'undoHolds'>;
  readonly payments: Pick<PaymentsApi, 'capture' | 'void'> & Pick<RefundsApi, 'refund' | 'letGo'>;
  readonly allowances: Pick<AllowancesApi, 'releaseAllowances'> &
    Pick<GiftCardsApi, 'creditGiftCard' | 'creditStoreCredit'> &
    SoldCardsApi;
}

/** What a decision reads before anything is recorded. */
export interface Readable {
  readonly catalog: OperationNeighbors['catalog'];
  readonly pricing: OperationNeighbors['pricing'];
  readonly inventory: Pick<OperationNeighbors['inventory'], 'allocations' | 'missingLocation'>;
}

/** A neighbour does not answer. Nothing was recorded, so the caller may retry. */
export class NeighborSilent extends Error {}

/** The same neighbours; a call that gets no answer throws `NeighborSilent`, so that it is not taken for a defect of ours. */
export function readable({ catalog, pricing, inventory }: OperationNeighbors): Readable {
  const heard = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await question();
    } catch (error) {
      throw new NeighborSilent(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    catalog: { variants: (request) => heard(() => catalog.variants(request)) },
    pricing: {
      quoteCart: (question) => heard(() => pricing.quoteCart(question)),
      shipsUnpaid: (paymentMethodId) => heard(() => pricing.shipsUnpaid(paymentMethodId)),
    },
    inventory: {
      allocations: (request) => heard(() => inventory.allocations(request)),
      missingLocation: (locationIds) => heard(() => inventory.missingLocation(locationIds)),
    },
  };
}
