/**
 * A shop in Switzerland, Canada and Australia that sells tea, cups, chairs, bread and stamps: what journeys about prices and
 * taxes begin with. Tax is inside the prices of the first and the last.
 */
import type { CartView } from '../../shared/contracts/cart/http.ts';
import { money, openMarket, putUpVariant, startCart } from './merchant.ts';
import type { Journey } from './shopping.ts';

export const chf = (amount: number) => money(amount, 'CHF');
export const cad = (amount: number) => money(amount, 'CAD');
export const aud = (amount: number) => money(amount, 'AUD');

export interface ThreeMarkets {
  /** Ids of markets. */
  readonly markets: { readonly ch: string; readonly ca: string; readonly au: string };
  /** Ids of variants. */
  readonly variants: { readonly tea: string; readonly cup: string };
}

export async function openThreeMarkets(shop: Journey): Promise<ThreeMarkets> {
  const open = async (name: string, country: string, currency: 'CHF' | 'CAD' | 'AUD', more: object) =>
    (
      await openMarket(shop, {
        name,
        countries: [country],
        currencies: [currency],
        taxRate: '0',
        pricesIncludeTax: false,
        ...more,
      })
    ).id;
  const ch = await open('Switzerland', 'CH', 'CHF', { taxRate: '0.08', pricesIncludeTax: true });
  const ca = await open('Canada', 'CA', 'CAD', {});
  const au = await open('Australia', 'AU', 'AUD', {
    taxRate: '0.10',
    pricesIncludeTax: true,
    hasReverseCharge: true,
  });
  const everywhere = (amount: number) => ({ price: money(amount), prices: [chf(amount), cad(amount), aud(amount)] });
  const tea = await putUpVariant(shop, 'TEA', { ...everywhere(1000), weightGrams: 100 });
  const cup = await putUpVariant(shop, 'CUP', { ...everywhere(1999), weightGrams: 400 });
  await putUpVariant(shop, 'CHAIR', {
    ...everywhere(9000),
    weightGrams: 9_000,
    shippingProfile: 'bulky',
  });
  await putUpVariant(shop, 'BREAD', { ...everywhere(500), weightGrams: 500, taxClass: 'food' });
  await putUpVariant(shop, 'STAMP', { ...everywhere(700), weightGrams: 1, taxable: false });
  return { markets: { ch, ca, au }, variants: { tea, cup } };
}

export const lines = (...wishes: (readonly [sku: string, quantity: number])[]) =>
  wishes.map(([sku, quantity]) => ({ sku, quantity }));

/** Starts a cart in a country. */
export const cartsIn =
  (shop: Journey, country: 'CH' | 'CA' | 'AU') =>
  (...wishes: (readonly [sku: string, quantity: number])[]): Promise<CartView> =>
    startCart(shop, { country, lines: lines(...wishes) });

export const home = (country: string, region?: string, postalCode?: string) => ({
  shippingAddress: {
    lastName: 'Example',
    address1: 'Main Street 1',
    city: 'Town',
    phone: '030 1234',
    country,
    ...(region === undefined ? {} : { region }),
    ...(postalCode === undefined ? {} : { postalCode }),
  },
});
