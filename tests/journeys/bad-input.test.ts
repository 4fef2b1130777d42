/**
 * Everything wrong that can be sent to every operation that writes: each gets its problem document that names the field at
 * fault, nothing is half-done afterwards, and the shop lives on.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import type { ProblemCode } from '../../shared/http/problem.ts';
import { doors } from '../../workers/router/doors.ts';
import { type Answer, expectProblem, expectStatus, newKey, problemIn, type Send } from './client.ts';
import { readDocument } from './openapi-document.ts';
import { untilAllIsTold } from './outbox-rows.ts';
import { fillCart, type Journey, putUp, startJourney, until } from './shopping.ts';
import { type Furnished, furnish, newProduct, type WriteOperation } from './write-operations.ts';

let shop: Journey;
let furnished: Furnished;
let before: string;
/** In the list of products, twice in the list of stock (its total and its place), twice in the stock itself, and in the line of the cart. */
const settledMentions = 6;

beforeAll(async () => {
  // Nothing may end by itself while the tests run, however slowly they do.
  shop = await startJourney({ holdSeconds: 100_000 });
  furnished = await furnish(shop);
  await putUp(shop, { sku: 'DOLLARS', stock: 5, priceMinor: 1000, currency: 'USD' });
  await untilAllIsTold(shop);
  // The lists follow the hold of the open checkout a moment later.
  before = await until(everything, (all) => all.match(/"available":99/g)?.length === settledMentions);
});
afterEach(async () => {
  expect(await everything()).toBe(before);
});
afterAll(async () => {
  expectStatus(await shop.send('GET', '/healthz'), 200);
  expect(await shop.end()).toEqual([]);
});

/** All that bad input must leave as it is. When something was true is no part of it. */
async function everything(): Promise<string> {
  const paths = [
    ...['products', 'collections', 'markets', 'shipping-rates', 'locations', 'inventory', 'orders', 'imports'],
    ...['promotions', 'tax-rates', 'price-lists', 'gift-cards', 'store-credits', 'payments', 'inventory/transfers'],
    'payment-methods',
    `orders/${furnished.order.id}`,
  ];
  const lists = await Promise.all(paths.map((path) => shop.admin('GET', `/admin/v1/${path}`)));
  const stock = await shop.admin('GET', '/admin/v1/inventory/SOLD');
  const cart = await shop.send('GET', `/v1/carts/${furnished.cart.id}`);
  const open = await shop.send('GET', `/v1/checkouts/${furnished.open.id}`);
  const all = [...lists, stock, cart, open].map((answer) => expectStatus(answer, 200).text).join('\n');
  return all.replaceAll(/"asOf":"[^"]*"/g, '"asOf":null');
}

function spoil(operation: WriteOperation, more: Send): Promise<Answer> {
  const { method, path, isAdmin } = operation;
  return shop.send(method, path, { isAdmin, idempotencyKey: newKey(), ...more });
}

const operationOf = (name: string): WriteOperation => {
  const found = furnished.operations.find((operation) => operation.name === name);
  if (found === undefined) throw new Error(`There is no operation ${name}`);
  return found;
};

/** Expects a refusal of the input that points into the field. */
function expectFault(answer: Answer, pointer: string, what: string): void {
  expect({ what, status: answer.status, text: answer.text.slice(0, 300) }).toMatchObject({ status: 400 });
  const problem = problemIn(answer);
  expect(problem.code, what).toBe('invalid-input');
  const pointers = problem.errors?.map((fault) => fault.pointer) ?? [];
  const isNamed = pointers.some((found) => found === pointer || found.startsWith(`${pointer}/`));
  expect({ what, pointers, isNamed }).toMatchObject({ isNamed: true });
}

const names = [
  ...['createCart', 'changeCart', 'addLine', 'changeLine', 'startCheckout', 'completeCheckout', 'cancelCheckout'],
  ...[
    'setCartCustomer',
    'addLinesByHand',
    'setCartDiscount',
    'createProduct',
    'editProduct',
    'addVariant',
    'editVariant',
    'createCollection',
    'editCollection',
    'setPrices',
    'setLevels',
    'adjustStock',
    'createLocation',
  ],
  ...['createMarket', 'patchMarket', 'createShippingRate', 'patchShippingRate'],
  ...['createPromotion', 'patchPromotion', 'createDiscountCodes', 'patchDiscountCodes', 'patchDiscountCode'],
  ...['createTaxRate', 'patchTaxRate'],
  ...['createPriceList', 'patchPriceList', 'patchListPrices'],
  ...['patchPaymentMethods', 'issueGiftCard', 'patchGiftCard', 'adjustGiftCard', 'adjustStoreCredit'],
  ...['changeStockSettings', 'editLocation', 'startTransfer', 'sendTransfer', 'receiveTransfer', 'cancelTransfer'],
  ...['fulfillOrder', 'trackFulfillment', 'cancelOrder', 'captureOrder', 'collectPayment', 'refundOrder'],
  ...['requestReturn', 'decideReturn', 'receiveReturn', 'settleReturn', 'previewEdit', 'editOrder', 'addOrderNote'],
  ...['cancelFulfillment', 'changeOrder', 'changeOrderPolicy', 'changeShop'],
  ...['lookUpOrder', 'openOrder', 'cancelOwnOrder', 'returnOwnOrder', 'cancelOwnReturn'],
  ...['createDraftOrder', 'completeDraftOrder'],
];

it('the table has every operation that takes JSON', async () => {
  expect(furnished.operations.map(({ name }) => name)).toEqual(names);
  const document = readDocument(expectStatus(await shop.send('GET', '/openapi.json'), 200).text);
  // The signature of a webhook covers its bytes: its tests are beside the providers.
  const documented = document.filter(({ id, body }) => body !== null && id !== 'receivePaymentWebhook');
  expect(documented.map(({ id }) => id).sort()).toEqual(names.toSorted());
});

describe.each(names)('%s refuses', (name) => {
  it('a field that it does not know', async () => {
    const operation = operationOf(name);
    for (const field of ['surprise', 'id', 'createdAt', 'constructor', 'a/b~c']) {
      if (name === 'createLocation' && field === 'id') continue;
      const answer = await spoil(operation, { json: { ...operation.valid, [field]: 1 } });
      expectFault(answer, `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, field);
    }
    const polluted = JSON.stringify(operation.valid)
      .replace(/^\{/, '{"__proto__":{"isAdmin":true},')
      .replace(',}', '}');
    expectFault(await spoil(operation, { raw: polluted }), '/__proto__', '__proto__');
  });

  it('a body that is no object', async () => {
    for (const json of [null, [], 'text', 1, true, [{}]])
      expectFault(await spoil(operationOf(name), { json }), '', JSON.stringify(json));
  });

  it('a value of another type in each field', async () => {
    const operation = operationOf(name);
    for (const [field, value] of Object.entries(operation.valid)) {
      const others = [{ a: { b: 1 } }, [[]], 12.5, true, 'x'.repeat(70_000)].filter(
        (other) => Array.isArray(other) !== Array.isArray(value) || typeof other !== typeof value,
      );
      if (field === 'pricesIncludeTax') others.splice(others.indexOf(true), others.includes(true) ? 1 : 0);
      for (const other of others.filter((one) => operation.isAdmin || typeof one !== 'string')) {
        const answer = await spoil(operation, { json: { ...operation.valid, [field]: other } });
        expectFault(answer, `/${field}`, `${field}: ${JSON.stringify(other).slice(0, 40)}`);
      }
    }
  });

  it('text that is none: NUL, control characters, lone surrogates', async () => {
    const operation = operationOf(name);
    for (const [field, value] of Object.entries(operation.valid)) {
      if (typeof value !== 'string') continue;
      for (const bad of ['a\u0000b', 'a\u0007b', '\ud800', 'x\udc00']) {
        const answer = await spoil(operation, { json: { ...operation.valid, [field]: bad } });
        expectFault(answer, `/${field}`, `${field}: ${JSON.stringify(bad)}`);
      }
    }
  });

  it('JSON that is broken, too deep, or another format', async () => {
    const operation = operationOf(name);
    const valid = JSON.stringify(operation.valid);
    const broken = [
      `${valid}}`,
      valid.slice(0, -1),
      "{'a':1}",
      '{"a":NaN}',
      '{"a":1,}',
      '{"a":01}',
      '\u0000',
      '{"a":"\n"}',
    ];
    const deep = '['.repeat(50_000 / 2) + ']'.repeat(50_000 / 2);
    for (const raw of [...broken, deep, `{"a":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`]) {
      const problem = expectProblem(await spoil(operation, { raw }), 'malformed-json');
      expect(problem.errors).toBeDefined();
    }
    expectProblem(await spoil(operation, { raw: Buffer.from([0xff, 0xfe, 0x7b]) }), 'malformed-json');
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
    ]) {
      const answer = await spoil(operation, { raw: valid, headers: { 'content-type': type } });
      expectProblem(answer, 'unsupported-media-type');
    }
    const gzip = await spoil(operation, { raw: valid, headers: { 'content-encoding': 'gzip' } });
    expectProblem(gzip, 'unsupported-media-type');
  });

  it('eleven megabytes, announced or not', async () => {
    const operation = operationOf(name);
    const raw = Buffer.from(`{"note":"${'x'.repeat(11_000_000)}"}`);
    expectProblem(await spoil(operation, { raw }), 'content-too-large');
    expectProblem(await spoil(operation, { raw, isChunked: true }), 'content-too-large');
  });
});

describe('without an Idempotency-Key', () => {
  const keyed = doors.filter(({ idempotency }) => idempotency === 'required').map(({ id }) => id);

  it.each(keyed)('%s moves no money, and says what to send', async (name) => {
    const { method, path, isAdmin, valid } = operationOf(name);
    const refused = expectProblem(await shop.send(method, path, { isAdmin, json: valid }), 'idempotency-key-missing');
    expect(refused.detail).toContain('Send an Idempotency-Key header');
  });
});

describe('a quantity', () => {
  const wrong = [-1, 0.5, 1.5, 1000, 1e308, 2 ** 53, -(2 ** 53), '1', null, true, [1], { a: 1 }];

  it.each(wrong)('of a line is not %j', async (quantity) => {
    const line = { sku: 'SOLD', quantity };
    expectFault(await spoil(operationOf('addLine'), { json: line }), '/quantity', 'addLine');
    expectFault(await spoil(operationOf('changeLine'), { json: { quantity } }), '/quantity', 'changeLine');
    const lines = [{ sku: 'SOLD', quantity: 1 }, line];
    expectFault(await spoil(operationOf('createCart'), { json: { lines } }), '/lines/1/quantity', 'createCart');
  });

  it('of a new line is not zero', async () => {
    expectFault(await spoil(operationOf('addLine'), { json: { sku: 'SOLD', quantity: 0 } }), '/quantity', 'addLine');
  });

  it('grows to 999 and no further', async () => {
    const cart = await fillCart(shop, { sku: 'SOLD', quantity: 999 });
    const more = await shop.send('POST', `/v1/carts/${cart.id}/lines`, { json: { sku: 'SOLD', quantity: 1 } });
    expectProblem(more, 'quantity-too-large');
  });

  it.each([0, 0.5, 1e10, -1e10, '3', null, Number.MAX_SAFE_INTEGER])('is not changed by %j', async (delta) => {
    const json = { delta, reason: 'x' };
    expectProblem(await spoil(operationOf('adjustStock'), { json }), 'invalid-input');
  });

  it('on hand is set only with what it is compared with, and never below zero', async () => {
    const adjust = (json: unknown) => spoil(operationOf('adjustStock'), { json });
    expectProblem(await adjust({ onHand: 5, reason: 'x' }), 'invalid-input');
    expectProblem(await adjust({ onHand: -5, ifOnHand: 100, reason: 'x' }), 'invalid-input');
    expectProblem(await adjust({ onHand: 5, ifOnHand: 7, reason: 'x' }), 'stock-conflict');
    expectProblem(await adjust({ delta: -1_000_000, reason: 'x' }), 'insufficient-stock');
    expectProblem(await adjust({ delta: 1, locationId: 'loc_nowhere', reason: 'x' }), 'unknown-location');
    const other = await shop.admin('POST', '/admin/v1/inventory/NOTHING/adjustments', { delta: 1, reason: 'x' });
    expectProblem(other, 'not-found');
  });
});

describe('what a shopper names', () => {
  it.each([
    [{ sku: 'NOTHING', quantity: 1 }, 'unknown-variant', '/sku'],
    [{ variantId: 'var_01kdvdna00e008000000000010', quantity: 1 }, 'unknown-variant', '/variantId'],
    [{ variantId: 'nonsense', quantity: 1 }, 'unknown-variant', '/variantId'],
    [{ quantity: 1 }, 'invalid-input', ''],
    [{ sku: 'SOLD', variantId: 'x', quantity: 1 }, 'invalid-input', ''],
    [{ sku: ' SOLD', quantity: 1 }, 'invalid-input', '/sku'],
    [{ sku: '', quantity: 1 }, 'invalid-input', '/sku'],
    [{ sku: 'DOLLARS', quantity: 1 }, 'currency-not-sold', '/sku'],
  ] as const)('%j is %s', async (line, code: ProblemCode, pointer) => {
    const added = expectProblem(await spoil(operationOf('addLine'), { json: line }), code);
    const lines = [{ sku: 'SOLD', quantity: 1 }, line];
    const created = expectProblem(await spoil(operationOf('createCart'), { json: { lines } }), code);
    expect(added.errors?.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(created.errors?.map((fault) => fault.pointer)).toEqual([`/lines/1${pointer}`]);
  });

  it.each([
    ['createCart', { currency: 'JPY' }, 'unknown-market'],
    ['createCart', { country: 'DE', currency: 'USD' }, 'currency-not-in-market'],
    ['createCart', { currency: 'EURO' }, 'invalid-input'],
    ['createCart', { country: 'Germany' }, 'invalid-input'],
    ['changeCart', { shippingOptionId: 'shr_01kdvdna00e008000000000999' }, 'unknown-shipping-option'],
    ['changeCart', { email: 'nobody' }, 'invalid-input'],
    ['changeCart', { shippingAddress: { address1: 'A', city: 'B', country: 'de' } }, 'invalid-input'],
    ['startCheckout', { cartId: 'cart_nothing' }, 'not-found'],
    ['completeCheckout', { payment: { provider: 'cash' } }, 'invalid-input'],
    ['completeCheckout', { payment: { provider: 'manual', cardNumber: '4242424242424242' } }, 'invalid-input'],
    ['completeCheckout', { payment: { provider: 'manual', returnUrl: 'javascript:alert(1)' } }, 'invalid-input'],
  ] as const)('%s refuses %j as %s', async (name, json, code: ProblemCode) => {
    expectProblem(await spoil(operationOf(name), { json }), code);
  });

  it.each(['price', 'unitPrice', 'total', 'subtotal', 'discount', 'tax', 'currency', 'priceMinor', 'compareAtPrice'])(
    'is never the %s',
    async (field) => {
      const money = { amount: 1, currency: 'EUR' };
      const line = { sku: 'SOLD', quantity: 1, [field]: money };
      expectFault(await spoil(operationOf('addLine'), { json: line }), `/${field}`, 'addLine');
      expectFault(
        await spoil(operationOf('createCart'), { json: { lines: [line] } }),
        `/lines/0/${field}`,
        'createCart',
      );
      const { quantity: _, ...change } = { ...line, sku: undefined };
      expectFault(
        await spoil(operationOf('changeLine'), { json: { quantity: 1, ...change } }),
        `/${field}`,
        'changeLine',
      );
      for (const name of ['changeCart', 'startCheckout', 'completeCheckout']) {
        const operation = operationOf(name);
        expectFault(await spoil(operation, { json: { ...operation.valid, [field]: money } }), `/${field}`, name);
      }
    },
  );

  it.each(['status', 'version', 'checkoutId', 'customerId', 'totals', 'lines', 'currency', 'expiresAt'])(
    'is never the %s of a cart',
    async (field) => {
      expectFault(await spoil(operationOf('changeCart'), { json: { [field]: 'x' } }), `/${field}`, field);
    },
  );

  it('is not another cart: a changed id is no cart', async () => {
    const { id } = furnished.cart;
    const last = id.endsWith('0') ? '1' : '0';
    for (const other of [id.slice(0, -1) + last, id.replace('deeur', 'ususd'), id.toUpperCase(), `${id}0`, '..', '%00'])
      expectProblem(await shop.send('GET', `/v1/carts/${other}`), other === '..' ? 'not-found' : problemCodeFor(other));
  });
});

/** An id that is no text at all is bad input; any other is no cart. */
const problemCodeFor = (id: string): ProblemCode => (id === '%00' ? 'invalid-input' : 'not-found');

describe('a merchant', () => {
  const create = (json: unknown) => spoil(operationOf('createProduct'), { json });

  it('cannot take a handle or a SKU twice', async () => {
    const handle = expectProblem(await create({ ...newProduct('sold') }), 'handle-taken');
    expect(handle.errors).toMatchObject([{ pointer: '/handle' }]);
    const [small, medium] = newProduct('fresh').variants;
    const taken = await create({ ...newProduct('fresh'), variants: [small, { ...medium, sku: 'SOLD' }] });
    expect(expectProblem(taken, 'sku-taken').errors).toMatchObject([{ pointer: '/variants/1/sku' }]);
    const twice = problemIn(
      await create({ ...newProduct('fresh'), variants: [small, { ...medium, sku: small?.sku }] }),
    );
    expect(twice.errors?.[0]?.pointer).toBe('/variants/1/sku');
    const edit = await shop.admin('PATCH', '/admin/v1/products/sold', { handle: 'dollars' });
    expect(expectProblem(edit, 'handle-taken').errors).toMatchObject([{ pointer: '/handle' }]);
    expectProblem(await shop.admin('POST', '/admin/v1/collections', { handle: 'taken', title: 'T' }), 'handle-taken');
  });

  it.each([
    ['/title', { title: '  ' }],
    ['/title', { title: undefined }],
    ['/handle', { handle: 'Not A Handle' }],
    ['/status', { status: 'sold' }],
    ['/variants', { variants: [] }],
    ['/variants/0/price/amount', { variants: [{ price: { amount: -1, currency: 'EUR' } }] }],
    ['/variants/0/price/amount', { variants: [{ price: { amount: 9.99, currency: 'EUR' } }] }],
    ['/variants/0/price/amount', { variants: [{ price: { amount: '999', currency: 'EUR' } }] }],
    ['/variants/0/price/currency', { variants: [{ price: { amount: 1, currency: 'BTC' } }] }],
    ['/variants/0/price', { variants: [{ sku: 'X' }] }],
    ['/variants/0/quantity', { variants: [{ price: { amount: 1, currency: 'EUR' }, quantity: -1 }] }],
    ['/variants/0/id', { variants: [{ id: 'var_1', price: { amount: 1, currency: 'EUR' } }] }],
    ['/images/0/url', { images: [{ url: 'javascript:alert(1)' }] }],
    ['/tags', { tags: Array.from({ length: 251 }, String) }],
    ['/options', { options: [1, 2, 3, 4].map((name) => ({ name: `O${name}` })) }],
  ])('cannot make a product with a wrong %s', async (pointer, change) => {
    expectFault(await create({ ...newProduct('fresh'), ...change }), pointer, pointer);
  });

  it('cannot make variants that do not fit the options', async () => {
    const [small, medium] = newProduct('fresh').variants;
    const same = await create({ ...newProduct('fresh'), variants: [small, { ...medium, options: { Size: 'S' } }] });
    expectProblem(same, 'invalid-options');
    const foreign = await create({ ...newProduct('fresh'), variants: [{ ...small, options: { Colour: 'S' } }] });
    expectProblem(foreign, 'invalid-options');
  });

  it.each([
    ['createMarket', { countries: ['DE'] }, 'country-taken'],
    ['createMarket', { taxRate: '1.5' }, 'invalid-input'],
    ['createMarket', { taxRate: 0.19 }, 'invalid-input'],
    ['createMarket', { currencies: [] }, 'invalid-input'],
    ['createShippingRate', { marketId: 'mkt_01kdvdna00e008000000000999' }, 'invalid-input'],
    ['createShippingRate', { prices: [{ amount: -1, currency: 'EUR' }] }, 'invalid-input'],
    ['createCollection', { products: ['nothing'] }, 'unknown-product'],
    ['createCollection', { rules: [{ field: 'tag', relation: 'equals', value: 'x' }] }, 'invalid-input'],
    ['createLocation', { id: 'loc_main' }, 'location-taken'],
  ] as const)('%s refuses %j as %s', async (name, change, code: ProblemCode) => {
    const operation = operationOf(name);
    expectProblem(await spoil(operation, { json: { ...operation.valid, ...change } }), code);
  });

  it('needs the right key for every one of these', async () => {
    for (const operation of furnished.operations.filter(({ isAdmin }) => isAdmin)) {
      const { method, path, valid: json } = operation;
      expectProblem(await shop.send(method, path, { json }), 'not-authenticated');
      const headers = { authorization: 'Bearer wrong' };
      expectProblem(await shop.send(method, path, { json, headers }), 'not-authenticated');
      const spoofed = { 'x-vitrine-actor': JSON.stringify({ kind: 'key', id: 'admin', scopes: ['*'] }) };
      expectProblem(await shop.send(method, path, { json, headers: spoofed }), 'not-authenticated');
    }
  });
});

describe('a CSV file', () => {
  const header = 'Handle,Title,Variant SKU,Variant Price';
  const upload = (raw: string | Buffer, more: Send = {}) =>
    shop.send('POST', '/admin/v1/imports', { isAdmin: true, raw, headers: { 'content-type': 'text/csv' }, ...more });

  it.each([
    ['is empty', ''],
    ['has no known header', 'hello\nworld\n'],
    ['has other separators', `${header.replaceAll(',', ';')}\na;A;S;1.00\n`],
    ['lacks a needed column', 'Handle,Title\na,A\n'],
    ['has a column twice', `${header},Title\na,A,S,1.00,A\n`],
    ['ends within a quoted cell', `${header}\na,A,S,1.00\nb,"B`],
    ['has text behind a quoted cell', `${header}\na,"A"x,S,1.00\n`],
    [
      'is no UTF-8',
      Buffer.concat([Buffer.from(`${header}\na,`), Buffer.from([0xff, 0xfe, 0xe9]), Buffer.from(',S,1.00\n')]),
    ],
    ['is a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('that %s changes nothing', async (_, raw) => {
    const problem = expectProblem(await upload(raw), 'malformed-csv');
    expect(problem.errors?.[0]?.pointer).toMatch(/^\/\d+/);
  });

  it('of another type, or sent with a currency that is none, changes nothing', async () => {
    const raw = `${header}\na,A,S,1.00\n`;
    const headers = { 'content-type': 'application/json' };
    expectProblem(await upload(raw, { headers }), 'unsupported-media-type');
    const wrong = await shop.send('POST', '/admin/v1/imports?currency=XXX', {
      isAdmin: true,
      raw,
      headers: { 'content-type': 'text/csv' },
    });
    expectFault(wrong, '/query/currency', 'currency');
  });
});

it('a body that comes with a question says nothing', async () => {
  for (const path of ['/healthz', '/v1/products', '/v1/countries/DE', '/admin/v1/orders', '/problems/defect'])
    for (const isChunked of [false, true])
      expectStatus(await shop.send('GET', path, { isAdmin: true, json: { status: 'draft' }, isChunked }), 200);
});

it('a cart can still be filled after all of it', async () => {
  const cart = await fillCart(shop, { sku: 'SOLD', quantity: 2 });
  expect(expectStatus(await shop.send('GET', `/v1/carts/${cart.id}`), 200).as(CartView).lines).toHaveLength(1);
});
