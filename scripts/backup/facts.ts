/**
 * What a copied shop says about its orders, stock, allowances, payments and carts, gathered from all its files into one table
 * book, so that `checks.ts` can compare them. Streams are folded by the very code that the objects run.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { allowanceStreams } from '../../durable-objects/allowance/streams.ts';
import { cartStreams } from '../../durable-objects/cart/streams.ts';
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { stockStreams } from '../../durable-objects/stock/streams.ts';
import type { StreamType } from '../../shared/streams/ports.ts';
import { totalsOf } from '../../workers/inventory/domain/decide.ts';
import { type Checkout, orderIdOf, orderOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { allowanceClaimsOf, stockClaimsOf } from './claims.ts';
import { type StateDatabase, withDatabase } from './databases.ts';

/** The book of facts. `low` and `high`: between which the work that is under way may have brought a level. */
const tables = `
  create table checkouts (id text primary key, order_id text not null, phase text not null, is_moving integer not null,
    version integer not null, cart_id text not null, payment_key text, provider text, due integer not null, captured integer not null);
  create index checkouts_order on checkouts (order_id);
  create table received (payment_key text primary key, order_id text not null, captured integer not null);
  create table claims (kind text not null, name text not null, order_id text not null, low integer not null, high integer not null);
  create index claims_name on claims (kind, name);
  create table levels (kind text not null, name text not null, committed integer not null, version integer not null, primary key (kind, name));
  create table commits (kind text not null, name text not null, key text not null, order_id text not null);
  create table payments (key text primary key, order_id text not null, status text not null, captured integer not null, refunded integer not null);
  create table unbalanced (name text not null, why text not null);
  create table carts (id text primary key, status text not null, checkout_id text);
  create table listed (kind text not null, name text not null, sequence integer not null, primary key (kind, name));
  create table told (order_id text primary key, sequence integer not null);
  create table untold (order_id text not null, subscriber text not null);
  create index untold_order on untold (order_id);`;

export interface Facts {
  /** Rows of a question to the book. */
  ask(sql: string): readonly Readonly<Record<string, unknown>>[];
  close(): void;
}

type Put = (table: string, ...values: readonly SQLInputValue[]) => void;

/** Reads every file once. The book lies in `file`, for a shop may have more orders than memory. */
export function gatherFacts(databases: readonly StateDatabase[], file: string): Facts {
  const book = new DatabaseSync(file);
  book.exec(`pragma journal_mode = off; pragma synchronous = off; ${tables}; begin`);
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const put: Put = (table, ...values) => {
    const statement =
      statements.get(table) ??
      book.prepare(`insert or replace into ${table} values (${values.map(() => '?').join(', ')})`);
    statements.set(table, statement);
    statement.run(...values);
  };
  for (const database of databases) readers[`${database.kind} ${database.name}`]?.(database.file, put);
  book.exec('commit');
  return { ask: (sql) => book.prepare(sql).all(), close: () => book.close() };
}

const readers: Readonly<Record<string, (file: string, put: Put) => void>> = {
  'object OrderObject': (file, put) => {
    for (const { id, state, version } of streamsIn(file, orderStreams)) putCheckout(id, state, version, put);
    for (const { envelope, pending } of rowsIn(file, 'select envelope, pending from outbox')) {
      const { subject }: { subject: string } = JSON.parse(String(envelope));
      const subscribers: string[] = JSON.parse(String(pending));
      for (const subscriber of subscribers) put('untold', subject, subscriber);
    }
  },
  'object StockObject': (file, put) => {
    for (const { id, state, version } of streamsIn(file, stockStreams)) {
      put('levels', 'stock', id, totalsOf(state).committed, version);
      for (const [key, hold] of state.holds.closed)
        if (hold.state === 'committed') put('commits', 'stock', id, key, orderIdOf(key));
    }
  },
  'object AllowanceObject': (file, put) => {
    for (const { id, state, version } of streamsIn(file, allowanceStreams)) {
      put('levels', 'allowance', id, state.committed, version);
      for (const [key, hold] of state.holds.closed)
        if (hold.state === 'committed') put('commits', 'allowance', id, key, orderIdOf(key));
    }
  },
  'object CartObject': (file, put) => {
    for (const { id, state } of streamsIn(file, cartStreams(0)))
      put('carts', id, state.status, 'checkoutId' in state ? state.checkoutId : null);
  },
  'd1 payments': (file, put) => {
    for (const row of rowsIn(
      file,
      'select payment_key as key, status, captured_minor as captured, refunded_minor as refunded from payments',
    )) {
      const key = String(row.key);
      put('payments', key, key.split('.')[0] ?? key, String(row.status), Number(row.captured), Number(row.refunded));
    }
    for (const { name } of rowsIn(
      file,
      'select transaction_id as name from ledger_entries group by payment_key, transaction_id having sum(amount_minor) <> 0',
    ))
      put('unbalanced', String(name), 'its entries do not add up to zero');
    for (const { name } of rowsIn(
      file,
      `select payment_key as name from payments p where captured_minor - refunded_minor <>
        (select coalesce(-sum(amount_minor), 0) from ledger_entries l where l.payment_key = p.payment_key and account = 'sales-clearing')`,
    ))
      put('unbalanced', String(name), 'its bookings are not what it captured and refunded');
  },
  'd1 orders': (file, put) => {
    for (const { id, sequence } of rowsIn(file, 'select id, sequence from orders'))
      put('listed', 'order', String(id), Number(sequence));
  },
  'd1 inventory': (file, put) => {
    for (const { id, sequence } of rowsIn(file, 'select id, sequence from stock_units where sequence > 0'))
      put('listed', 'stock', String(id), Number(sequence));
  },
  'd1 pricing': (file, put) => {
    for (const { id, sequence } of rowsIn(file, 'select allowance as id, sequence from allowance_levels'))
      put('listed', 'allowance', String(id), Number(sequence));
  },
  'd1 notifications': (file, put) => {
    for (const { id, sequence } of rowsIn(
      file,
      "select subject as id, max(sequence) as sequence from events where subject like 'ord\\_%' escape '\\' group by subject",
    ))
      put('told', String(id), Number(sequence));
  },
};

function putCheckout(id: string, checkout: Checkout, version: number, put: Put): void {
  if (checkout.phase === 'none') return;
  const { details } = checkout;
  const orderId = orderIdOf(id);
  const order = orderOf(checkout);
  const payment = 'payment' in checkout ? checkout.payment : null;
  const isMoving = checkout.phase === 'completed' ? order?.running !== null : !isEnded(checkout);
  const key = payment?.key ?? null;
  const captured = order?.capturedMinor ?? 0;
  put(
    'checkouts',
    id,
    orderId,
    checkout.phase,
    isMoving ? 1 : 0,
    version,
    details.cartId,
    key,
    payment?.provider ?? null,
    details.quote.dueMinor,
    captured,
  );
  for (const one of order?.received ?? []) put('received', `${orderId}.${one.id}`, orderId, one.amountMinor);
  for (const { name, low, high } of stockClaimsOf(checkout)) put('claims', 'stock', name, orderId, low, high);
  for (const { name, low, high } of allowanceClaimsOf(checkout)) put('claims', 'allowance', name, orderId, low, high);
}

const isEnded = ({ phase }: Checkout): boolean => phase === 'failed' || phase === 'expired' || phase === 'canceled';

interface FoldedStream<State> {
  readonly id: string;
  readonly state: State;
  readonly version: number;
}

/** Every stream of an object, folded from its snapshot and what came after, as the object itself does when it wakes. */
function* streamsIn<State, Event>(file: string, type: StreamType<State, Event>): Generator<FoldedStream<State>> {
  const database = new DatabaseSync(file);
  try {
    // A class that was never asked for anything has no tables yet.
    if (database.prepare("select 1 from sqlite_master where name = 'events'").get() === undefined) return;
    const parts = database.prepare('select version, state from snapshots where stream = ? order by part');
    const after = database.prepare(
      'select sequence, event from events where stream = ? and sequence > ? order by sequence',
    );
    for (const { stream } of database
      .prepare('select stream from events union select stream from snapshots')
      .iterate()) {
      const id = String(stream);
      const snapshot = parts.all(id);
      let version = Number(snapshot[0]?.version ?? 0);
      let state =
        snapshot.length === 0 ? type.initial : type.revive(snapshot.map((part) => String(part.state)).join(''));
      for (const row of after.iterate(id, version)) {
        state = type.evolve(state, JSON.parse(String(row.event)));
        version = Number(row.sequence);
      }
      yield { id, state, version };
    }
  } finally {
    database.close();
  }
}

function rowsIn(file: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  return withDatabase(file, (database) => {
    const table = /from (\w+)/.exec(sql)?.[1] ?? '';
    const isThere = database.prepare('select 1 from sqlite_master where name = ?').get(table) !== undefined;
    return isThere ? database.prepare(sql).all() : [];
  });
}
