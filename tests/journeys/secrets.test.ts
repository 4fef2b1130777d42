/**
 * Nothing secret lies about: a card number is planted in every text of every operation, as the shop's own document describes
 * them, and afterwards no file of its state has it, nor the access token of an order, nor the token of a payment. On the way
 * every 404 names its request, and 304 is answered where the document says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, newKey, problemIn } from './client.ts';
import { importFile } from './merchant.ts';
import { type DocumentedOperation, readDocument, type Schema } from './openapi-document.ts';
import { untilAllIsTold } from './outbox-rows.ts';
import { buy, checkOut, fillCart, type Journey, orderOf, putUp, sandbox, startJourney } from './shopping.ts';
import { furnish, type WriteOperation } from './write-operations.ts';

let shop: Journey;
let operations: readonly DocumentedOperation[];
let writes: readonly WriteOperation[];

const pan = '4242 4242 4242 4242';
/** However it may have been changed on its way into a file. */
const cards = /4242[ +_.-]?4242[ +_.-]?4242[ +_.-]?4242/;

beforeAll(async () => {
  shop = await startJourney();
  const document = expectStatus(await shop.send('GET', '/openapi.json'), 200);
  // A webhook is a provider's, and is judged by its signature.
  operations = readDocument(document.text).filter(({ id }) => id !== 'receivePaymentWebhook');
  writes = (await furnish(shop)).operations;
  await untilAllIsTold(shop);
});
afterAll(async () => {
  expect(await shop.end()).toEqual([]);
});

/** The files of the state that hold something, by their names. */
function filesWith(found: RegExp): string[] {
  const names = readdirSync(shop.shop.stateDir, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && found.test(textOf(path.join(entry.parentPath, entry.name))))
    .map(({ name }) => name);
}

/** A running shop takes temporary files away between the look into their folder and the look into them. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** A place in a body: names of fields, and 0 for an item of a list. */
type Place = readonly string[];

/** Every place of a body where the document allows a text. */
function textsOf(schema: Schema, at: Place = []): Place[] {
  const forms = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  if (forms !== undefined) return forms.flatMap((form: Schema) => textsOf(form, at));
  if (schema.enum !== undefined || 'const' in schema) return [];
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => textsOf(one, [...at, name]));
  const others = schema.additionalProperties;
  const anyName = typeof others === 'object' && others !== null ? textsOf(others as Schema, [...at, 'any']) : [];
  const items = schema.items === undefined ? [] : textsOf(schema.items, [...at, '0']);
  const isText = schema.type === 'string' || (Array.isArray(schema.type) && schema.type.includes('string'));
  return [...(isText ? [at] : []), ...named, ...anyName, ...items];
}

/** A body with a value at a place, and all that was there otherwise. */
function planted(body: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined) return value;
  const before: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  const member = planted(before, rest, value);
  if (name === '0') return [member, ...(Array.isArray(body) ? body.slice(1) : [])];
  return { ...(typeof body === 'object' && !Array.isArray(body) ? body : {}), [name]: member };
}

/** The address of an operation, with values for its parameters. */
function addressOf({ path: address }: DocumentedOperation, partFor: (name: string) => string): string {
  return address.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(partFor(name)));
}

const isAdmin = ({ path: address }: DocumentedOperation): boolean => address.startsWith('/admin/');

/** A real request for an operation, or at least one that would be admitted. */
function requestOf(operation: DocumentedOperation) {
  const known = writes.find(({ name }) => name === operation.id);
  const address = known?.path ?? addressOf(operation, () => 'nothing');
  return { address, body: known?.valid ?? {} };
}

describe('a card number', () => {
  it('is refused in every text of every body, and repeated in no answer', async () => {
    let count = 0;
    for (const operation of operations) {
      const { address, body } = requestOf(operation);
      for (const place of operation.body === null ? [] : textsOf(operation.body)) {
        count += 1;
        const json = planted(body, place, pan);
        const answer = await shop.send(operation.method, address, {
          json,
          isAdmin: isAdmin(operation),
          idempotencyKey: newKey(),
        });
        const what = `${operation.id} /${place.join('/')}`;
        expect({ what, status: answer.status }).toEqual({ what, status: 400 });
        const pointers = problemIn(answer).errors?.map(({ pointer }) => pointer);
        expect({ what, pointers }).toEqual({ what, pointers: expect.arrayContaining([`/${place.join('/')}`]) });
        expect({ what, text: answer.text }).not.toMatchObject({ text: expect.stringMatching(cards) });
      }
    }
    // As many as there were when this was written: a document that describes no texts would prove nothing.
    expect(count).toBeGreaterThan(150);
  });

  it('is refused in every part of every address that is read', async () => {
    for (const operation of operations) {
      const { address } = requestOf(operation);
      const json =
        operation.method === 'GET' || operation.method === 'DELETE' ? {} : { json: {}, idempotencyKey: newKey() };
      const send = (to: string) => shop.send(operation.method, to, { isAdmin: isAdmin(operation), ...json });
      const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
      const tries = [
        ...inQuery.map(({ name }) => `${address}?${name}=${encodeURIComponent(pan)}`),
        ...(operation.path.includes('{') ? [addressOf(operation, () => pan)] : []),
      ];
      for (const to of tries) {
        const answer = await send(to);
        expect([400, 404], to).toContain(answer.status);
        expect({ to, text: answer.text }).not.toMatchObject({ text: expect.stringMatching(cards) });
      }
    }
  });

  it('leaves an imported file before anything of it is kept', async () => {
    const file = [
      'Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Barcode,Variant Price,Serial',
      `good,Good,,Maker,GOOD,4006381330060,12.00,${pan}`,
      `bad,Bad,${pan},Maker,BAD,,12.00,`,
      `${pan.replaceAll(' ', '-')},Worse,,Maker,WORSE,,12.00,`,
    ].join('\n');
    const report = await importFile(shop, file, '?currency=EUR');
    expect(report.text).not.toMatch(cards);
    expect(JSON.parse(report.text)).toMatchObject({ products: { created: 1, rejected: 2 } });
    expect(report.text).toContain('There was the number of a payment card.');
  });
});

describe('an answer', () => {
  it('of 404 names its request, whoever gives it', async () => {
    const addresses = operations
      .filter(({ path: address }) => address.includes('{'))
      .map((operation) => {
        const known = writes.find(({ name }) => name === operation.id);
        return { operation, to: addressOf(operation, () => 'nothing'), json: known?.valid ?? {} };
      });
    let count = 0;
    for (const { operation, to, json } of addresses) {
      const isRead = operation.method === 'GET' || operation.method === 'DELETE';
      const answer = await shop.send(operation.method, to, {
        isAdmin: isAdmin(operation),
        ...(isRead ? {} : { json, idempotencyKey: newKey() }),
      });
      if (answer.status !== 404) continue;
      count += 1;
      expect({ to, requestId: problemIn(answer).requestId }).toEqual({ to, requestId: answer.headers['x-request-id'] });
    }
    expect(count).toBeGreaterThan(20);
  });

  it('of 304 is in the document', async () => {
    const reads = operations.filter(({ method }) => method === 'GET');
    const ids = writes.map(({ path: address }) => address);
    for (const operation of reads) {
      const pattern = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}(?=/|$)`);
      const to = ids.map((address) => pattern.exec(address)?.[0]).find((address) => address !== undefined);
      if (to === undefined) continue;
      const first = await shop.send('GET', to, { isAdmin: isAdmin(operation) });
      const etag = first.headers.etag;
      if (first.status !== 200 || etag === undefined) continue;
      const again = await shop.send('GET', to, { isAdmin: isAdmin(operation), headers: { 'if-none-match': etag } });
      const isDocumented = '304' in operation.answers;
      expect({ to, isUnchanged: again.status === 304 }).toEqual({ to, isUnchanged: isDocumented });
    }
  });
});

describe('the files of the state', () => {
  it('have no access token and no token of a payment, of orders that were paid and of cards that were declined', async () => {
    await putUp(shop, { sku: 'SECRET', stock: 10, priceMinor: 1000 });
    const tokens = [orderOf(await buy(shop, { sku: 'SECRET', quantity: 1 }, sandbox('ok'))).accessToken];
    const cart = await fillCart(shop, { sku: 'SECRET', quantity: 1 });
    const declined = await checkOut(shop, cart.id, sandbox('tok_nobody_knows_this_one'));
    expect(declined.status).toBe(402);
    expect(declined.text).not.toContain('tok_nobody_knows_this_one');
    for (const token of tokens) expect(token).toMatch(/^oat_/);
    expect(filesWith(/oat_[\w-]{20}/)).toEqual([]);
    expect(filesWith(/tok_nobody_knows_this_one/)).toEqual([]);
  });

  it('have no card number', () => {
    expect(filesWith(/"title":"Good"/).length, 'what is kept is found').toBeGreaterThan(0);
    expect(filesWith(cards)).toEqual([]);
  });

  it('answer a repeated checkout with the token all the same', async () => {
    const cart = await fillCart(shop, { sku: 'SECRET', quantity: 1 });
    const idempotencyKey = newKey();
    const first = expectStatus(await checkOut(shop, cart.id, sandbox('ok'), { idempotencyKey }), 201);
    await shop.shop.restart();
    const again = expectStatus(await checkOut(shop, cart.id, sandbox('ok'), { idempotencyKey }), 201);
    expect(again.text).toBe(first.text);
    expect(again.text).toContain('"accessToken":"oat_');
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});
