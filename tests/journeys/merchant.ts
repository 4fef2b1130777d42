/**
 * What merchants set up over HTTP before a journey begins, and how a shopper's cart is read in minor units. Every answer is
 * checked against its contract on the way.
 */
import type * as z from 'zod';
import type { CartCustomerInput } from '../../shared/contracts/cart/customers-http.ts';
import { CartView, type DetailsInput } from '../../shared/contracts/cart/http.ts';
import { ImportReport } from '../../shared/contracts/catalog/imports.ts';
import type { NewProduct } from '../../shared/contracts/catalog/products.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { type GiftCardDraft, IssuedGiftCard, StoreCreditView } from '../../shared/contracts/pricing/gift-cards-http.ts';
import type { MarketDraft, ShippingRateDraft } from '../../shared/contracts/pricing/markets.ts';
import { Market, ShippingRate } from '../../shared/contracts/pricing/markets.ts';
import { PaymentMethods, type PaymentMethodsPatch } from '../../shared/contracts/pricing/payment-methods.ts';
import { type ListPrice, PriceList, type PriceListDraft } from '../../shared/contracts/pricing/price-lists.ts';
import { Promotion, type PromotionDraft } from '../../shared/contracts/pricing/promotions.ts';
import { type TaxRateDraft, TaxRateRow } from '../../shared/contracts/pricing/taxes.ts';
import type { Currency, Money } from '../../shared/values/money.ts';
import { type Answer, type Client, expectStatus } from './client.ts';
import { addressIn, type Journey, until } from './shopping.ts';

/** Amounts are whole minor units, in euros unless said otherwise. */
export const money = (amount: number, currency: Currency = 'EUR'): Money => ({ amount, currency });

async function create<Schema extends z.ZodType>(
  journey: Journey,
  path: string,
  draft: unknown,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return expectStatus(await journey.admin('POST', `/admin/v1/${path}`, draft), 201).as(schema);
}

export const openMarket = (journey: Journey, draft: z.input<typeof MarketDraft>): Promise<Market> =>
  create(journey, 'markets', draft, Market);

export const addShippingRate = (journey: Journey, draft: z.input<typeof ShippingRateDraft>): Promise<ShippingRate> =>
  create(journey, 'shipping-rates', draft, ShippingRate);

export const addTaxRate = (journey: Journey, draft: z.input<typeof TaxRateDraft>): Promise<TaxRateRow> =>
  create(journey, 'tax-rates', draft, TaxRateRow);

export const addPromotion = (journey: Journey, draft: z.input<typeof PromotionDraft>): Promise<Promotion> =>
  create(journey, 'promotions', draft, Promotion);

export const issueGiftCard = (
  journey: Journey,
  draft: z.input<typeof GiftCardDraft>,
): Promise<z.infer<typeof IssuedGiftCard>> => create(journey, 'gift-cards', draft, IssuedGiftCard);

/** Changes the ways to pay. */
export async function changePaymentMethods(
  journey: Journey,
  patch: z.input<typeof PaymentMethodsPatch>,
): Promise<PaymentMethods> {
  return expectStatus(await journey.admin('PATCH', '/admin/v1/payment-methods', patch), 200).as(PaymentMethods);
}

/** Offers payment by hand, which a fresh shop does not. */
export const takeInvoices = (journey: Journey): Promise<PaymentMethods> =>
  changePaymentMethods(journey, { methods: [{ id: 'manual', isEnabled: true }] });

/** Pays into the store credit of a customer. */
export async function payIn(journey: Journey, customerId: string, amount: Money): Promise<StoreCreditView> {
  const json = { customerId, amount, reason: 'Goodwill' };
  return expectStatus(await journey.admin('POST', '/admin/v1/store-credits', json), 200).as(StoreCreditView);
}

/** A price list with these entries. */
export async function addPriceList(
  journey: Journey,
  draft: z.input<typeof PriceListDraft>,
  entries: readonly z.input<typeof ListPrice>[] = [],
): Promise<PriceList> {
  const list = await create(journey, 'price-lists', draft, PriceList);
  if (entries.length === 0) return list;
  const path = `/admin/v1/price-lists/${list.id}/prices`;
  return expectStatus(await journey.admin('PATCH', path, { set: entries }), 200).as(PriceList);
}

/** Puts up an active product of one variant, whose handle is the SKU in lower case. Answers the id of the variant. */
export async function putUpVariant(
  journey: Journey,
  sku: string,
  variant: Omit<z.input<typeof NewProduct>['variants'][number], 'sku'>,
  product: Partial<z.input<typeof NewProduct>> = {},
): Promise<string> {
  const made = await create(
    journey,
    'products',
    {
      handle: sku.toLowerCase(),
      title: `Product ${sku}`,
      status: 'active',
      ...product,
      variants: [{ quantity: 1_000, ...variant, sku }],
    },
    Product,
  );
  return made.variants[0]?.id ?? '';
}

/** Starts a cart in a country, which goes to an address there unless another is given. */
export async function startCart(
  client: Client,
  input: {
    readonly country: string;
    readonly currency?: Currency;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  },
  details: DetailsInput = {},
): Promise<CartView> {
  const cart = expectStatus(await client.send('POST', '/v1/carts', { json: input }), 201).as(CartView);
  return changeCart(client, cart.id, { shippingAddress: addressIn(cart.country), ...details });
}

export const tryChangeCart = (client: Client, cartId: string, details: DetailsInput): Promise<Answer> =>
  client.send('PATCH', `/v1/carts/${cartId}`, { json: details });

export const changeCart = async (client: Client, cartId: string, details: DetailsInput): Promise<CartView> =>
  expectStatus(await tryChangeCart(client, cartId, details), 200).as(CartView);

/** Says who the shopper of a cart is, as the merchant's system does. */
export const trySetCustomer = (
  journey: Journey,
  cartId: string,
  customer: z.input<typeof CartCustomerInput>,
): Promise<Answer> => journey.admin('PUT', `/admin/v1/carts/${cartId}/customer`, customer);

export const setCustomer = async (...given: Parameters<typeof trySetCustomer>): Promise<CartView> =>
  expectStatus(await trySetCustomer(...given), 200).as(CartView);

/** Imports a CSV file to its end, and answers its report: a busy machine answers the upload while the import still runs. */
export async function importFile(journey: Journey, csv: string | Buffer, query = ''): Promise<Answer> {
  const sent = { isAdmin: true, raw: csv, headers: { 'content-type': 'text/csv' } };
  const upload = expectStatus(await journey.send('POST', `/admin/v1/imports${query}`, sent), 201);
  const { id, status } = upload.as(ImportReport);
  if (status !== 'running') return upload;
  const read = () => journey.admin('GET', `/admin/v1/imports/${id}?limit=100`);
  return until(read, (answer) => expectStatus(answer, 200).as(ImportReport).status !== 'running');
}

/** The totals of a cart or checkout as numbers, to be compared with what was worked out by hand. */
export function minorOf(totals: CartView['totals']): Record<keyof CartView['totals'], number> {
  const { subtotal, discount, shipping, shippingDiscount, tax, total, giftCards, storeCredit, due } = totals;
  return {
    subtotal: subtotal.amount,
    discount: discount.amount,
    shipping: shipping.amount,
    shippingDiscount: shippingDiscount.amount,
    tax: tax.amount,
    total: total.amount,
    giftCards: giftCards.amount,
    storeCredit: storeCredit.amount,
    due: due.amount,
  };
}
