/**
 * A plain HTTP client for journeys, on keep-alive sockets of a bounded number. It sends exactly what it is told, well-formed
 * or not, and tells apart an answer from a connection that broke, because the outcome of the latter is unknown.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';
import * as z from 'zod';
import type { ProblemCode } from '../../shared/http/problem.ts';
import { problems } from '../../shared/http/problem.ts';

export interface Send {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, instead of `json`. */
  readonly raw?: string | Buffer;
  /** Sends the body in chunks, so that its length is not stated. */
  readonly isChunked?: boolean;
  readonly idempotencyKey?: string;
  /** Asks as the merchant. */
  readonly isAdmin?: boolean;
  /** Gives up after so many milliseconds, as an impatient client does. */
  readonly giveUpMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, checked against a schema. */
  as<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>;
}

/** No answer came: what was asked for may have happened or not. */
export class NoAnswer extends Error {}

export interface Client {
  send(method: string, path: string, options?: Send): Promise<Answer>;
  close(): void;
}

/** More would say more about the sockets of the test machine than about the shop. */
const socketsMax = 128;
const patienceMs = 60_000;

export function createClient({ url, adminKey }: { readonly url: string; readonly adminKey: string }): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, maxFreeSockets: socketsMax });
  const { hostname, port } = new URL(url);
  const send = (method: string, path: string, options: Send = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const body = options.raw ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
      const request = httpRequest({ agent, hostname, port, method, path, headers: headersOf(options, body, adminKey) });
      const timer = setTimeout(() => request.destroy(new Error('gave up')), options.giveUpMs ?? patienceMs);
      request.once('close', () => clearTimeout(timer));
      request.once('error', (error) => reject(new NoAnswer(`${method} ${path}: ${error.message}`)));
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', (error) => reject(new NoAnswer(`${method} ${path}: ${error.message}`)));
        response.once('close', () => {
          if (!response.complete) reject(new NoAnswer(`${method} ${path}: the answer broke off`));
        });
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve(answerOf(response.statusCode ?? 0, response.headers, text));
        });
      });
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}

function headersOf(options: Send, body: string | Buffer | undefined, adminKey: string): Record<string, string> {
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined || options.isChunked === true ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...(options.isChunked === true ? { 'transfer-encoding': 'chunked' } : {}),
    ...(options.isAdmin === true ? { authorization: `Bearer ${adminKey}` } : {}),
    ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
    ...options.headers,
  };
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string): Answer {
  return {
    status,
    headers,
    text,
    as: (schema) => {
      const parsed = schema.safeParse(JSON.parse(text));
      if (!parsed.success) throw new Error(`${status} ${text.slice(0, 500)} is not as described: ${parsed.error}`);
      return parsed.data;
    },
  };
}

export const newKey = (): string => randomUUID();

/** RFC 9457, with the members that every problem of this shop has. */
export const ProblemDocument = z.looseObject({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string().min(1) })).optional(),
});
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** Reads an answer as a problem document and checks what must hold for all of them. */
export function problemIn(answer: Answer): ProblemDocument {
  expect(answer.headers['content-type'], answer.text).toMatch(/^application\/problem\+json/);
  const problem = answer.as(ProblemDocument);
  expect(problem.status).toBe(answer.status);
  expect(problem.type).toBe(`/problems/${problem.code}`);
  expect(Object.keys(problems)).toContain(problem.code);
  return problem;
}

/** Expects the problem of a code, and answers it. */
export function expectProblem(answer: Answer, code: ProblemCode): ProblemDocument {
  expect({ status: answer.status, text: answer.text.slice(0, 600) }).toMatchObject({ status: problems[code][0] });
  const problem = problemIn(answer);
  expect(problem.code).toBe(code);
  return problem;
}

/** Expects a status, and shows the body when it is another. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): Answer {
  if (!statuses.includes(answer.status))
    throw new Error(`Expected ${statuses.join(' or ')}, got ${answer.status}: ${answer.text.slice(0, 600)}`);
  return answer;
}

/** Runs work over items with at most `width` at a time, and answers in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let nextIndex = 0;
  const worker = async (): Promise<void> => {
    for (let index = nextIndex++; index < items.length; index = nextIndex++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
