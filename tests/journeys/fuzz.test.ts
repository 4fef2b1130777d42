/**
 * Many requests at random against the shop's own description: nothing breaks it, what the description forbids is refused,
 * and every answer is one that the description promises. A failure prints the seed that repeats it.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { type ArbitraryRequest, arbitraryRequest, type Known } from './arbitrary-requests.ts';
import { type Answer, expectStatus, newKey, problemIn } from './client.ts';
import { changePaymentMethods } from './merchant.ts';
import { answerSchema, type DocumentedOperation, faultIn, readDocument } from './openapi-document.ts';
import { checkOut, fillCart, type Journey, putUp, startJourney, until } from './shopping.ts';
import { furnish } from './write-operations.ts';

/** A longer hunt is a matter of these variables. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 1_500);
const givenSeed = process.env.FUZZ_SEED;
/** Ends what hangs, and measures nothing: far more than any answer needs, even on a busy machine. */
const answerMsMax = 30_000;
/** A hunt that is ten times longer may take ten times as long. */
const huntMsMax = 60_000 + requests * 100;

let shop: Journey;
let seed: number;
let operations: readonly DocumentedOperation[];
let known: Known;

beforeAll(async () => {
  shop = await startJourney();
  const document = expectStatus(await shop.send('GET', '/openapi.json'), 200);
  // One state of the API is always asked the same, so that a failure speaks of the change; the next state is asked anew.
  seed = givenSeed === undefined ? seedOf(document.text) : Number(givenSeed);
  // A webhook is judged by its signature, and a CSV file is no JSON: both have tests of their own.
  operations = readDocument(document.text).filter(({ id }) => id !== 'receivePaymentWebhook' && id !== 'createImport');
  const { cart, open, order, draftId, ids } = await furnish(shop);
  await putUp(shop, { sku: 'OTHER', stock: 9, priceMinor: 100 });
  const market = /"id":"(mkt_[^"]+)"/.exec((await shop.admin('GET', '/admin/v1/markets')).text)?.[1] ?? '';
  const carts = [cart.id, (await fillCart(shop, { sku: 'OTHER', quantity: 1 })).id];
  known = {
    cartId: carts,
    lineId: [...cart.lines, ...order.lines].map(({ id }) => id),
    checkoutId: [open.id],
    orderId: [order.id, open.id.slice(0, 33).replace('chk_', 'ord_')],
    fulfillmentId: order.fulfillments.map(({ id }) => id),
    draftId: [draftId],
    returnId: order.returns.map(({ id }) => id),
    sku: ['SOLD', 'OTHER', 'NOTHING'],
    variantId: cart.lines.map(({ variantId }) => variantId),
    product: ['sold', 'other', 'nothing'],
    products: ['sold', 'other'],
    collection: ['taken', 'nothing'],
    handle: ['sold', 'fresh', 'other-2'],
    marketId: [market],
    country: ['DE', 'US', 'JP'],
    locationId: ['loc_main', 'loc_nowhere'],
    id: ids,
    code: ['not-found', 'nothing'],
  };
});
afterAll(() => shop.end());

const seedOf = (text: string) => createHash('sha256').update(text).digest().readInt32BE();

const leaks = /\bat (?:async )?[\w.<>]+ \(|\.ts:\d+|SQLITE_|D1_ERROR|\bselect .{1,80} from |node_modules|workerd\//i;

/** What is wrong with an answer; null when nothing is. */
function wrongWith({ operationId, fault }: ArbitraryRequest, answer: Answer, tookMs: number): string | null {
  const { status, text, headers } = answer;
  if (status >= 500) return `it broke: ${text}`;
  if (fault !== null && status < 400) return `it was taken, although ${fault}`;
  if (leaks.test(text)) return 'it shows its inside';
  if (tookMs > answerMsMax) return `it took ${tookMs} ms`;
  if (headers['x-request-id'] === undefined) return 'it has no request id';
  const operation = operations.find(({ id }) => id === operationId);
  if (operation === undefined) throw new Error(`${operationId} is not documented`);
  const schema = answerSchema(operation, status, headers['content-type']);
  if (typeof schema === 'string') return schema;
  if (status >= 400) problemIn(answer);
  const isJson = headers['content-type']?.includes('json') === true;
  return schema === null ? null : faultIn(schema, isJson ? JSON.parse(text) : text);
}

it(`takes ${requests} random requests`, { timeout: huntMsMax }, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(arbitraryRequest(operations, known), async (request) => {
      const { method, path, body } = request;
      const began = performance.now();
      const answer = await shop.send(method, path, {
        isAdmin: path.startsWith('/admin'),
        ...(method === 'GET' ? {} : { idempotencyKey: newKey() }),
        ...(body === undefined ? {} : { raw: body }),
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const wrong = wrongWith(request, answer, performance.now() - began);
      if (wrong !== null)
        throw new Error(`${method} ${path}\n${body ?? ''}\n${answer.status} ${answer.text.slice(0, 500)}\n${wrong}`);
    }),
    { seed, numRuns: requests, endOnFailure: true },
  );
  console.log(`answers by status: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
  // A generator that is always refused, or never, tests nothing.
  const taken = [...statuses].reduce((sum, [status, count]) => sum + (status < 400 ? count : 0), 0);
  expect(taken).toBeGreaterThan(requests / 10);
  expect(requests - taken).toBeGreaterThan(requests / 10);
});

it('the shop still sells', async () => {
  expect(shop.errorsLogged()).toEqual([]);
  // The merchant has changed the markets at random: the shop may sell in another currency, and carts learn of it in time.
  const start = () => shop.send('POST', '/v1/carts', { json: {} });
  const { currency } = (await until(start, ({ status }) => status === 201)).as(CartView);
  await putUp(shop, { sku: 'AFTER', stock: 1, priceMinor: 100, currency });
  await changePaymentMethods(shop, {
    methods: [{ id: 'by-hand', provider: 'manual', name: 'By hand', isEnabled: true, position: 0 }],
  });
  const cart = await fillCart(shop, { sku: 'AFTER', quantity: 1 });
  expectStatus(await checkOut(shop, cart.id, { provider: 'manual' }), 201);
});
