/** Links to orders: who gets one, how often, and that each opens its order once. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderLink, OutgoingMessage } from '../../../shared/contracts/notifications/api.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { summaryWith } from '../../../shared/testing/summaries.ts';
import { orderRecord, saveOrders } from '../store/orders.ts';
import { linkMs, lookupWaitSeconds, openLink, policyIn, sendLink, setPolicy } from './self-service.ts';

const now = Date.UTC(2027, 0, 15);
const known = { number: 'WSGH-JKMN', email: 'ada@example.org' };

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('orders');
  const db = drizzle(database.db);
  await commit(db, saveOrders(db, [orderRecord(summaryWith(), { sequence: 1, updatedAt: 1, customer: null })]));
});
afterAll(() => database.close());
beforeEach(() => database.db.exec('delete from order_links; delete from order_policy'));

/** What was written after a question, and the shop that was asked. */
async function asked(question: { number: string; email: string }, at = now, sent: OrderLink[] = []) {
  const notifications = {
    send: async (message: OutgoingMessage) => {
      if (message.template === 'order-link') sent.push(message);
      return '';
    },
  };
  await sendLink({ db: drizzle(database.db), notifications, now: at }, question);
  return sent;
}
const open = (token: string, at = now, email: string | null = known.email) =>
  openLink({ db: drizzle(database.db), now: at }, { token, secrets: ['secret'] }, async () => ({ email }));

describe('a link to an order', () => {
  test('goes to the address of the order, whatever the case in which number and address were typed', async () => {
    const [message] = await asked({ number: '#wsghjkmn', email: 'ADA@example.ORG' });
    expect(message).toMatchObject({ to: 'ada@example.org', facts: { number: 'WSGH-JKMN', pageUrl: null } });
  });

  test.each([
    { ...known, email: 'bob@example.org' },
    { ...known, number: 'WSGH-JKMX' },
  ])('goes to nobody for %j', async (question) => {
    expect(await asked(question)).toEqual([]);
  });

  test('opens the order once, and not when it is too old', async () => {
    const [message] = await asked(known);
    const token = message?.facts.token ?? '';
    expect(await open(token)).toMatchObject({ orderId: 'ord_1', accessToken: expect.stringMatching(/^oat_mail_/) });
    expect(await open(token)).toBeNull();
    const [late] = await asked(known);
    expect(await open(late?.facts.token ?? '', now + linkMs)).toBeNull();
    expect(await open('olt_unknown')).toBeNull();
  });

  test('opens it for one of two who come at once', async () => {
    const [message] = await asked(known);
    const both = await Promise.all([open(message?.facts.token ?? ''), open(message?.facts.token ?? '')]);
    expect(both.filter((one) => one !== null)).toHaveLength(1);
  });

  test.each(['new@example.org', null])('does not open it any more once its address is %s', async (email) => {
    const [message] = await asked(known);
    expect(await open(message?.facts.token ?? '', now, email)).toBeNull();
  });

  test('opens it while its address differs in case alone', async () => {
    const [message] = await asked(known);
    expect(await open(message?.facts.token ?? '', now, 'Ada@Example.org')).not.toBeNull();
  });

  test('is not kept in clear', async () => {
    const [message] = await asked(known);
    const { results } = await database.db.prepare('select * from order_links').all();
    expect(JSON.stringify(results)).not.toContain(message?.facts.token);
  });

  test('is sent five times an hour at most', async () => {
    const sent: OrderLink[] = [];
    for (let ask = 0; ask < 8; ask += 1) await asked(known, now + ask, sent);
    expect(sent).toHaveLength(5);
    await asked(known, now + 3_700_000, sent);
    expect(sent).toHaveLength(6);
  });
});

describe('questions for an address', () => {
  test('are bounded, whoever asks and whatever there is, and again allowed in the next window', async () => {
    const ask = (email: string, at = now) => lookupWaitSeconds({ db: drizzle(database.db), now: at }, { email });
    for (const email of ['ada@example.org', 'nobody@example.org']) {
      for (let asked = 0; asked < 10; asked += 1)
        expect(await ask(asked % 2 === 0 ? email : email.toUpperCase())).toBeNull();
      expect(await ask(email, now + 1_500)).toBe(599);
    }
    expect(await ask('bob@example.org')).toBeNull();
    expect(await ask('ada@example.org', now + 600_000)).toBeNull();
    const { results } = await database.db.prepare('select email_hash from order_lookups').all();
    expect(results).toHaveLength(1);
  });
});

describe('the policy', () => {
  const by = { by: 'key:admin', now };

  test('offers nothing that was not turned on', async () => {
    expect(await policyIn(drizzle(database.db))).toEqual({
      shopperCancel: false,
      returnWindowDays: null,
      orderPageUrl: null,
    });
  });

  test('keeps what a change leaves out, and takes back what is set to nothing', async () => {
    const db = drizzle(database.db);
    await setPolicy(db, { returnWindowDays: 14 }, by);
    expect(await setPolicy(db, { shopperCancel: true }, by)).toMatchObject({
      shopperCancel: true,
      returnWindowDays: 14,
    });
    expect(await setPolicy(db, { returnWindowDays: null }, by)).toMatchObject({ returnWindowDays: null });
  });

  test('says which page the link leads to', async () => {
    await setPolicy(drizzle(database.db), { orderPageUrl: 'https://shop.example/order' }, by);
    const [message] = await asked(known);
    expect(message?.facts.pageUrl).toBe('https://shop.example/order');
  });
});
