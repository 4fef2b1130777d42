/** How effects say what became of them. Checkouts and operations on orders do it alike. */
import type { HoldRefusal } from '../../../shared/contracts/inventory/api.ts';
import type { CheckoutDetails } from '../domain/checkout/checkout.ts';
import type { Outcome } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';

export const done = { kind: 'done' } as const satisfies Outcome;
export const unknown = (why: string) => ({ kind: 'unknown', why }) as const satisfies Outcome;
/** It was asked about, and has not happened. */
export const absent = { kind: 'absent' } as const satisfies Outcome;
export const refused = (failure: OrderRefusal) => ({ kind: 'refused', failure }) as const satisfies Outcome;

/** An effect that throws may or may not have happened. */
export async function attempt<How = Outcome>(effect: () => Promise<How>): Promise<How | ReturnType<typeof unknown>> {
  try {
    return await effect();
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

/** Says which line is short, by its SKU: stock units mean nothing to a shopper. */
export function holdRefused(refusal: HoldRefusal, { lines }: Pick<CheckoutDetails, 'lines'>): OrderRefusal {
  if (refusal.code !== 'insufficient-stock')
    return { code: 'checkout-expired', detail: 'This checkout has ended; start a new one.' };
  const line = lines.find(({ variant }) => variant.stockNeeds.some((need) => need.stockUnitId === refusal.stockUnitId));
  const { available, requested } = refusal;
  const sku = line?.variant.sku ?? null;
  const detail = `Only ${available} of ${sku} can be had.`;
  return { code: 'insufficient-stock', detail, sku, lineId: line?.lineId ?? null, requested, available };
}
