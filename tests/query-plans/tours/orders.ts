/** Every statement of the read model of orders: each filter alone and all together, in each order, with few and with many words. */
import { orderSorts } from '../../../shared/contracts/orders/order-lists-http.ts';
import { commit, databaseOf } from '../../../shared/messaging/d1.ts';
import { summaryWith } from '../../../shared/testing/summaries.ts';
import {
  draftById,
  sortedMax as draftsSortedMax,
  listDrafts,
  removeDraft,
  saveDraft,
} from '../../../workers/orders/store/drafts.ts';
import { addLink, countLookup, useLink } from '../../../workers/orders/store/links.ts';
import { sortedMax } from '../../../workers/orders/store/order-counts.ts';
import { detailedOrders } from '../../../workers/orders/store/order-details.ts';
import type { OrderFilter } from '../../../workers/orders/store/order-filters.ts';
import type { OrderSort } from '../../../workers/orders/store/order-indexes.ts';
import { listOrders } from '../../../workers/orders/store/order-lists.ts';
import { hasOrdered, orderRecord, saveOrders } from '../../../workers/orders/store/orders.ts';
import { changePolicy, readPolicy } from '../../../workers/orders/store/policy.ts';

const summary = summaryWith({ tags: ['vip'] });

/** More than are sorted of Bob, and as many after them of nobody. */
const manyDrafts = `with recursive made (n) as (select 1 union all select n + 1 from made where n <= ${2 * draftsSortedMax + 1}) insert into drafts (id, country, currency, total_minor, quantity, created_by, created_at, updated_at) select 'many_' || n, 'DE', 'EUR', 1, 1, 'k', n, n from made; insert into draft_words (rowid, words) select document, iif(created_at <= ${draftsSortedMax + 1}, 'bob', 'hat') from drafts where id glob 'many_*'`;

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const facts = { sequence: 1, updatedAt: 1, customer: 'hash' };
  const many = Array.from({ length: sortedMax + 1 }, (_, index) =>
    orderRecord(
      {
        ...summary,
        orderId: `ord_${index}`,
        ...(index === 0 ? { names: ['Ada'], country: 'AT' } : { names: ['Bob'] }),
      },
      facts,
    ),
  );
  await commit(db, saveOrders(db, many));
  await hasOrdered(db, 'hash', 9);
  await addLink(db, { tokenHash: 'h', emailHash: 'h', orderId: 'ord_1', now: 2, expiresAt: 9, since: 1, linksMax: 5 });
  await useLink(db, 'h', 3);
  await countLookup(db, 'h', 3);
  await changePolicy(db, { shopperCancel: true }, { by: 'key:admin', now: 1 });
  await readPolicy(db);
  const draft = {
    id: 'cart_1',
    email: 'a@b.de',
    customerId: null,
    name: 'Ada',
    country: 'DE',
    currency: 'EUR',
  } as const;
  await saveDraft(db, { ...draft, totalMinor: 1, quantity: 1, createdBy: 'k', createdAt: 1, updatedAt: 1 }, 'ada');
  await draftById(db, 'cart_1');
  await client.exec(manyDrafts);
  for (const query of [
    {},
    { q: 'ada' },
    { q: '*' },
    { q: 'bob' },
    { q: 'bob', status: 'completed' },
    { email: 'a@b.de' },
    { status: 'open' },
    { status: 'completed' },
  ] as const)
    for (const at of [null, [1, 'cart_1'] as const]) await listDrafts(db, { ...query, after: at, limit: 20 });
  await removeDraft(db, 'cart_1');
  const filters: OrderFilter = {
    ...{
      status: 'paid',
      paymentStatus: 'captured',
      fulfillmentStatus: 'unfulfilled',
      email: 'a@b.de',
      customerId: 'c1',
    },
    ...{ number: 'WSGH-JKMN', country: 'DE', placedFrom: 1, placedBefore: 2, isOutstanding: true },
    ...{ q: 'ada', name: 'bob', sku: 'HAT', tags: ['vip'] },
  };
  const alone = Object.entries(filters).map(([name, value]): OrderFilter => ({ [name]: value }));
  const pairs: OrderFilter[] = [
    { country: 'DE', isOutstanding: true },
    { country: 'CA', regions: ['CA-QC'] },
    { country: 'GB', regions: ['GB-ENG', 'GB-KEN'] },
    { country: 'CA', regions: ['CA-QC'], isOutstanding: true },
    { customerId: 'c1', status: 'paid' },
    { q: 'vip', country: 'DE' },
    { q: 'ada hat' },
    { country: 'AT', status: 'paid' },
    { country: 'AT', name: 'ada', tags: ['vip'] },
    { country: 'AT', tags: ['vip'] },
  ];
  const ask = async (filter: OrderFilter, sort: OrderSort) => {
    for (const after of [null, [sort.endsWith('number') ? 'A' : 1, 'ord_1'] as const])
      await listOrders(db, { filter, sort, after, limit: 20 });
  };
  await detailedOrders(db, { filter: {}, sort: 'placedAt', after: null, limit: 20 });
  for (const filter of [...alone, ...pairs]) await ask(filter, '-placedAt');
  for (const filter of [{}, { q: 'ada' }, { q: 'a' }, { q: '+49 30 1234567' }, { email: 'a@b.de' }, filters])
    for (const sort of orderSorts) await ask(filter, sort);
}
