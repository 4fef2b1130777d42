/**
 * Agrees on what is bought and for how much: the cart's lines are priced again from the catalogue and pricing as they are
 * now. A change is refused with the new total, and the cart is given the new prices so that the shopper can look and agree.
 */
import type { CartApi, CartLine, CartSnapshot } from '../../shared/contracts/cart.ts';
import type { CatalogApi, VariantSnapshot } from '../../shared/contracts/catalog.ts';
import type { PricingApi, Quote } from '../../shared/contracts/pricing.ts';
import { quoteRequestOf, unitPriceMinorOf } from '../../shared/quoting/quoting.ts';
import { type Money, money } from '../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../shared/values/result.ts';
import type { Failure } from '../../workers/orders/domain/order.ts';

export interface Agreed {
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
}

interface AgreePorts {
  readonly cart: Pick<CartApi, 'reprice'>;
  readonly catalog: Pick<CatalogApi, 'variants'>;
  readonly pricing: Pick<PricingApi, 'quote'>;
}

export async function agree(
  cart: CartSnapshot,
  expectedTotal: Money | null,
  ports: AgreePorts,
  now: number,
): Promise<Result<Agreed, Failure>> {
  if (cart.lines.length === 0)
    return refuse<Failure>({ code: 'cart-empty', detail: 'Put something into the cart first.' });
  const fresh = await freshVariants(cart, ports.catalog);
  const unsold = cart.lines.find(({ variant }) => !isSoldIn(fresh.get(variant.variantId), cart.currency));
  if (unsold !== undefined) {
    const { sku, variantId } = unsold.variant;
    return refuse<Failure>({
      code: 'variant-unavailable',
      detail: `${sku} is not sold any more; remove its line.`,
      variantId,
      sku,
      lineId: unsold.lineId,
    });
  }
  const lines = cart.lines.map((line) => ({ ...line, variant: fresh.get(line.variant.variantId) ?? line.variant }));
  const quote = await ports.pricing.quote(quoteRequestOf({ ...cart, lines }));
  if (!quote.ok) return refuse<Failure>({ ...quote.refusal });
  const { totalMinor, currency } = quote.value;
  const isLineChanged = lines.some((line, index) => {
    const before = cart.lines[index];
    return (
      before === undefined || unitPriceMinorOf(before.variant, currency) !== unitPriceMinorOf(line.variant, currency)
    );
  });
  const isTotalOther =
    expectedTotal !== null && (expectedTotal.amount !== totalMinor || expectedTotal.currency !== currency);
  if (!isLineChanged && !isTotalOther) return accept({ lines, quote: quote.value });
  if (isLineChanged && cart.status === 'active')
    await ports.cart.reprice({ cartId: cart.cartId, variants: [...fresh.values()], now });
  return refuse<Failure>({
    code: 'price-changed',
    detail: 'Look at the new total and check out again.',
    total: money(totalMinor, currency),
  });
}

async function freshVariants(
  cart: CartSnapshot,
  catalog: Pick<CatalogApi, 'variants'>,
): Promise<ReadonlyMap<string, VariantSnapshot>> {
  const variantIds = [...new Set(cart.lines.map(({ variant }) => variant.variantId))];
  const found = await catalog.variants({ variantIds });
  return new Map(found.map((variant) => [variant.variantId, variant]));
}

function isSoldIn(variant: VariantSnapshot | undefined, currency: string): boolean {
  return variant?.isSold === true && variant.prices.some((price) => price.currency === currency);
}
