/**
 * A D1 database of a Worker beside this process, reached with one request per query. Miniflare's own stand-in blocks the process
 * for each statement that is prepared and for each that is bound, which took most of the time of a test with a database. What
 * decides and what answers is D1 all the same: this hands it statements and values as they were given.
 */
import { type Agent, request } from 'node:http';

/** The Worker that asks D1, as the text of its module. Its database is bound as `DB`. */
export const askingWorker = `
const made = (env, { query, values }) => env.DB.prepare(query).bind(...values);
const asks = {
  run: (env, [one]) => made(env, one).run(),
  all: (env, [one]) => made(env, one).all(),
  first: (env, [one], column) => column === undefined ? made(env, one).first() : made(env, one).first(column),
  raw: (env, [one], options) => made(env, one).raw(options),
  batch: (env, all) => env.DB.batch(all.map((one) => made(env, one))),
  exec: (env, [{ query }]) => env.DB.exec(query),
};
export default {
  async fetch(request, env) {
    const { kind, statements, option } = await request.json();
    try {
      return Response.json({ answer: await asks[kind](env, statements, option) });
    } catch (error) {
      return Response.json({ failure: { message: error.message, cause: error.cause?.message } });
    }
  },
};`;

type Value = string | number | boolean | null;

interface Text {
  readonly query: string;
  readonly values: readonly Value[];
}

type Ask = <Answer>(kind: string, statements: readonly Text[], option?: unknown) => Promise<Answer>;

/** The database of an `askingWorker` that listens at an address. */
export function remoteD1(url: URL, agent: Agent): D1Database {
  return new RemoteDatabase(async (kind, statements, option) => {
    const { answer, failure } = JSON.parse(await post(url, agent, JSON.stringify({ kind, statements, option })));
    if (failure === undefined) return answer;
    throw new Error(failure.message, failure.cause === undefined ? {} : { cause: new Error(failure.cause) });
  });
}

/** `fetch` costs twice as much, and Miniflare's own entry three times. */
function post(url: URL, agent: Agent, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': Buffer.byteLength(body) };
    const asked = request(url.href, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

class RemoteDatabase implements D1Database {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  prepare(query: string): D1PreparedStatement {
    return new RemoteStatement(this.#ask, { query, values: [] });
  }

  batch<Row>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> {
    return this.#ask('batch', statements.map(textOf));
  }

  exec(query: string): Promise<D1ExecResult> {
    return this.#ask('exec', [{ query, values: [] }]);
  }

  withSession(): never {
    throw new Error('This database knows no sessions');
  }

  dump(): never {
    throw new Error('This database cannot be dumped');
  }
}

class RemoteStatement implements D1PreparedStatement {
  readonly #ask: Ask;
  readonly text: Text;

  constructor(ask: Ask, text: Text) {
    this.#ask = ask;
    this.text = text;
  }

  bind(...values: unknown[]): D1PreparedStatement {
    return new RemoteStatement(this.#ask, { query: this.text.query, values: values.map(valueToSend) });
  }

  async first<Answer>(column?: string): Promise<Answer | null> {
    return (await this.#ask<Answer | null>('first', [this.text], column)) ?? null;
  }

  run<Row>(): Promise<D1Result<Row>> {
    return this.#ask('run', [this.text]);
  }

  all<Row>(): Promise<D1Result<Row>> {
    return this.#ask('all', [this.text]);
  }

  raw<Row>(options: { columnNames: true }): Promise<[string[], ...Row[]]>;
  raw<Row>(options?: { columnNames?: false }): Promise<Row[]>;
  raw<Row>(options?: { columnNames?: boolean }): Promise<Row[]> {
    return this.#ask('raw', [this.text], options);
  }
}

function textOf(statement: D1PreparedStatement): Text {
  if (statement instanceof RemoteStatement) return statement.text;
  throw new Error('A statement of another database was handed to this one');
}

/** D1 refuses what is undefined. JSON would turn it, and numbers that are none, into null. */
function valueToSend(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`D1 takes no ${typeof value} ${String(value)}, or this way to it does not`);
}
