/** What the bare Worker is asked: each of these is the least that one of the shop's requests could cost. */
import { ask, type Work } from './load.ts';
import { productsTotal } from './shop.ts';

/** As many objects as a region has for carts. */
const objectsTotal = 64;

/** About as long as the event of one new cart line. */
const text = 'x'.repeat(200);

let turn = 0;

export const baselines = {
  hello: async (connection) => void (await ask(connection, { method: 'GET', path: '/hello' }, 200)),
  read: async (connection) =>
    void (await ask(connection, { method: 'GET', path: `/read/${1 + (turn++ % productsTotal)}` }, 200)),
  join: async (connection) =>
    void (await ask(connection, { method: 'GET', path: `/join/${turn++ % (productsTotal - 20)}` }, 200)),
  write: async (connection) =>
    void (await ask(connection, { method: 'POST', path: `/objects/${turn++ % objectsTotal}`, body: text }, 201)),
  'first write': async (connection) =>
    void (await ask(connection, { method: 'POST', path: `/objects/new-${turn++}`, body: text }, 201)),
} as const satisfies Record<string, Work>;

export type BaselineName = keyof typeof baselines;

export const baselineTitles: Readonly<Record<BaselineName, string>> = {
  hello: 'hello (Hono)',
  read: 'one D1 read by primary key',
  join: 'one D1 join of 20 rows',
  write: `one insert into one of ${objectsTotal} objects`,
  'first write': 'first insert into a new object',
};
