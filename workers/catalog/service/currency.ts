/**
 * The currency that a country is sold to in, as the markets of the merchant say. It decides which price is shown first: what
 * a cart is charged in is decided by pricing itself.
 */
import { reportDefect } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Catalog } from './catalog.ts';

/** Null where nothing is sold, or while pricing does not answer: then products are shown in their own first currency. */
export async function currencyOfCountry(
  { pricing, currencies, now }: Pick<Catalog, 'pricing' | 'currencies' | 'now'>,
  country: string,
): Promise<Currency | null> {
  const known = currencies.get(country, now());
  if (known !== undefined) return known;
  try {
    const market = await pricing.market({ country, currency: null });
    const currency = market.ok ? market.value.currency : null;
    currencies.set(country, currency, now());
    return currency;
  } catch (error) {
    // Browsing goes on without pricing. Nothing is remembered, so the right currency is back as soon as pricing is.
    reportDefect('The currency of a country is not known while pricing does not answer', error);
    return null;
  }
}
