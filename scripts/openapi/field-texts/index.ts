/** All sentences about fields: by name, or by schema and name where the same name means another thing. */
import { ordersTexts } from './orders.ts';
import { pricesTexts } from './prices.ts';
import { shopTexts } from './shop.ts';
import { stockTexts } from './stock.ts';

export const texts: Readonly<Record<string, string>> = { ...shopTexts, ...stockTexts, ...pricesTexts, ...ordersTexts };
