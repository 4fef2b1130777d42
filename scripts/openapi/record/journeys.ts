/** What a merchant and shoppers do in the demo shop so that every operation is called once, in an order in which each can succeed. */
import type { Answered, Call } from './recorder.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const shippingAddress = {
  firstName: 'Ada',
  lastName: 'Byron',
  address1: 'Lindenweg 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};
const card = { provider: 'sandbox', token: 'ok' };

/** All journeys, one after the other: a later one finds what earlier ones made. */
export async function walkThrough(call: Call): Promise<void> {
  await readPublicPages(call);
  await introduce(call);
  await keepCatalogue(call);
  await keepStock(call);
  await setPrices(call);
  await setPlaces(call);
  await giveCredit(call);
  await shop(call);
  await serveOrders(call);
  await takeBack(call);
  await correctOrders(call);
  await helpThemselves(call);
  await watch(call);
}

async function readPublicPages(call: Call): Promise<void> {
  await call('readHealth');
  await call('readReadiness');
  await call('listProblemTypes');
  await call('readProblemType', { params: { code: 'insufficient-stock' } });
  await call('listCountries', { query: { language: 'en' } });
  await call('getCountry', { params: { code: 'CA' } });
  await call('listProducts', { query: { country: 'DE', limit: '2' } });
  await call('readProduct', { params: { product: 'beeswax-candle' }, query: { country: 'DE' } });
  await call('listCollections', { query: { limit: '2' } });
  await call('readCollection', { params: { collection: 'gifts-under-30' } });
}

/** Before anything else is told to a new shop: who it is. */
async function introduce(call: Call): Promise<void> {
  await call('changeShop', {
    body: {
      ...{ name: 'Heron & Birch', contactEmail: 'hello@shop.example', phone: '+49 30 1234567' },
      ...{ storefrontUrl: 'https://shop.example', legalName: 'Heron & Birch GmbH', vatId: 'DE123456789' },
      address: {
        company: 'Heron & Birch GmbH',
        address1: 'Uferweg 4',
        postalCode: '10115',
        city: 'Berlin',
        country: 'DE',
      },
      ...{ mailFrom: { name: null, address: 'orders@shop.example' }, mailReplyTo: 'hello@shop.example' },
    },
  });
  await call('readShopProfile');
  await call('readShop');
}

async function keepCatalogue(call: Call): Promise<void> {
  await call('createProduct', {
    body: {
      handle: 'linen-shirt',
      title: 'Linen shirt',
      descriptionHtml: '<p>Washed, and ready to be worn.</p>',
      vendor: 'Heron & Birch',
      type: 'Shirts',
      tags: ['summer'],
      status: 'active',
      options: [{ name: 'Size', values: ['M', 'L'] }],
      variants: [
        { sku: 'SHIRT-M', options: { Size: 'M' }, price: euros(4900), quantity: 20, weightGrams: 240 },
        { sku: 'SHIRT-L', options: { Size: 'L' }, price: euros(4900), quantity: 12, weightGrams: 260 },
      ],
    },
  });
  const params = { product: 'linen-shirt' };
  const made = await call('readAnyProduct', { params });
  await call('listAllProducts', { query: { limit: '2' } });
  await call('editProduct', { params, body: { title: 'Linen shirt, washed', tags: ['summer', 'linen'] } });
  const xl = { sku: 'SHIRT-XL', options: { Size: 'XL' }, price: euros(5200), quantity: 6 };
  await call('editProduct', { params, body: { options: [{ name: 'Size', values: ['M', 'L', 'XL'] }] }, isStep: true });
  await call('addVariant', { params, body: xl });
  const oneVariant = { ...params, variant: 'SHIRT-XL' };
  await call('editVariant', { params: oneVariant, body: { price: euros(4900) } });
  await call('deleteVariant', { params: oneVariant });
  await call('exportProducts');
  const basics = await call('createCollection', {
    body: {
      title: 'Summer',
      rules: [{ field: 'tag', relation: 'equals', value: 'summer' }],
    },
  });
  const collection = basics('id');
  await call('listAllCollections', { query: { limit: '2' } });
  await call('readAnyCollection', { params: { collection } });
  await call('editCollection', { params: { collection }, body: { descriptionHtml: '<p>For warm days.</p>' } });
  await call('deleteCollection', { params: { collection } });
  const csv =
    'Handle,Title,Status,Variant SKU,Variant Price\nenamel-cup,Enamel cup,active,CUP,12.00\nenamel-cup,,,CUP,oops\n';
  const started = await call('createImport', { query: { openingStock: '10', currency: 'EUR' }, body: csv });
  await until(call, 'readImport', { params: { importId: started('id') } }, (report) => report('status') !== 'running');
  await call('readImport', { params: { importId: started('id') } });
  await call('readImportReport', { params: { importId: started('id') } });
  await call('listImports');
  await call('createProduct', { body: { title: 'A mistake', variants: [{ sku: 'OOPS', price: euros(100) }] } });
  await call('deleteProduct', { params: { product: 'a-mistake' } });
  await call('readAnyProduct', { params: { product: made('id') }, isStep: true });
}

async function keepStock(call: Call): Promise<void> {
  const params = { sku: 'SHIRT-M' };
  await until(call, 'getStock', { params }, (stock) => stock('onHand') === '20');
  await call('createLocation', { body: { id: 'loc_store', name: 'Store in the old town' } });
  await call('editLocation', { params: { id: 'loc_store' }, body: { rank: 2 } });
  await call('listLocations');
  await call('adjustStock', { params, body: { delta: 5, locationId: 'loc_main', reason: 'Delivery' } });
  await call('changeStockSettings', { params, body: { lowStockAt: 3, safety: { loc_main: 1 } } });
  await call('changeStockSettings', { params, body: { lowStockAt: 3 } });
  await call('getStock', { params });
  const transfer = { fromLocationId: 'loc_main', toLocationId: 'loc_store', items: [{ sku: 'SHIRT-M', quantity: 4 }] };
  const requested = await call('startTransfer', { body: { ...transfer, mode: 'request' } });
  const id = requested('id');
  await call('sendTransfer', { params: { id } });
  await call('receiveTransfer', { params: { id }, body: { items: [{ sku: 'SHIRT-M', received: 3 }] } });
  await call('cancelTransfer', { params: { id } });
  await call('getTransfer', { params: { id } });
  await call('listTransfers');
  const counted = { sku: 'SHIRT-L', locationId: 'loc_main', delta: 2 };
  await call('setLevels', { body: { reason: 'Delivery of June', rows: [counted] } });
  const many = Array.from({ length: 1_001 }, () => ({ ...counted, delta: 0 }));
  const levels = await call('setLevels', { body: { reason: 'Stocktake', rows: many }, isStep: true });
  await keepJob(call, levels('id'), 'readLevelJob', 'readLevelJobResults');
  await call('listMovements', { params, query: { limit: '3' } });
  await call('readShortfall', { params });
  await call('listStock', { query: { prefix: 'SHIRT' } });
}

async function keepJob(call: Call, jobId: string, read: string, results: string): Promise<void> {
  await until(call, read, { params: { jobId } }, (job) => job('status') !== 'running');
  await call(read, { params: { jobId } });
  await call(results, { params: { jobId } });
}

async function setPrices(call: Call): Promise<void> {
  const shirt = await call('readProduct', { params: { product: 'linen-shirt' }, isStep: true });
  await call('setPrices', { body: { rows: [{ sku: 'SHIRT-L', price: euros(5100) }] } });
  const many = Array.from({ length: 1_001 }, () => ({ sku: 'SHIRT-L', price: euros(5100) }));
  const prices = await call('setPrices', { body: { rows: many }, isStep: true });
  await keepJob(call, prices('id'), 'readPriceJob', 'readPriceJobResults');
  const list = await call('createPriceList', {
    body: { name: 'Resellers', customerGroups: ['reseller'], adjustment: { direction: 'down', rate: '0.05' } },
  });
  const params = { id: list('id') };
  const entry = { variantId: shirt('variants.0.id'), currency: 'EUR', amount: 3900 };
  await call('patchListPrices', { params, body: { set: [entry] } });
  await call('listListPrices', { params });
  await call('readPriceList', { params });
  await call('listPriceLists');
  await call('patchPriceList', { params, body: { priority: 10 } });
  await call('deletePriceList', { params });
  const promotion = await call('createPromotion', {
    body: {
      title: 'Ten off',
      codes: ['TEN'],
      offer: { kind: 'percent-off-order', rate: '0.10' },
      limits: { usesMax: 100 },
    },
  });
  await call('readPromotion', { params: { id: promotion('id') } });
  await call('listPromotions');
  await call('patchPromotion', { params: { id: promotion('id') }, body: { note: 'For the newsletter of June' } });
  await giveCodes(call, promotion('id'));
  const old = await call('createPromotion', {
    body: { title: 'An old one', isActive: false, offer: { kind: 'free-shipping' } },
  });
  await call('deletePromotion', { params: { id: old('id') } });
}

async function giveCodes(call: Call, id: string): Promise<void> {
  const made = await call('createDiscountCodes', { params: { id }, body: { count: 3, prefix: 'JUNE-' } });
  const listed = await call('listDiscountCodes', { params: { id } });
  const params = { id, codeId: listed('items.0.id') };
  await call('importDiscountCodes', { params: { id }, body: 'code,usesMax\nWELCOME-ADA,1\nWELCOME-BOB,2\n' });
  await call('patchDiscountCode', { params, body: { usesMax: 5 } });
  await call('readDiscountCode', { params });
  await call('exportDiscountCodes', { params: { id } });
  await call('patchDiscountCodes', { params: { id }, body: { batchId: made('batchId'), isActive: false } });
  await call('deleteDiscountCode', { params });
  await call('deleteDiscountCodes', { params: { id }, query: { batchId: made('batchId') } });
}

async function setPlaces(call: Call): Promise<void> {
  const market = await call('createMarket', {
    body: { name: 'Norway', countries: ['NO'], currencies: ['NOK'], taxRate: '0.25', pricesIncludeTax: true },
  });
  const marketId = market('id');
  await call('readMarket', { params: { id: marketId } });
  await call('patchMarket', { params: { id: marketId }, body: { taxRate: '0.25', shippingTax: 'standard' } });
  await call('listMarkets');
  const prices = [{ amount: 7900, currency: 'NOK' }];
  const rate = await call('createShippingRate', { body: { marketId, name: 'Post', prices, kind: 'delivery' } });
  await call('readShippingRate', { params: { id: rate('id') } });
  await call('listShippingRates', { query: { market: marketId } });
  await call('patchShippingRate', { params: { id: rate('id') }, body: { name: 'Post in two days' } });
  await call('deleteShippingRate', { params: { id: rate('id') } });
  const ways = await call('readPaymentMethods');
  const way = { id: ways('methods.0.id'), name: 'Card' };
  await call('patchPaymentMethods', { body: { methods: [way] } });
  const tax = await call('createTaxRate', {
    body: { name: 'Books in Germany', rate: '0.07', zone: { country: 'DE' }, taxClass: 'books' },
  });
  await call('readTaxRate', { params: { id: tax('id') } });
  await call('listTaxRates');
  await call('patchTaxRate', { params: { id: tax('id') }, body: { name: 'Books' } });
  await call('deleteTaxRate', { params: { id: tax('id') } });
}

async function giveCredit(call: Call): Promise<void> {
  const issued = await call('issueGiftCard', { body: { amount: euros(1000), note: 'For the complaint of May' } });
  const params = { id: issued('id') };
  await call('adjustGiftCard', { params, body: { amount: euros(500), reason: 'Goodwill' } });
  await call('readGiftCard', { params });
  await call('listGiftCards');
  await call('listGiftCardMovements', { params });
  await call('patchGiftCard', { params, body: { isDisabled: false } });
  const customer = { customerId: 'customer-42', currency: 'EUR' };
  await call('adjustStoreCredit', {
    body: { customerId: customer.customerId, amount: euros(700), reason: 'Goodwill' },
  });
  await call('readStoreCredit', { params: customer });
  await call('listStoreCreditMovements', { params: customer });
  await until(call, 'listStoreCredits', {}, (list) => list('items.0.customerId') !== '');
  await call('listStoreCredits');
}

async function shop(call: Call): Promise<void> {
  const created = await call('createCart', { body: { country: 'DE', lines: [{ sku: 'BWC-S', quantity: 2 }] } });
  const params = { cartId: created('id') };
  const added = await call('addLine', { params, body: { sku: 'SHIRT-M', quantity: 1 } });
  await call('changeLine', { params: { ...params, lineId: added('lines.0.id') }, body: { quantity: 3 } });
  await call('removeLine', { params: { ...params, lineId: added('lines.1.id') } });
  await call('changeCart', { params, body: { email: 'ada@example.com', shippingAddress, discountCodes: ['TEN'] } });
  await call('listShippingOptions', { params });
  await call('listPaymentMethods', { params });
  await call('setCartCustomer', { params, body: { customerId: 'customer-42', groups: ['reseller'] } });
  await call('addLinesByHand', {
    params,
    body: { lines: [{ custom: { title: 'Gift wrap', price: euros(250) }, quantity: 1, reason: 'As agreed' }] },
  });
  await call('setCartDiscount', { params, body: { discount: { rate: '0.05' }, reason: 'Regular customer' } });
  await call('getCart', { params });
  await call('explainCart', { params });
  const given = await call('startCheckout', { body: { cartId: params.cartId }, isStep: true });
  await call('cancelCheckout', { params: { checkoutId: given('id') } });
  const bought = await call('startCheckout', { body: { cartId: params.cartId, payment: card } });
  await call('getCheckout', { params: { checkoutId: bought('id') } });
  await call('getOrder', { params: { orderId: bought('order.id') }, token: bought('order.accessToken') });
  const open = await call('startCheckout', { body: { cartId: await cartOf(call, 'BWC-S', 1) }, isStep: true });
  await call('completeCheckout', { params: { checkoutId: open('id') }, body: { payment: card } });
}

async function cartOf(call: Call, sku: string, quantity: number): Promise<string> {
  const cart = await call('createCart', { body: { country: 'DE', lines: [{ sku, quantity }] }, isStep: true });
  const body = { email: 'ada@example.com', shippingAddress };
  await call('changeCart', { params: { cartId: cart('id') }, body, isStep: true });
  return cart('id');
}

interface Bought {
  readonly orderId: string;
  readonly lineId: string;
}

async function buy(call: Call, sku: string, quantity: number): Promise<Bought> {
  const body = { cartId: await cartOf(call, sku, quantity), payment: card };
  const checkout = await call('startCheckout', { body, isStep: true });
  return { orderId: checkout('order.id'), lineId: checkout('lines.0.id') };
}

async function serveOrders(call: Call): Promise<void> {
  const { orderId, lineId } = await buy(call, 'SHIRT-M', 2);
  const tracking = { carrier: 'DHL', number: '00340434161094000001' };
  const body = { lines: [{ lineId, quantity: 1 }], tracking };
  const shipped = await call('fulfillOrder', { params: { orderId }, body });
  const fulfillmentId = shipped('fulfillments.0.id');
  const params = { orderId, fulfillmentId };
  await call('trackFulfillment', {
    params,
    body: { tracking: { url: 'https://tracking.example/00340434161094000001' } },
  });
  await call('cancelFulfillment', { params });
  await call('addOrderNote', { params: { orderId }, body: { text: 'Asked for a gift wrap.' } });
  await call('getOrderAsAdmin', { params: { orderId } });
  await call('getOrderTimeline', { params: { orderId } });
  await until(call, 'listOrders', {}, (list) => list('items.0.id') !== '');
  await call('listOrders', { query: { limit: '2' } });
  await call('exportOrders', { query: { sku: 'SHIRT-M' } });
  await call('exportOrderLines', { query: { sku: 'SHIRT-M' } });
}

async function takeBack(call: Call): Promise<void> {
  const { orderId, lineId } = await buy(call, 'BWC-S', 3);
  await call('fulfillOrder', { params: { orderId }, body: {}, isStep: true });
  await call('refundOrder', {
    params: { orderId },
    body: { lines: [{ lineId, quantity: 1 }], note: 'Arrived broken' },
  });
  const lines = [{ lineId, quantity: 1, reason: 'Too small' }];
  const exchange = [{ sku: 'BWC-L', quantity: 1 }];
  const asked = await call('requestReturn', { params: { orderId }, body: { lines, exchange } });
  const params = { orderId, returnId: asked('returns.0.id') };
  await call('decideReturn', { params, body: { action: 'approve' } });
  const arrived = { lines: [{ lineId, quantity: 1, condition: 'sellable' }] };
  const received = await call('receiveReturn', { params, body: arrived });
  const due = received('balances.outstanding.amount');
  await call('collectPayment', {
    params: { orderId },
    body: { provider: 'manual', amount: euros(Number(due)), note: 'Paid in the store' },
  });
  await settle(call);
  await call('exportRefunds', {});
}

/** An exchange for goods that are not there stays open, and is refunded instead. */
async function settle(call: Call): Promise<void> {
  const body = { title: 'Gone', status: 'active', variants: [{ sku: 'GONE', price: euros(1400), quantity: 0 }] };
  await call('createProduct', { body, isStep: true });
  const { orderId, lineId } = await buy(call, 'BWC-S', 1);
  await call('fulfillOrder', { params: { orderId }, body: {}, isStep: true });
  const lines = [{ lineId, quantity: 1 }];
  const exchange = [{ sku: 'GONE', quantity: 1 }];
  const asked = await call('requestReturn', {
    params: { orderId },
    body: { lines, exchange, approve: true },
    isStep: true,
  });
  const params = { orderId, returnId: asked('returns.0.id') };
  await call('receiveReturn', { params, body: { lines }, isStep: true });
  await call('settleReturn', { params, body: { as: 'refund', note: 'No longer made' } });
}

async function correctOrders(call: Call): Promise<void> {
  const { orderId, lineId } = await buy(call, 'SHIRT-L', 2);
  const body = { email: 'ada.byron@example.com', tags: ['gift'], note: 'No bill in the parcel' };
  await call('changeOrder', { params: { orderId }, body });
  const changes = { lines: [{ lineId, quantity: 1 }], add: [{ sku: 'BWC-S', quantity: 1 }] };
  const preview = await call('previewEdit', { params: { orderId }, body: changes });
  await call('editOrder', { params: { orderId }, body: { ...changes, token: preview('token') } });
  await call('cancelOrder', { params: { orderId }, body: { note: 'The buyer changed their mind' } });
  const cart = { country: 'DE', lines: [{ sku: 'BWC-L', quantity: 1 }], email: 'ada@example.com', shippingAddress };
  const discount = { discount: { amount: euros(300) }, reason: 'Promised by phone' };
  const draft = await call('createDraftOrder', { body: { ...cart, discount } });
  await call('readDraftOrder', { params: { draftId: draft('id') } });
  await until(call, 'listDraftOrders', {}, (list) => list('items.0.id') !== '');
  await call('listDraftOrders');
  const dropped = await call('createDraftOrder', { body: cart, isStep: true });
  await call('deleteDraftOrder', { params: { draftId: dropped('id') } });
  await call('completeDraftOrder', { params: { draftId: draft('id') }, body: { payment: { provider: 'manual' } } });
  await call('readPayment', { params: { paymentId: orderId } });
  await call('listPayments', { query: { limit: '2' } });
  await call('reconcilePayments');
  await call('readReconciliation');
}

/** What shoppers may do with their orders where the merchant lets them. */
async function helpThemselves(call: Call): Promise<void> {
  await call('changeOrderPolicy', {
    body: { shopperCancel: true, returnWindowDays: 30, orderPageUrl: 'https://shop.example/order' },
  });
  await call('readOrderPolicy');
  const asShopper = async (sku: string) => {
    const body = { cartId: await cartOf(call, sku, 1), payment: card };
    const checkout = await call('startCheckout', { body, isStep: true });
    const orderId = checkout('order.id');
    return { orderId, params: { orderId }, token: checkout('order.accessToken'), checkout };
  };
  const first = await asShopper('BWC-L');
  await call('readOrderOptions', { params: first.params, token: first.token });
  await call('cancelOwnOrder', { params: first.params, token: first.token, body: { note: 'Ordered twice' } });
  const second = await asShopper('BWC-L');
  await call('fulfillOrder', { params: second.params, body: {}, isStep: true });
  const body = { lines: [{ lineId: second.checkout('lines.0.id'), quantity: 1, reason: 'Too large' }] };
  const asked = await call('returnOwnOrder', { params: second.params, token: second.token, body });
  const params = { ...second.params, returnId: asked('returns.0.id') };
  await call('cancelOwnReturn', { params, token: second.token });
  const number = second.checkout('order.number');
  const found = { number, email: 'ada@example.com' };
  await until(call, 'listOrders', {}, (list) => list('items.0.number') === number);
  await call('lookUpOrder', { body: found });
  await until(call, 'listMessages', {}, (list) => list('items.0.id') !== '');
  const messages = await call('listMessages');
  const token = /\bolt_[\w-]+/.exec(messages('items.0.text'))?.[0] ?? '';
  await call('openOrder', { body: { token } });
}

/** In a shop that takes money as goods ship. */
export async function captureByHand(call: Call): Promise<void> {
  const { orderId } = await buy(call, 'BWC-S', 1);
  await call('captureOrder', { params: { orderId }, body: {} });
}

async function watch(call: Call): Promise<void> {
  await call('readShopHealth');
  await call('listDeadLetters');
  const query = { type: 'orders.order-placed.v1', after: '0', limit: '1' };
  await until(call, 'listEvents', { query }, (events) => events('items.0.id') !== '');
  const listed = await call('listEvents', { query });
  await call('readEvent', { params: { id: listed('items.0.id') } });
}

/** Asks again until an answer pleases, for what follows a moment later. */
async function until(
  call: Call,
  id: string,
  asked: Parameters<Call>[1],
  isGood: (answer: Answered) => boolean,
): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    if (isGood(await call(id, { ...asked, isStep: true }))) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${id} never answered what was waited for`);
}
