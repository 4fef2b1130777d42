/**
 * The sandbox's books in the object's SQLite: intents, remembered answers, the append-only ledger, and webhooks that wait
 * for their receiver. Every statement is synchronous, so what one command writes is one commit.
 */
import type {
  Books,
  Idempotency,
  Intent,
  KeyedAnswer,
  LedgerEntry,
  LedgerRow,
  SandboxState,
} from '../../workers/sandbox/domain/decide.ts';

const schema = `
  create table if not exists intents (position integer primary key autoincrement, id text not null unique, order_id text, intent text not null);
  create index if not exists intents_order_id on intents (order_id);
  create table if not exists entries (sequence integer primary key autoincrement, intent_id text not null, order_id text,
    kind text not null, amount_minor integer not null check (amount_minor >= 0),
    currency text not null, at integer not null);
  create index if not exists entries_order_id on entries (order_id);
  create table if not exists answers (key text primary key, keyed text not null, at integer not null) without rowid;
  create index if not exists answers_at on answers (at);
  create table if not exists deliveries (position integer primary key autoincrement, intent_id text not null, body text not null,
    attempts integer not null, due_at integer not null, created_at integer not null);
  create index if not exists deliveries_due_at on deliveries (due_at);
  create index if not exists deliveries_intent_id on deliveries (intent_id);`;

/** A webhook that nobody has acknowledged yet. */
export type Delivery = {
  readonly position: number;
  readonly body: string;
  readonly attempts: number;
  readonly createdAt: number;
};

export class SandboxStorage {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  /** As much of the state as a command on this intent, under this key, can depend on. */
  load(intentId: string, idempotency: Idempotency | null): SandboxState {
    const intent = this.intent(intentId);
    const intents = new Map(intent === null ? [] : [[intent.id, intent]]);
    if (idempotency === null) return { intents, answers: new Map() };
    const rows = this.#sql
      .exec<{ keyed: string }>('select keyed from answers where key = ?', idempotency.key)
      .toArray();
    return { intents, answers: new Map(rows.map(({ keyed }) => [idempotency.key, parsed<KeyedAnswer>(keyed)])) };
  }

  intent(intentId: string): Intent | null {
    const row = this.#sql.exec<{ intent: string }>('select intent from intents where id = ?', intentId).toArray()[0];
    return row === undefined ? null : parsed<Intent>(row.intent);
  }

  /** Writes an intent as something left it, and what that adds to the ledger. */
  append(intent: Intent, rows: readonly LedgerRow[], now: number): void {
    this.#sql.exec(
      'insert into intents (id, order_id, intent) values (?, ?, ?) on conflict (id) do update set intent = excluded.intent',
      intent.id,
      intent.orderId,
      JSON.stringify(intent),
    );
    for (const { kind, amountMinor } of rows) {
      this.#sql.exec(
        'insert into entries (intent_id, order_id, kind, amount_minor, currency, at) values (?, ?, ?, ?, ?, ?)',
        intent.id,
        intent.orderId,
        kind,
        amountMinor,
        intent.currency,
        now,
      );
    }
  }

  remember(key: string, keyed: KeyedAnswer, now: number): void {
    this.#sql.exec('insert into answers (key, keyed, at) values (?, ?, ?)', key, JSON.stringify(keyed), now);
  }

  enqueue(intentId: string, body: string, dueAt: number, now: number): void {
    this.#sql.exec(
      'insert into deliveries (intent_id, body, attempts, due_at, created_at) values (?, ?, 0, ?, ?)',
      intentId,
      body,
      dueAt,
      now,
    );
  }

  deliveriesDue(now: number, limit: number): Delivery[] {
    return this.#sql
      .exec<Delivery>(`${selectDelivery} where due_at <= ? order by due_at, position limit ?`, now, limit)
      .toArray();
  }

  deliveriesOf(intentId: string): Delivery[] {
    return this.#sql.exec<Delivery>(`${selectDelivery} where intent_id = ? order by position`, intentId).toArray();
  }

  close(delivery: Delivery): void {
    this.#sql.exec('delete from deliveries where position = ?', delivery.position);
  }

  postpone(delivery: Delivery, dueAt: number): void {
    this.#sql.exec(
      'update deliveries set attempts = attempts + 1, due_at = ? where position = ?',
      dueAt,
      delivery.position,
    );
  }

  /** When the next webhook is due (milliseconds since 1970), or null. */
  nextDueAt(): number | null {
    return this.#sql.exec<{ due: number | null }>('select min(due_at) as due from deliveries').one().due;
  }

  forgetAnswers(before: number): void {
    this.#sql.exec('delete from answers where at < ?', before);
  }

  /** All intents and entries in the order in which they were made, or those of one order. */
  books(orderId: string | null): Books {
    const where = orderId === null ? '' : 'where order_id = ?';
    const bound = orderId === null ? [] : [orderId];
    return {
      intents: this.#sql
        .exec<{ intent: string }>(`select intent from intents ${where} order by position`, ...bound)
        .toArray()
        .map((row) => parsed<Intent>(row.intent)),
      entries: this.#sql.exec<LedgerEntry>(`${selectEntry} ${where} order by sequence`, ...bound).toArray(),
    };
  }
}

const selectDelivery = 'select position, body, attempts, created_at as createdAt from deliveries';
const selectEntry = `select sequence, intent_id as intentId, order_id as orderId, kind, amount_minor as amountMinor, currency, at
  from entries`;

/** Reads back what this object wrote itself. */
function parsed<Value>(json: string): Value {
  return JSON.parse(json);
}
