/**
 * Calls operations of a running shop by their ids and keeps, of each, the first call that succeeded with its answer. What
 * differs from one recording to the next (ids, times, tokens) is replaced by stable values at the end.
 */
import type { OwnedOperation } from '../contracts.ts';
import type { Recorded, RecordedCall } from '../recorded.ts';
import { Stable } from './stable.ts';

export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The access token of an order. */
  readonly token?: string;
  readonly ifMatch?: string;
  /** A call that is only made to get somewhere is not kept. */
  readonly isStep?: boolean;
}

/** Reads a text or number of an answer by its path, as `lines.0.id`; empty when there is none. */
export type Answered = (path: string) => string;

export type Call = (id: string, ask?: Ask) => Promise<Answered>;

export class Recorder {
  readonly #operations: ReadonlyMap<string, OwnedOperation>;
  readonly #shop: { readonly url: string; readonly adminKey: string };
  readonly #kept = new Map<string, RecordedCall>();
  readonly #events = new Map<string, unknown>();
  readonly #startedAt = Date.now();
  /** What was refused, one sentence each. */
  readonly refused: string[] = [];

  constructor(operations: readonly OwnedOperation[], shop: { readonly url: string; readonly adminKey: string }) {
    this.#operations = new Map(operations.map((operation) => [operation.id, operation]));
    this.#shop = shop;
  }

  /** Asks. A refusal is noted, and its answer has nothing in it. */
  readonly call: Call = async (id, ask = {}) => {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new Error(`There is no operation ${id}`);
    const answer = await this.#send(operation, ask);
    const text = await answer.text();
    const parsed: unknown = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
    if (answer.status >= 400) {
      this.refused.push(`${id}: ${answer.status} ${text}`);
      return () => '';
    }
    if (ask.isStep !== true && !this.#kept.has(id))
      this.#kept.set(id, {
        status: answer.status,
        ...(ask.body === undefined ? {} : { body: ask.body }),
        ...(text === '' ? {} : { answer: shortened(parsed) }),
      });
    return (at) => String(at.split('.').reduce<unknown>((part, name) => memberOf(part, name), parsed) ?? '');
  };

  /** Keeps one event of each type, the last of each. */
  keepEvents(envelopes: readonly { readonly type: string }[]): void {
    for (const envelope of envelopes) this.#events.set(envelope.type, envelope);
  }

  /** Everything that was kept, by id and by type, in stable words. */
  recorded(): Recorded {
    const stable = new Stable(this.#startedAt);
    // In the order in which the calls were made, so that a later one renames none before it.
    const operations = [...this.#kept].map(([id, call]) => [id, stable.of(call)] as const);
    const events = [...this.#events].sort(byName).map(([type, envelope]) => [type, stable.of(envelope)] as const);
    return { operations: Object.fromEntries(operations.sort(byName)), events: Object.fromEntries(events) };
  }

  #send({ method, path, body, bodyType, scopes, idempotency }: OwnedOperation, ask: Ask): Promise<Response> {
    const address = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ask.params?.[name] ?? ''));
    const query = new URLSearchParams(ask.query).toString();
    const headers: Record<string, string> = {};
    if (scopes.length > 0) headers.authorization = `Bearer ${this.#shop.adminKey}`;
    if (ask.token !== undefined) headers.authorization = `Bearer ${ask.token}`;
    if (ask.ifMatch !== undefined) headers['if-match'] = ask.ifMatch;
    if (idempotency !== 'none') headers['idempotency-key'] = crypto.randomUUID();
    if (bodyType !== undefined || body !== undefined) headers['content-type'] = bodyType ?? 'application/json';
    const sent = typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body ?? {});
    return fetch(`${this.#shop.url}${address}${query === '' ? '' : `?${query}`}`, {
      method,
      headers,
      ...(bodyType === undefined && body === undefined ? {} : { body: sent }),
    });
  }
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function memberOf(part: unknown, name: string): unknown {
  return typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined;
}

/** A list is told by its first entries. */
const entriesMax = 3;

function shortened(answer: unknown): unknown {
  const items = memberOf(answer, 'items');
  if (typeof answer !== 'object' || !Array.isArray(items)) return answer;
  return { ...answer, items: items.slice(0, entriesMax) };
}
