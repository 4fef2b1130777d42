/**
 * A small client of Cloudflare's API. Every answer is checked by a schema before it is used. What is safe to repeat is tried again
 * on 429 and 5xx and when no answer comes, with growing pauses; what is not safe says so with `isTriedOnce`. Bodies are never part of an
 * error, because they hold secrets.
 */

import * as z from 'zod';
import { SettingError } from '../lib/arguments.ts';

export interface ApiOptions {
  /** Such as `https://api.cloudflare.com/client/v4`. */
  readonly baseUrl: string;
  readonly token: string;
  readonly account: string;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Call {
  readonly body?: unknown;
  readonly form?: FormData;
  /** Without it, a call is repeated when the platform is busy or silent. */
  readonly isTriedOnce?: true;
}

export interface Api {
  /** Paths begin below the account: `/workers/scripts`. One that begins with `/zones` is taken as it is. */
  call<Schema extends z.ZodType>(method: Method, path: string, schema: Schema, call?: Call): Promise<z.infer<Schema>>;
  /** All pages of a list. */
  list<Schema extends z.ZodType>(path: string, item: Schema): Promise<readonly z.infer<Schema>[]>;
  /** As `call`, and null where the platform says that there is no such thing. */
  find<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema> | null>;
}

/** The platform refused, or did not answer. `code` is its own number of the refusal, 0 when it gave none. */
export class ApiError extends SettingError {
  readonly status: number;
  readonly code: number;

  constructor(asked: string, status: number, problems: readonly { code: number; message: string }[]) {
    const said = problems.map(({ code, message }) => `${message} [${code}]`).join('; ') || 'no reason given';
    super(`Cloudflare answered ${status} to ${asked}: ${said}`);
    this.status = status;
    this.code = problems[0]?.code ?? 0;
  }
}

const Envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
});

const attemptsMax = 4;
const pauseMs = 500;
const pauseMsMax = 30_000;
const answerTimeoutMs = 60_000;
const pageSize = 50;
/** More pages than any account of this project could have: the end of a list that never ends. */
const pagesMax = 200;

export function createApi(options: ApiOptions): Api {
  const call: Api['call'] = async (method, path, schema, call = {}) => {
    const asked = `${method} ${path.split('?')[0]}`;
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === attemptsMax || call.isTriedOnce === true;
      const outcome = await send(options, method, path, call).catch((error: unknown) => {
        if (isLast)
          throw new SettingError(`No answer from Cloudflare to ${asked}: ${messageOf(error)}`, { cause: error });
        return null;
      });
      if (outcome !== null && outcome.status < 400 && outcome.envelope.success) {
        const result = schema.safeParse(outcome.envelope.result);
        if (result.success) return result.data;
        throw new Error(`Cloudflare's answer to ${asked} is not understood:\n${z.prettifyError(result.error)}`);
      }
      if (outcome !== null && (isLast || (outcome.status !== 429 && outcome.status < 500)))
        throw new ApiError(asked, outcome.status, outcome.envelope.errors);
      await options.sleep(Math.min(outcome?.retryAfterMs ?? pauseMs * 2 ** attempt, pauseMsMax));
    }
  };
  return {
    call,
    list: async (path, item) => {
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; page <= pagesMax; page += 1) {
        const separator = path.includes('?') ? '&' : '?';
        const found = await call('GET', `${path}${separator}page=${page}&per_page=${pageSize}`, z.array(item));
        items.push(...found);
        if (found.length < pageSize) return items;
      }
      throw new Error(`${path} has more than ${pagesMax} pages`);
    },
    find: async (path, schema) => {
      try {
        return await call('GET', path, schema);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  };
}

interface Outcome {
  readonly status: number;
  readonly envelope: z.infer<typeof Envelope>;
  readonly retryAfterMs: number | null;
}

async function send(options: ApiOptions, method: Method, path: string, { body, form }: Call): Promise<Outcome> {
  const below = path.startsWith('/zones') ? '' : `/accounts/${options.account}`;
  const response = await options.fetch(`${options.baseUrl}${below}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${options.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form === undefined ? {} : { body: form }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const envelope = Envelope.safeParse(jsonOf(await response.text()));
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? '');
  return {
    status: response.status,
    envelope: envelope.data ?? { success: false, errors: [], result: null },
    retryAfterMs: retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : null,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
