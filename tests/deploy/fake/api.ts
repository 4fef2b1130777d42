/**
 * A small Cloudflare API for deploying without an account. It keeps Workers, versions, deployments, databases (real SQLite), queues,
 * consumers, secrets, routes and domains, refuses what the real one is reported to refuse, and records every call. It runs no Worker.
 * Use its `fetch` in process, or let it `listen` for a command or for wrangler.
 */
import { createServer } from 'node:http';
import { type Account, createAccount, Refusal } from './account.ts';
import { dataRoutes } from './data-routes.ts';
import { type Asked, masked, matcherOf, Page, readBody } from './routing.ts';
import { workerRoutes } from './worker-routes.ts';

export interface RecordedCall {
  readonly method: string;
  /** Below `/client/v4`. */
  readonly path: string;
  readonly query: string;
  /** Secrets are masked. */
  readonly body: unknown;
  readonly status: number;
}

export interface Failure {
  readonly status?: number;
  readonly code?: number;
  readonly message?: string;
  readonly times?: number;
}

export interface FakeApi {
  readonly account: Account;
  readonly calls: RecordedCall[];
  /** The next matching calls fail. */
  fail(method: string, pattern: RegExp, failure?: Failure): void;
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Answers the base address of the API on loopback. */
  listen(port?: number): Promise<{ readonly url: string; close(): Promise<void> }>;
}

export const fakeAccountId = 'a'.repeat(32);
export const fakeZones = { 'example.com': 'e'.repeat(32) } as const;
const root = '/client/v4';

export function createFakeApi(account: Account = createAccount(fakeZones)): FakeApi {
  const calls: RecordedCall[] = [];
  const failures: (Required<Failure> & { readonly method: string; readonly pattern: RegExp })[] = [];
  const match = matcherOf({ ...workerRoutes(account), ...dataRoutes(account) });

  const answer = (request: Request, path: string, asked: Omit<Asked, 'parameters'>): unknown => {
    const failure = failures.find(
      ({ method, pattern, times }) => times > 0 && method === request.method && pattern.test(path),
    );
    if (failure !== undefined) {
      Object.assign(failure, { times: failure.times - 1 });
      throw new Refusal(failure.status, [failure.code, failure.message]);
    }
    if (request.headers.get('authorization') === null) throw new Refusal(401, [10000, 'Authentication error']);
    const found = match(request.method, path.replace(/^\/accounts\/[^/]+/, ''));
    if (found === undefined) throw new Refusal(501, [10405, `The fake API has no ${request.method} ${path}`]);
    const decoded = Object.entries(found.parameters).map(([name, value = '']) => [name, decodeURIComponent(value)]);
    return found.handle({ ...asked, parameters: Object.fromEntries(decoded) });
  };

  const handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const path = url.pathname.slice(root.length);
    const { body, upload } = await readBody(request);
    const record = (status: number): number =>
      calls.push({ method: request.method, path, query: url.search, body: masked(upload ?? body), status });
    try {
      const result = answer(request, path, { body, upload, query: url.searchParams });
      record(200);
      const shown = result instanceof Page ? { ...result } : { result: result ?? null };
      return Response.json({ success: true, errors: [], messages: [], ...shown });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record(error.status);
      return Response.json(
        { success: false, errors: error.problems, messages: [], result: null },
        { status: error.status },
      );
    }
  };

  return {
    account,
    calls,
    fail: (
      method,
      pattern,
      { status = 500, code = 10013, message = 'An unknown error has occurred.', times = 1 } = {},
    ) => {
      failures.push({ method, pattern, status, code, message, times });
    },
    fetch: (input, init) => handle(new Request(input, init)),
    listen: (port = 0) => listen(handle, port),
  };
}

function listen(handle: (request: Request) => Promise<Response>, port: number): ReturnType<FakeApi['listen']> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = 'GET', url = '/', headers } = incoming;
    const hasBody = chunks.length > 0 && method !== 'GET';
    const response = await handle(
      new Request(`http://127.0.0.1${url}`, {
        method,
        headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
        ...(hasBody ? { body: new Uint8Array(Buffer.concat(chunks)) } : {}),
      }),
    ).catch((error: unknown) => new Response(String(error), { status: 500 }));
    outgoing.writeHead(response.status, { 'content-type': 'application/json' });
    outgoing.end(await response.text());
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const open = typeof address === 'object' && address !== null ? address.port : port;
      resolve({
        url: `http://127.0.0.1:${open}${root}`,
        close: () =>
          new Promise((closed) => {
            server.closeAllConnections();
            server.close(() => closed());
          }),
      });
    });
  });
}
