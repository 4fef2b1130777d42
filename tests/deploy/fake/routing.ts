/** How a call finds its answer in the fake. */
import * as z from 'zod';
import { sha256 } from './account.ts';
import { Metadata, type UploadedWorker } from './uploads.ts';

export interface Asked {
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly upload: UploadedWorker | null;
}

/** By `METHOD /path/:parameter`. */
export type Routes = Readonly<Record<string, (asked: Asked) => unknown>>;

/** A part of a list, and how it is told apart from an ordinary result. */
export class Page {
  readonly result: readonly unknown[];
  readonly result_info: { readonly page: number; readonly per_page: number; readonly total_count: number };

  constructor(items: readonly unknown[], query: URLSearchParams) {
    const number = Number(query.get('page') || 1);
    const size = Number(query.get('per_page') || 20);
    this.result = items.slice((number - 1) * size, number * size);
    this.result_info = { page: number, per_page: size, total_count: items.length };
  }
}

export function page(items: readonly unknown[], query: URLSearchParams): Page {
  return new Page(items, query);
}

export function present<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a multipart upload is missing');
  return value;
}

export interface Match {
  readonly handle: Routes[string];
  readonly parameters: Asked['parameters'];
}

export function matcherOf(routes: Routes): (method: string, path: string) => Match | undefined {
  const compiled = Object.entries(routes).map(([key, handle]) => {
    const [method, path = ''] = key.split(' ');
    return { method, handle, pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`) };
  });
  return (method, path) => {
    for (const route of compiled) {
      const found = route.method === method ? route.pattern.exec(path) : null;
      if (found !== null) return { handle: route.handle, parameters: { ...found.groups } };
    }
    return undefined;
  };
}

/** Reads a JSON body or a multipart upload, of whose modules only the digest is kept. */
export async function readBody(request: Request): Promise<Pick<Asked, 'body' | 'upload'>> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) {
    const text = await request.text();
    return { body: text === '' ? null : JSON.parse(text), upload: null };
  }
  const modules: Record<string, string> = {};
  let metadata: unknown = {};
  for (const [name, value] of await request.formData()) {
    const content = typeof value === 'string' ? value : await value.text();
    if (name === 'metadata') metadata = JSON.parse(content);
    else modules[name] = sha256(content);
  }
  return { body: null, upload: { metadata: Metadata.parse(metadata), modules } };
}

const Secret = z.looseObject({ type: z.literal('secret_text'), text: z.string() });

/** A copy for the record of calls, without the values of secrets. */
export function masked(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, inner: unknown) => {
      const secret = Secret.safeParse(inner);
      return secret.success && secret.data.text !== '***' ? { ...secret.data, text: '***' } : inner;
    }),
  );
}
