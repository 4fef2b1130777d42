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

/**
 * Says which line is short, by its SKU and in its own units: stock units mean nothing to a shopper. Lines before it keep what they
 * take of the same stock, as a component of a bundle may be sold by itself beside it.
 */
export function holdRefused(refusal: HoldRefusal, { lines }: Pick<CheckoutDetails, 'lines'>): OrderRefusal {
  if (refusal.code !== 'insufficient-stock')
    return { code: 'checkout-expired', detail: 'This checkout has ended; start a new one.' };
  const { line, requested, available } = shortLine(refusal, lines);
  const sku = line?.variant.sku ?? null;
  const what = sku ?? 'what is added';
  const detail = available <= 0 ? `Nothing of ${what} is left.` : `Only ${available} of ${what} can be had.`;
  return { code: 'insufficient-stock', detail, sku, lineId: line?.lineId ?? null, requested, available };
}

type Short = Extract<HoldRefusal, { readonly code: 'insufficient-stock' }>;

function shortLine({ stockUnitId, requested, available }: Short, lines: CheckoutDetails['lines']) {
  const takers = lines.flatMap((line) => {
    const need = line.variant.stockNeeds.find((one) => one.stockUnitId === stockUnitId);
    return need === undefined ? [] : [{ line, each: need.quantity, takes: need.quantity * line.quantity }];
  });
  const [first] = takers;
  if (first === undefined) return { line: null, requested, available };
  let left = available;
  // An edit holds what it adds alone, and no line by itself says how much that is.
  if (takers.reduce((sum, { takes }) => sum + takes, 0) === requested)
    for (const { line, each, takes } of takers) {
      if (takes > left) return { line, requested: line.quantity, available: wholeOf(left, each) };
      left -= takes;
    }
  const { line, each } = first;
  return { line, requested: wholeOf(requested + each - 1, each), available: wholeOf(available, each) };
}

/** How many whole units there are in so many parts. */
function wholeOf(parts: number, each: number): number {
  return Number(BigInt(parts) / BigInt(each));
}
