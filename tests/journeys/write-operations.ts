/**
 * A valid request for every operation that writes, in a shop that has one of everything. What bad input is made of: a test
 * spoils one thing of it and knows that everything else was right.
 */
import type { CartView } from '../../shared/contracts/cart/http.ts';
import { startTransfer } from '../../shared/contracts/inventory/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import type { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { DiscountCode } from '../../shared/contracts/pricing/codes-http.ts';
import { Market, ShippingRate } from '../../shared/contracts/pricing/markets.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act } from './back-office.ts';
import { expectStatus } from './client.ts';
import { addPriceList, addPromotion, addTaxRate, money as eur, issueGiftCard, takeInvoices } from './merchant.ts';
import { address, buy, checkOut, fillCart, type Journey, manual, orderOf, putUp } from './shopping.ts';

export interface WriteOperation {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly isAdmin: boolean;
  readonly valid: Readonly<Record<string, unknown>>;
}

/** What there is in the shop before anything is spoilt. */
export interface Furnished {
  readonly cart: CartView;
  readonly open: CheckoutView;
  readonly order: OrderView;
  readonly draftId: string;
  /** Of markets, rates, promotions, lists, cards and transfers. */
  readonly ids: readonly string[];
  readonly operations: readonly WriteOperation[];
}

export const newProduct = (handle: string) => ({
  handle,
  title: `Product ${handle}`,
  status: 'active',
  vendor: 'Maker',
  tags: ['one', 'two'],
  options: [{ name: 'Size', values: ['S', 'M'] }],
  variants: [
    { sku: `${handle}-s`, options: { Size: 'S' }, price: eur(1000), quantity: 3, weightGrams: 10 },
    { sku: `${handle}-m`, options: { Size: 'M' }, price: eur(1100), quantity: 3, barcode: '4006381333931' },
  ],
});

/** Fills the shop and names every write operation with a body that it would take. */
export async function furnish(shop: Journey): Promise<Furnished> {
  await takeInvoices(shop);
  await putUp(shop, { sku: 'SOLD', stock: 100, priceMinor: 1000 });
  const sold = expectStatus(await shop.admin('GET', '/admin/v1/products/sold'), 200);
  expectStatus(await shop.admin('POST', '/admin/v1/collections', { handle: 'taken', title: 'Taken' }), 201);
  const cart = await fillCart(shop, { sku: 'SOLD', quantity: 1 });
  const other = await fillCart(shop, { sku: 'SOLD', quantity: 1 });
  const open = expectStatus(await checkOut(shop, other.id, null), 201).as(CheckoutView);
  const market = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(Page(Market)).items[0];
  const rate = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(Page(ShippingRate)).items[0];
  const line = { sku: 'SOLD', quantity: 1, attributes: { engraving: 'A' } };
  if (sold.headers.etag === undefined) throw new Error('A product has an entity tag');
  const settings = await furnishSettings(shop);
  const order = await furnishOrder(shop);
  const transferId = await furnishTransfer(shop);
  const draftId = await furnishDraft(shop);
  const shopper = (
    name: string,
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    valid: WriteOperation['valid'],
  ): WriteOperation => ({ name, method, path, valid, isAdmin: false });
  const merchant = (name: string, method: 'POST' | 'PUT' | 'PATCH', path: string, valid: WriteOperation['valid']) => ({
    ...shopper(name, method, `/admin/v1/${path}`, valid),
    isAdmin: true,
  });
  return {
    cart,
    open,
    order,
    draftId,
    ids: [market?.id ?? '', rate?.id ?? '', transferId, ...Object.values(settings)],
    operations: [
      shopper('createCart', 'POST', '/v1/carts', { country: 'DE', currency: 'EUR', lines: [line] }),
      shopper('changeCart', 'PATCH', `/v1/carts/${cart.id}`, {
        email: 'ada@example.com',
        shippingAddress: address,
        billingAddress: address,
        note: 'Ring twice',
        attributes: { gift: 'yes' },
        discountCodes: [],
        giftCards: [],
        useStoreCredit: false,
        vatId: 'DE123456789',
      }),
      shopper('addLine', 'POST', `/v1/carts/${cart.id}/lines`, line),
      shopper('changeLine', 'PATCH', `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`, { quantity: 2 }),
      shopper('startCheckout', 'POST', '/v1/checkouts', {
        cartId: cart.id,
        payment: manual,
        expectedTotal: cart.totals.total,
      }),
      shopper('completeCheckout', 'POST', `/v1/checkouts/${open.id}/complete`, { payment: manual }),
      shopper('cancelCheckout', 'POST', `/v1/checkouts/${open.id}/cancel`, {}),
      merchant('setCartCustomer', 'PUT', `carts/${cart.id}/customer`, {
        customerId: 'cus_1',
        groups: ['trade'],
        isTaxExempt: true,
      }),
      merchant('addLinesByHand', 'POST', `carts/${cart.id}/lines`, {
        lines: [{ sku: 'SOLD', quantity: 1, price: eur(900), reason: 'Promised by phone' }],
      }),
      merchant('setCartDiscount', 'PUT', `carts/${cart.id}/discount`, {
        discount: { amount: eur(100) },
        reason: 'Promised by phone',
      }),
      merchant('createProduct', 'POST', 'products', newProduct('fresh')),
      merchant('editProduct', 'PATCH', 'products/sold', { title: 'Other', tags: ['x'], status: 'draft' }),
      merchant('addVariant', 'POST', 'products/sold/variants', {
        sku: 'ADDED',
        price: { amount: 100, currency: 'EUR' },
        options: { Title: 'Other' },
      }),
      merchant('editVariant', 'PATCH', 'products/sold/variants/SOLD', { barcode: '12', weightGrams: 3 }),
      merchant('createCollection', 'POST', 'collections', { handle: 'fresh', title: 'Fresh', products: ['sold'] }),
      merchant('editCollection', 'PATCH', 'collections/taken', { title: 'Other', descriptionHtml: 'x' }),
      merchant('setPrices', 'POST', 'prices', {
        rows: [{ sku: 'SOLD', price: { amount: 100, currency: 'EUR' }, compareAtPrice: null, currency: 'EUR' }],
      }),
      merchant('setLevels', 'POST', 'inventory/levels', {
        reason: 'Count',
        rows: [{ sku: 'SOLD', onHand: 1_000, locationId: 'loc_main' }],
      }),
      merchant('adjustStock', 'POST', 'inventory/SOLD/adjustments', { delta: 1, reason: 'found' }),
      merchant('createLocation', 'POST', 'locations', { id: 'loc_fresh', name: 'Fresh' }),
      merchant('createMarket', 'POST', 'markets', {
        name: 'Norway',
        countries: ['NO'],
        currencies: ['NOK'],
        taxRate: '0.25',
        pricesIncludeTax: true,
      }),
      merchant('patchMarket', 'PATCH', `markets/${market?.id}`, { name: 'Other', taxRate: '0.1' }),
      merchant('createShippingRate', 'POST', 'shipping-rates', {
        marketId: market?.id,
        name: 'Fresh',
        prices: [eur(100)],
        freeFrom: [eur(9000)],
      }),
      merchant('patchShippingRate', 'PATCH', `shipping-rates/${rate?.id}`, { name: 'Other', prices: [eur(1)] }),
      ...settingOperations(merchant, settings),
      ...stockOperations(merchant, transferId),
      ...orderOperations(merchant, order),
      ...ownOperations(shopper, order),
      ...draftOperations(merchant, draftId),
    ],
  };
}

type Merchant = (
  name: string,
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  valid: WriteOperation['valid'],
) => WriteOperation;

const offer = { kind: 'percent-off-order', rate: '0.1', includesShipping: true } as const;
const always = { startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2099-01-01T00:00:00.000Z' };

async function furnishSettings(shop: Journey) {
  const promotion = await addPromotion(shop, { title: 'Taken', codes: ['TAKEN'], offer });
  const taxRate = await addTaxRate(shop, { name: 'Tax', rate: '0.2', zone: { country: 'NO' } });
  const priceList = await addPriceList(shop, { name: 'List', isActive: false });
  const giftCard = await issueGiftCard(shop, { amount: eur(5000) });
  const campaign = await addPromotion(shop, { title: 'Campaign', hasUniqueCodes: true, offer });
  const codes = `promotions/${campaign.id}/codes`;
  expectStatus(await shop.admin('POST', `/admin/v1/${codes}`, { codes: ['UNIQUE'] }), 201);
  const [code] = expectStatus(await shop.admin('GET', `/admin/v1/${codes}`), 200).as(Page(DiscountCode)).items;
  const ids = { promotion: promotion.id, taxRate: taxRate.id, priceList: priceList.id, giftCard: giftCard.id };
  return { ...ids, campaign: campaign.id, code: code?.id ?? '' };
}

type Settings = Awaited<ReturnType<typeof furnishSettings>>;

function settingOperations(merchant: Merchant, settings: Settings) {
  const { promotion, taxRate, priceList, giftCard, campaign, code } = settings;
  const codes = `promotions/${campaign}/codes`;
  const tax = { name: 'Other', rate: '0.07', zone: { country: 'NO' }, taxClass: 'food', isCompound: true, priority: 3 };
  const list = { name: 'Other', isActive: false, priority: 3, marketIds: [], customerGroups: ['friends'], ...always };
  const promoted = { title: 'Other', isActive: false, priority: 3, isCombinable: false, offer, note: 'x', ...always };
  const price = { variantId: 'var_01kdvdna00e008000000000010', currency: 'EUR', amount: 5, compareAtAmount: 9 };
  const change = { amount: eur(100), reason: 'Gesture' };
  return [
    merchant('createPromotion', 'POST', 'promotions', { ...promoted, codes: ['FRESH'], limits: { usesMax: 1 } }),
    merchant('patchPromotion', 'PATCH', `promotions/${promotion}`, { ...promoted, conditions: { minQuantity: 2 } }),
    merchant('createDiscountCodes', 'POST', codes, { count: 2, prefix: 'A-', length: 8, usesMax: 3 }),
    merchant('patchDiscountCodes', 'PATCH', codes, { isActive: false }),
    merchant('patchDiscountCode', 'PATCH', `${codes}/${code}`, { isActive: false, usesMax: 2 }),
    merchant('createTaxRate', 'POST', 'tax-rates', tax),
    merchant('patchTaxRate', 'PATCH', `tax-rates/${taxRate}`, tax),
    merchant('createPriceList', 'POST', 'price-lists', { ...list, adjustment: { direction: 'down', rate: '0.1' } }),
    merchant('patchPriceList', 'PATCH', `price-lists/${priceList}`, list),
    merchant('patchListPrices', 'PATCH', `price-lists/${priceList}/prices`, { set: [price], remove: [] }),
    merchant('patchPaymentMethods', 'PATCH', 'payment-methods', {
      methods: [
        {
          id: 'cash-on-delivery',
          provider: 'manual',
          name: 'Cash on delivery',
          isEnabled: true,
          position: 3,
          marketIds: [],
          countries: ['DE'],
          minAmounts: [eur(100)],
          maxAmounts: [eur(9000)],
          customerGroups: ['friends'],
          shipsUnpaid: true,
        },
      ],
      remove: ['test-card'],
    }),
    merchant('issueGiftCard', 'POST', 'gift-cards', {
      amount: eur(100),
      code: 'FRESH-CARD-0001',
      expiresAt: always.endsAt,
      note: 'For Ada',
    }),
    merchant('patchGiftCard', 'PATCH', `gift-cards/${giftCard}`, { isDisabled: true }),
    merchant('adjustGiftCard', 'POST', `gift-cards/${giftCard}/adjustments`, change),
    merchant('adjustStoreCredit', 'POST', 'store-credits', { ...change, customerId: 'cus_1' }),
  ];
}

const locations = { fromLocationId: 'loc_main', toLocationId: 'loc_other' };

/** A transfer that was asked for. */
async function furnishTransfer(shop: Journey): Promise<string> {
  expectStatus(await shop.admin('POST', '/admin/v1/locations', { id: 'loc_other', name: 'Other' }), 201);
  await putUp(shop, { sku: 'MOVED', stock: 10, priceMinor: 1000 });
  const draft = { ...locations, items: [{ sku: 'MOVED', quantity: 2 }] };
  return expectStatus(await shop.admin('POST', '/admin/v1/inventory/transfers', draft), 201).as(startTransfer.answer)
    .id;
}

function stockOperations(merchant: Merchant, transferId: string) {
  const transfers = 'inventory/transfers';
  const draft = { ...locations, items: [{ sku: 'MOVED', quantity: 1 }], note: 'Soon', mode: 'send' };
  return [
    merchant('changeStockSettings', 'PATCH', 'inventory/SOLD', { floor: -1, safety: { loc_main: 1 }, lowStockAt: 3 }),
    merchant('editLocation', 'PATCH', 'locations/loc_other', { name: 'Another', rank: 3, isActive: true }),
    merchant('startTransfer', 'POST', transfers, draft),
    merchant('sendTransfer', 'POST', `${transfers}/${transferId}/send`, {}),
    merchant('receiveTransfer', 'POST', `${transfers}/${transferId}/receipts`, {
      items: [{ sku: 'MOVED', received: 1 }],
    }),
    merchant('cancelTransfer', 'POST', `${transfers}/${transferId}/cancel`, {}),
  ];
}

/** An order of four units, one of which has shipped and is to come back. */
async function furnishOrder(shop: Journey): Promise<OrderView> {
  await putUp(shop, { sku: 'SENT', stock: 10, priceMinor: 1000 });
  const checkout = await buy(shop, { sku: 'SENT', quantity: 4 });
  const lines = [{ lineId: checkout.lines[0]?.id, quantity: 1 }];
  const { id } = orderOf(checkout);
  await act(shop, 201, id, '/fulfillments', { lines });
  return act(shop, 201, id, '/returns', { lines });
}

function orderOperations(merchant: Merchant, order: OrderView) {
  const lines = [{ lineId: order.lines[0]?.id, quantity: 1 }];
  const add = [{ sku: 'SENT', quantity: 1 }];
  const tracking = { carrier: 'DHL', number: '1', url: 'https://example.com/1' };
  const returnId = order.returns[0]?.id;
  const path = (rest: string): string => `orders/${order.id}/${rest}`;
  return [
    merchant('fulfillOrder', 'POST', path('fulfillments'), { lines, locationId: 'loc_main', tracking, capture: true }),
    merchant('trackFulfillment', 'PATCH', path(`fulfillments/${order.fulfillments[0]?.id}`), { tracking }),
    merchant('cancelOrder', 'POST', path('cancel'), { note: 'x' }),
    merchant('captureOrder', 'POST', path('captures'), { amount: eur(1) }),
    merchant('collectPayment', 'POST', path('payments'), { provider: 'manual', amount: eur(1), note: 'x' }),
    merchant('refundOrder', 'POST', path('refunds'), { lines, shipping: 'all', amount: eur(1), note: 'x' }),
    merchant('requestReturn', 'POST', path('returns'), { lines, exchange: add, note: 'x', approve: true }),
    merchant('decideReturn', 'PATCH', path(`returns/${returnId}`), { action: 'approve', note: 'x' }),
    merchant('receiveReturn', 'POST', path(`returns/${returnId}/receipts`), {
      lines,
      locationId: 'loc_main',
      refund: false,
    }),
    merchant('settleReturn', 'POST', path(`returns/${returnId}/settlements`), { as: 'refund', note: 'x' }),
    merchant('previewEdit', 'POST', path('edits/preview'), { lines, add }),
    merchant('editOrder', 'POST', path('edits'), { lines, add, token: 'x' }),
    merchant('addOrderNote', 'POST', path('notes'), { text: 'x' }),
    merchant('cancelFulfillment', 'POST', path(`fulfillments/${order.fulfillments[0]?.id}/cancel`), {}),
    merchant('changeOrder', 'PATCH', `orders/${order.id}`, {
      ...{ email: 'ada@example.com', phone: '030 1234', note: 'x', tags: ['vip'] },
      ...{ shippingAddress: address, billingAddress: address },
    }),
    merchant('changeOrderPolicy', 'PATCH', 'order-policy', { shopperCancel: true, returnWindowDays: 14 }),
    merchant('changeShop', 'PATCH', 'shop', {
      ...{ name: 'Heron & Birch', contactEmail: 'hello@example.com', phone: '030 1234567', vatId: 'DE123456789' },
      ...{ legalName: 'Heron & Birch GmbH', address, storefrontUrl: 'https://shop.example' },
      ...{ mailFrom: { name: 'Heron & Birch', address: 'orders@example.com' }, mailReplyTo: 'help@example.com' },
    }),
  ];
}

/** What its shopper does with an order. */
function ownOperations(shopper: Merchant, order: OrderView) {
  const lines = [{ lineId: order.lines[0]?.id, quantity: 1, reason: 'Too small' }];
  const path = (rest: string): string => `/v1/orders/${order.id}/${rest}`;
  return [
    shopper('lookUpOrder', 'POST', '/v1/orders/lookup', { number: order.number, email: 'ada@example.com' }),
    shopper('openOrder', 'POST', '/v1/orders/open', { token: 'olt_1' }),
    shopper('cancelOwnOrder', 'POST', path('cancel'), { note: 'x' }),
    shopper('returnOwnOrder', 'POST', path('returns'), { lines, note: 'x' }),
    shopper('cancelOwnReturn', 'POST', path(`returns/${order.returns[0]?.id}/cancel`), {}),
  ];
}

/** An order that was put together for a shopper. */
async function furnishDraft(shop: Journey): Promise<string> {
  const draft = await shop.admin('POST', '/admin/v1/draft-orders', { lines: [{ sku: 'SENT', quantity: 1 }] });
  return expectStatus(draft, 201).as(createDraftOrder.answer).id;
}

function draftOperations(merchant: Merchant, draftId: string) {
  const lines = [{ sku: 'SENT', quantity: 1 }];
  const customer = { customerId: 'cus_1', groups: ['trade'], isTaxExempt: false };
  const draft = {
    country: 'DE',
    currency: 'EUR',
    customer,
    lines,
    email: 'ada@example.com',
    discountCodes: [],
    note: 'x',
  };
  return [
    merchant('createDraftOrder', 'POST', 'draft-orders', { ...draft, shippingAddress: address }),
    merchant('completeDraftOrder', 'POST', `draft-orders/${draftId}/complete`, { payment: manual }),
  ];
}
