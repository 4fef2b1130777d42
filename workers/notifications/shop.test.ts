/** Who the shop is, on a real database: told in parts, never half, and shown to everybody without what is the merchant's alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, actorHeader } from '../../shared/http/actor.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { app } from './routes.ts';
import { addMessage } from './store.ts';

const merchant = { kind: 'key', id: 'admin', scopes: ['*'] } as const;
const guest = { kind: 'guest', id: 'g', scopes: [] } as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('notifications');
});
afterAll(() => database.close());

async function ask(
  method: string,
  path: string,
  { body, headers = {}, by = merchant }: { body?: unknown; headers?: Record<string, string>; by?: object } = {},
) {
  const actor = { region: 'weur', country: null, requestId: 'req_test', traceparent: '', ...by } as Actor;
  const request = new Request(`http://notifications${path}`, {
    method,
    headers: { [actorHeader]: JSON.stringify(actor), 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, { DB: database.db });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get('etag'), body: text === '' ? null : JSON.parse(text) };
}
const tell = (body: unknown, headers = {}) => ask('PATCH', '/admin/v1/shop', { body, headers });

const address = { company: 'Heron & Birch GmbH', address1: 'Uferweg 4', postalCode: '10115', city: 'Berlin' };

test('a shop that was told nothing says so, at version 0', async () => {
  const { status, etag, body } = await ask('GET', '/admin/v1/shop');
  expect([status, etag, body.version, body.name, body.mailFrom]).toEqual([200, '"0"', 0, null, null]);
});

describe('what is told', () => {
  test('stays until it is told otherwise, field by field', async () => {
    await tell({ name: 'Heron & Birch', contactEmail: 'hello@shop.example', phone: '030 1234567' });
    const { status, body } = await tell({ phone: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'Heron & Birch', contactEmail: 'hello@shop.example', phone: null, version: 2 });
    expect((await ask('GET', '/admin/v1/shop')).body).toEqual(body);
  });

  test('replaces an address as a whole', async () => {
    await tell({ address: { ...address, address2: 'Hinterhaus', country: 'DE' } });
    const { body } = await tell({ address: { ...address, country: 'DE' } });
    expect(body.address).toEqual({ ...address, country: 'DE' });
  });

  test.each(['متجر الورد', '花屋さん 🌸', 'Cafe\u0301 “L’été”', '<b>&amp;</b>'])(
    'may be any name, such as %s',
    async (name) => {
      expect((await tell({ name })).body.name).toBe(name);
      expect((await ask('GET', '/v1/shop', { by: guest })).body.name).toBe(name);
    },
  );

  test('is seen by everybody except for the senders of e-mails, and only the merchant may tell it', async () => {
    await tell({ mailFrom: { name: null, address: 'orders@shop.example' }, mailReplyTo: 'help@shop.example' });
    const { status, body } = await ask('GET', '/v1/shop', { by: guest });
    expect(status).toBe(200);
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['mailFrom']));
    expect(JSON.stringify(body)).not.toMatch(/orders@|help@|version/);
    expect((await ask('PATCH', '/admin/v1/shop', { body: {}, by: guest })).status).toBe(403);
    expect((await ask('GET', '/admin/v1/shop', { by: guest })).status).toBe(403);
  });

  test('costs no transfer when it is known already', async () => {
    const { etag } = await ask('GET', '/v1/shop');
    expect(await ask('GET', '/v1/shop', { headers: { 'if-none-match': etag ?? '' } })).toMatchObject({
      status: 304,
      body: null,
    });
  });
});

describe('two who change it at once', () => {
  test('both get through when they name no version', async () => {
    const before = (await ask('GET', '/admin/v1/shop')).body.version;
    const names = Array.from({ length: 6 }, (_, index) => `Shop ${index}`);
    const answers = await Promise.all(names.map((name) => tell({ name })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect((await ask('GET', '/admin/v1/shop')).body.version).toBe(before + names.length);
  });

  test('lose nothing when they do: the second is refused', async () => {
    const { etag } = await ask('GET', '/admin/v1/shop');
    expect((await tell({ name: 'First' }, { 'if-match': etag })).status).toBe(200);
    expect(await tell({ name: 'Second' }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: { code: 'precondition-failed' },
    });
    expect((await ask('GET', '/admin/v1/shop')).body.name).toBe('First');
  });
});

describe('what cannot be right', () => {
  test.each([
    ['/name', { name: '' }],
    ['/name', { name: ' \u00a0 ' }],
    ['/name', { name: 'x'.repeat(101) }],
    ['/name', { name: 'Shop\r\nBcc: all@shop.example' }],
    ['/name', { name: 'Shop\u2028two lines' }],
    ['/name', { name: 'Shop\u0000' }],
    ['/mailFrom/name', { mailFrom: { name: 'Shop\nBcc: all@shop.example', address: 'a@shop.example' } }],
    ['/mailFrom/address', { mailFrom: { name: null, address: 'a@shop.example\r\nBcc: all@shop.example' } }],
    ['/mailFrom/address', { mailFrom: { name: null, address: 'Shop <a@shop.example>' } }],
    ['/mailFrom', { mailFrom: 'a@shop.example' }],
    ['/mailReplyTo', { mailReplyTo: 'a@shop.example, b@shop.example' }],
    ['/contactEmail', { contactEmail: 'nobody' }],
    ['/phone', { phone: 'call me' }],
    ['/storefrontUrl', { storefrontUrl: 'javascript:alert(1)' }],
    ['/address/postalCode', { address: { ...address, postalCode: 'ABC', country: 'DE' } }],
    ['/address/country', { address: { ...address, country: 'XX' } }],
    ['/logo', { logo: 'x' }],
  ])('is refused at %s', async (pointer, body) => {
    const before = (await ask('GET', '/admin/v1/shop')).body;
    const answer = await tell(body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
    expect((await ask('GET', '/admin/v1/shop')).body).toEqual(before);
  });

  test.each([
    ['DE', 'DE123456789', 200],
    ['DE', 'DE 123.456.789', 200],
    ['DE', '12/345/67890', 400],
    ['DE', 'ATU12345678', 400],
    ['GB', 'XI123456789', 200],
    ['GR', 'EL123456789', 200],
    ['CH', 'CHE-123.456.789 MWST', 200],
    ['BR', '12.345.678/0001-95', 200],
  ])('in %s is a tax number %s: %i', async (country, vatId, status) => {
    const seat = { address1: 'Street 1', city: 'Town', country };
    const answer = await tell({ address: country === 'US' ? { ...seat, region: 'CA' } : seat, vatId });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([status, status === 200 ? undefined : '/vatId']);
  });

  test('is a VAT id that the new seat of the business would not have', async () => {
    await tell({ address: { ...address, country: 'DE' }, vatId: 'DE123456789' });
    const { status, body } = await tell({ address: { address1: 'Ring 1', city: 'Wien', country: 'AT' } });
    expect([status, body.errors[0].pointer]).toEqual([400, '/vatId']);
  });
});

test('messages name the sender that the shop has now, under the name of the shop where it has no other', async () => {
  await tell({ name: '花屋さん', mailFrom: { name: null, address: 'orders@shop.example' }, mailReplyTo: null });
  const words = { subject: 'S', text: 'T', html: '<p>T</p>', template: 'order-link' };
  const expiresAt = Date.now() + 3_600_000;
  await addMessage(databaseOf(database.db), { id: 'm1', to: 'a@b.example', ...words, createdAt: 1, expiresAt });
  const { body } = await ask('GET', '/admin/v1/messages');
  const from = { name: '花屋さん', address: 'orders@shop.example' };
  expect(body.items).toMatchObject([{ to: 'a@b.example', from, replyTo: null }]);
});
