/**
 * Speaks to a running shop over its public API, as the merchant or as anybody. A question that got no answer is asked again for a
 * while, a write under its key, so that nothing is done twice. What goes wrong is said in sentences.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ShopTarget } from './shop-target.ts';

/** The shop cannot be spoken to, or does not understand us. */
export class ShopError extends Error {}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks as anybody, without the key. */
  readonly isGuest?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where it is no JSON. */
  readonly json: unknown;
}

export interface ShopClient {
  readonly url: string;
  ask(asked: Asked): Promise<Answered>;
  /** What an address shows. Throws a `ShopError` when it shows something else. */
  read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>>;
  /** All entries of a list, page by page; no more than `most`, where that is said. */
  list<Item extends z.ZodType>(path: string, item: Item, most?: number): Promise<z.infer<Item>[]>;
}

const answerTimeoutMs = 30_000;
/** A shop that is started again, or busy, answers within this time. */
const patienceMs = 60_000;
const firstWaitMs = 250;
const waitMaxMs = 5_000;

export const Problem = z.looseObject({
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

export function shopClient({ url, adminKey }: Pick<ShopTarget, 'url' | 'adminKey'>): ShopClient {
  let hasAnswered = false;

  async function ask(asked: Asked): Promise<Answered> {
    const deadline = performance.now() + patienceMs;
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, waitMaxMs)) {
      const answer = await once(asked).catch((error: unknown) => noAnswer(error));
      const isOver = performance.now() + waitMs > deadline;
      if (answer instanceof ShopError) {
        // A shop that has never answered is not there; one that has may be back in a moment.
        if (isOver || !hasAnswered) throw answer;
        await sleep(waitMs);
        continue;
      }
      hasAnswered = true;
      if (isOver || (answer.status !== 503 && answer.status !== 429 && !isStillRunning(answer))) return answer;
      const stated = Number(answer.headers.get('retry-after') ?? 0);
      await sleep(Math.max(waitMs, Math.min(stated * 1_000, patienceMs)));
    }
  }

  async function once({ method = 'GET', path, body, headers = {}, isGuest = false }: Asked): Promise<Answered> {
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(isGuest ? {} : { authorization: `Bearer ${adminKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Another address would be given the admin key.
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const text = await response.text();
    if (response.status >= 301 && response.status <= 308 && response.headers.has('location'))
      throw new Moved(new URL(response.headers.get('location') ?? '', url + path).origin);
    return { status: response.status, headers: response.headers, json: parsed(text) };
  }

  function noAnswer(error: unknown): ShopError {
    if (error instanceof Moved) {
      if (error.message === url) return new ShopError(`${url} sends this command in a circle.`);
      throw new ShopError(`${url} leads on to ${error.message}. Name that address with --url.`);
    }
    return new ShopError(`No shop answers at ${url} (${reasonOf(error)}).`);
  }

  async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const answer = await ask({ path });
    if (answer.status === 401) throw new ShopError('The shop does not take this admin key.');
    const problem = Problem.safeParse(answer.json);
    if (answer.status >= 400) {
      const why = problem.success ? `: ${problem.data.detail}` : '. Is it a Vitrine shop of this release?';
      throw new ShopError(`GET ${path} was answered ${answer.status}${why}`);
    }
    const read = schema.safeParse(answer.json);
    if (read.success) return read.data;
    throw new ShopError(`${url}${path} does not answer like a Vitrine shop of this release.`);
  }

  async function list<Item extends z.ZodType>(path: string, item: Item, most = Number.POSITIVE_INFINITY) {
    const Page = z.looseObject({ items: z.array(item), next: z.string().nullable() });
    const items: z.infer<Item>[] = [];
    for (let cursor: string | null = ''; cursor !== null && items.length < most; ) {
      const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: z.infer<typeof Page> = await read(`${path}${path.includes('?') ? '&' : '?'}limit=100${from}`, Page);
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }

  return { url, ask, read, list };
}

/** Where an answer leads; the message is the origin. */
class Moved extends Error {}

/** The same request, under the same key, has not been answered yet. */
function isStillRunning({ status, json }: Answered): boolean {
  const problem = Problem.safeParse(json);
  return status === 409 && problem.success && problem.data.code === 'request-in-progress';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.name === 'TimeoutError' ? `no answer within ${answerTimeoutMs / 1_000} s` : error.message;
}
