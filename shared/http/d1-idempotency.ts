/**
 * `Idempotency-Key` for Workers whose truth is a D1 database: one row per key, claimed before the request runs. The answer
 * can be stored in the same commit as the effect, and then no crash can part the two. A claim whose request died ends by
 * itself, and one whose request lives is prolonged. An answer that only says "not now" is not kept, so that the client may
 * try again with the same key.
 *
 * The database needs the table `idempotency_keys(key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, owner TEXT NOT NULL,
 * status INTEGER, headers TEXT, body TEXT, expires_at INTEGER NOT NULL)` with an index on `expires_at`.
 */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type * as z from 'zod';
import { commit, type Statement } from '../messaging/d1.ts';
import { type IdempotencyKey, idempotencyTtlMs, isFinalStatus } from '../values/idempotency.ts';
import { secondMs } from '../values/time.ts';
import type { Actor } from './actor.ts';
import { type App, type Call, serve } from './app.ts';
import { replayedHeader } from './idempotency.ts';
import type { KeyOf, Operation } from './operation.ts';
import { type ProblemCode, problem } from './problem.ts';

/** How long the key stays with a request that died. Until then a second one is refused as `request-in-progress`. */
const claimMs = 4_500;
/** A request that runs longer, as an import may, keeps its claim: two of these may be lost. */
const prolongEveryMs = claimMs / 3;
/** Conflicts that end by themselves. Other refusals are answers: they are given again. */
const transientConflicts: ReadonlySet<unknown> = new Set<ProblemCode>(['import-running', 'request-in-progress']);
/** Expired answers that are dropped for each one that is kept: the table shrinks faster than it grows, and no request pays for many. */
const droppedPerAnswer = 2;
/** The headers of an answer that are part of it. */
const keptHeaders = ['content-type', 'etag', 'location'];

/** The running request, as its use case sees it. */
export interface Attempt {
  /**
   * Statements that store this answer: put them into the commit of the effect. Empty when the client sent no key.
   * @param answer exactly what will be answered if the commit succeeds
   */
  answered(answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Statement[];
}

interface Row {
  readonly fingerprint: string;
  readonly owner: string;
  readonly status: number | null;
  readonly headers: string | null;
  readonly body: string | null;
  readonly expiresAt: number;
}

const columns = sql`fingerprint, owner, status, headers, body, expires_at as expiresAt`;

const keyless: Attempt = { answered: () => [] };

/** Where the answers of a Worker are kept, and its clock when it has one of its own. */
interface AnswerDesk {
  readonly db: DrizzleD1Database;
  readonly now?: () => number;
}

/** Serves an operation that runs once per key. Its handler may put the answer into the commit of its effect, by the attempt. */
export function serveOnce<
  Env extends object,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Key extends Operation['idempotency'],
>(
  app: App<Env>,
  operation: Operation<Params, Query, Body, Answer, Key>,
  deskOf: (env: Env) => AnswerDesk,
  handler: (
    call: Call<Env, z.infer<Params>, z.infer<Query>, z.infer<Body>, KeyOf<Key>>,
    attempt: Attempt,
  ) => Promise<Response>,
): void {
  serve(app, operation, (call) => once(deskOf(call.env), call, (attempt) => handler(call, attempt)));
}

/** Runs a request once per key: a repetition gets the first answer again, and never runs. */
export async function once(
  { db, now: clock = Date.now }: AnswerDesk,
  { idempotency: key, actor }: { readonly idempotency: IdempotencyKey | null; readonly actor: Actor },
  run: (attempt: Attempt) => Promise<Response>,
): Promise<Response> {
  if (key === null) return run(keyless);
  const now = clock();

  const owner = crypto.randomUUID();
  const row = await claim(db, { ...key, owner }, now);
  if (row.owner !== owner) return answerRepetition(row, key.fingerprint, actor, now);

  const startedAt = Date.now();
  const prolonging = setInterval(() => {
    const expiresAt = now + (Date.now() - startedAt) + claimMs;
    void prolong(db, key.key, owner, expiresAt).catch(() => {});
  }, prolongEveryMs);
  let isStored = false;
  const store = (answer: { readonly status: number; readonly headers: string; readonly body: string }) => [
    db.run(sql`update idempotency_keys set status = ${answer.status}, headers = ${answer.headers}, body = ${answer.body},
      expires_at = ${now + idempotencyTtlMs} where key = ${key.key} and owner = ${owner}`),
    db.run(sql`delete from idempotency_keys where key in (select key from idempotency_keys where expires_at <= ${now}
      order by expires_at limit ${droppedPerAnswer})`),
  ];
  try {
    const response = await run({
      answered: ({ status, headers, body }) => {
        isStored = true;
        return store({ status, headers: JSON.stringify(headers), body });
      },
    });
    // A refusal may follow a failed commit that would have stored a success, so only a success counts as stored.
    if (isStored && response.status < 400) return response;
    if (await isTransient(response)) await release(db, key.key, owner);
    else {
      const headers = Object.fromEntries(
        keptHeaders.flatMap((name) => [[name, response.headers.get(name)]]).filter(([, value]) => value !== null),
      );
      const body = await response.clone().text();
      await commit(db, store({ status: response.status, headers: JSON.stringify(headers), body }));
    }
    return response;
  } catch (error) {
    await release(db, key.key, owner);
    throw error;
  } finally {
    clearInterval(prolonging);
  }
}

/** Whether the same request may be answered otherwise in a moment. */
async function isTransient(response: Response): Promise<boolean> {
  if (!isFinalStatus(response.status)) return true;
  if (response.status !== 409 || response.headers.get('content-type') !== 'application/problem+json') return false;
  const refusal: unknown = await response.clone().json();
  return typeof refusal === 'object' && refusal !== null && 'code' in refusal && transientConflicts.has(refusal.code);
}

/** An answer that was stored meanwhile keeps its own time. */
async function prolong(db: DrizzleD1Database, key: string, owner: string, expiresAt: number): Promise<void> {
  await db.run(sql`update idempotency_keys set expires_at = ${expiresAt}
    where key = ${key} and owner = ${owner} and status is null`);
}

/** Takes the key when it is free or its time is over; else reads who has it. */
async function claim(
  db: DrizzleD1Database,
  { key, fingerprint, owner }: { readonly key: string; readonly fingerprint: string; readonly owner: string },
  now: number,
): Promise<Row> {
  const [taken] = await db.all<Row>(sql`insert into idempotency_keys (key, fingerprint, owner, expires_at)
    values (${key}, ${fingerprint}, ${owner}, ${now + claimMs})
    on conflict (key) do update set fingerprint = excluded.fingerprint, owner = excluded.owner, status = null, headers = null,
      body = null, expires_at = excluded.expires_at where idempotency_keys.expires_at <= ${now}
    returning ${columns}`);
  if (taken !== undefined) return taken;
  const [row] = await db.all<Row>(sql`select ${columns} from idempotency_keys where key = ${key}`);
  // Its owner may have given the key up in this moment, because the answer was not one to keep.
  return row ?? { fingerprint, owner: '', status: null, headers: null, body: null, expiresAt: now };
}

async function release(db: DrizzleD1Database, key: string, owner: string): Promise<void> {
  await db.run(sql`delete from idempotency_keys where key = ${key} and owner = ${owner}`);
}

function answerRepetition(row: Row, fingerprint: string, actor: Actor, now: number): Response {
  const { requestId } = actor;
  if (row.fingerprint !== fingerprint) {
    return problem('idempotency-key-reused', {
      detail: 'This key belongs to another request. Send a new key.',
      requestId,
    });
  }
  if (row.status === null) {
    // By then the key is free if the first request died, as it may have; one that lives has prolonged its claim.
    const seconds = Math.max(1, Math.ceil((row.expiresAt - now) / secondMs));
    return problem('request-in-progress', {
      detail: `The first request with this key has not been answered yet. Try again in ${seconds} s.`,
      requestId,
      headers: { 'retry-after': String(seconds) },
    });
  }
  const headers: Record<string, string> = JSON.parse(row.headers ?? '{}');
  // A 204 may not have a body, not even an empty one.
  return new Response(row.status === 204 ? null : row.body, {
    status: row.status,
    headers: { ...headers, ...replayedHeader },
  });
}
