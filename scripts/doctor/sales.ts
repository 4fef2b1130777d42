/** Tries to sell something in every market: a real cart with the first thing that can be bought, quoted, and emptied again. */
import * as z from 'zod';
import { CountrySummary } from '../../shared/contracts/cart/countries-http.ts';
import { CartView, listPaymentMethods, listShippingOptions } from '../../shared/contracts/cart/http.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import type { Market } from '../../shared/contracts/pricing/markets.ts';
import { Problem, type ShopClient } from '../lib/shop-client.ts';

export interface MarketSale {
  readonly marketId: string;
  /** Where the cart goes. */
  readonly country: string | null;
  readonly outcome:
    | {
        readonly kind: 'quoted';
        readonly taxMinor: number;
        readonly isTaxOpen: boolean;
        readonly shipping: number;
        readonly providers: readonly string[];
      }
    /** No product is there to be had in the currency of the market. */
    | { readonly kind: 'nothing-to-sell' }
    | { readonly kind: 'refused'; readonly detail: string };
}

export async function trySales(client: ShopClient, markets: readonly Market[]): Promise<MarketSale[]> {
  const { items } = await client.read('/v1/countries?language=en', z.looseObject({ items: z.array(CountrySummary) }));
  const named = new Set(markets.flatMap(({ countries }) => countries));
  const rest = items.find(({ code, isSold }) => isSold === true && !named.has(code))?.code ?? null;
  const sales: MarketSale[] = [];
  for (const market of markets) {
    const country = market.countries[0] ?? rest;
    const outcome = country === null ? nothing : await trySale(client, country, market);
    sales.push({ marketId: market.id, country, outcome });
  }
  return sales;
}

/** Among so many that are there to be had, one can be bought. */
const productsLookedAt = 300;
const nothing = { kind: 'nothing-to-sell' } as const;

async function trySale(client: ShopClient, country: string, { currencies }: Market): Promise<MarketSale['outcome']> {
  const currency = currencies[0] ?? '';
  const path = `/v1/products?country=${country}&currency=${currency}&available=true`;
  const products = await client.list(path, Product, productsLookedAt);
  const variants = products.flatMap((product) => product.variants).filter((variant) => variant.availableForSale);
  const variant = variants.find(({ requiresShipping }) => requiresShipping) ?? variants[0];
  if (variant === undefined) return nothing;
  const lines = [{ variantId: variant.id, quantity: 1 }];
  const made = await client.ask({
    method: 'POST',
    path: '/v1/carts',
    body: { country, currency, lines },
    isGuest: true,
  });
  const cart = CartView.safeParse(made.json);
  if (!cart.success) {
    const problem = Problem.safeParse(made.json);
    return { kind: 'refused', detail: problem.success ? problem.data.detail : `It was answered ${made.status}.` };
  }
  const cartPath = `/v1/carts/${cart.data.id}`;
  try {
    const shipping = await client.ask({ path: `${cartPath}/shipping-options`, isGuest: true });
    const methods = await client.ask({ path: `${cartPath}/payment-methods`, isGuest: true });
    const options = listShippingOptions.answer.safeParse(shipping.json);
    const ways = listPaymentMethods.answer.safeParse(methods.json);
    return {
      kind: 'quoted',
      taxMinor: cart.data.totals.tax.amount,
      isTaxOpen: cart.data.taxIsEstimated,
      shipping: options.success ? options.data.items.length : 0,
      providers: ways.success ? ways.data.items.map(({ provider }) => provider) : [],
    };
  } finally {
    for (const { id } of cart.data.lines)
      await client.ask({ method: 'DELETE', path: `${cartPath}/lines/${id}`, isGuest: true });
  }
}
