/** Wherever a request names a country, it is one that there is: nothing is priced, sold or counted in any other. */
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { createCart, DetailsInput } from './cart/http.ts';
import { listProducts } from './catalog/http.ts';
import { createDraftOrder } from './orders/drafts-http.ts';
import { OrderFilterQuery } from './orders/order-lists-http.ts';
import { PaymentMethodsPatch } from './pricing/payment-methods.ts';

const methodIn = (country: string) => ({ methods: [{ id: 'invoice', countries: [country] }] });

test.each<[what: string, schema: z.ZodType | undefined, inputOf: (country: string) => unknown]>([
  ['a new cart', createCart.body, (country) => ({ country })],
  ['the change of a cart', DetailsInput, (country) => ({ country })],
  ['a list of products', listProducts.query, (country) => ({ country })],
  ['a draft order', createDraftOrder.body, (country) => ({ country, lines: [{ sku: 'SHIRT-M', quantity: 1 }] })],
  ['a list of orders', OrderFilterQuery, (country) => ({ country })],
  ['a way to pay', PaymentMethodsPatch, methodIn],
])('%s names a country that there is', (_, schema, inputOf) => {
  expect(schema?.safeParse(inputOf('DE'))).toMatchObject({ success: true });
  for (const country of ['ZZ', 'XX', 'UK', 'EU', 'AA'])
    expect(schema?.safeParse(inputOf(country)).error?.issues.map(({ message }) => message)).toEqual([
      'There is no such country. Give its two letters of ISO 3166-1, such as DE or GB.',
    ]);
});
