/** A fake account, a deployment to it and its visitors, with faults at any call. */

import { type DeployInput, deploy, type Outcome } from '../../scripts/deploy/deploy.ts';
import type { Shop } from '../../scripts/deploy/prepare.ts';
import type { Released } from '../../scripts/deploy/record.ts';
import { createFakeApi, type FakeApi, fakeAccountId } from './fake/api.ts';
import { secrets, shopNow } from './shop.ts';

/** What goes wrong at a call: the process ends before it, or its answer is lost while the process lives. */
export interface Trouble {
  /** The number of a call, or what is true once it was answered. */
  readonly atCall: number | (() => boolean);
  readonly kind: 'death' | 'lost answer';
}

export interface Ran {
  readonly outcome: Outcome | 'died';
  readonly lines: readonly string[];
  /** Calls of this run alone, that changed something. */
  readonly writes: readonly string[];
  readonly callsCount: number;
  readonly journal: readonly Released[];
}

export interface Account {
  readonly api: FakeApi;
  run(shop: Shop, options?: Partial<DeployInput> & { readonly trouble?: Trouble }): Promise<Ran>;
  /** A shop whose visitors meet errors while this is true of the modules that answer. */
  brokenWhile: (codes: readonly string[]) => boolean;
}

export function createTestAccount(api: FakeApi = createFakeApi()): Account {
  const account: Account = {
    api,
    brokenWhile: () => false,
    run: async (shop, { trouble, ...options } = {}) => {
      const lines: string[] = [];
      const journal: Released[] = [];
      const callsBefore = api.calls.length;
      let count = 0;
      let isDead = false;
      const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
        count += 1;
        const isIt = trouble?.atCall === count;
        isDead ||= isIt && trouble?.kind === 'death';
        if (isDead) throw new Error('this process is dead');
        const url = String(input instanceof Request ? input.url : input);
        const response = url.startsWith(apiUrl) ? await api.fetch(input, init) : visit(url, init, account);
        isDead ||= typeof trouble?.atCall === 'function' && trouble.atCall();
        if (isDead) throw new Error('this process is dead');
        if (isIt) throw new Error('the connection was reset');
        return response;
      };
      const outcome = await deploy({
        ...{ shop, secrets, mode: 'apply', isRotation: false, smokeUrl: null, gradualPercentage: null },
        ...{ forgotten: [], isForced: false, journal: { write: (released) => journal.push(released) } },
        options: { baseUrl: apiUrl, token: 'token', account: fakeAccountId, fetch, sleep: async () => undefined },
        say: (line) => lines.push(line),
        confirm: async () => true,
        now: () => new Date(0),
        newAdminKey: () => 'vak_new',
        seed: async () => ({ summary: 'seeded' }),
        ...options,
      }).catch((error: unknown) => {
        if (isDead) return 'died' as const;
        throw error;
      });
      const calls = api.calls.slice(callsBefore);
      const writes = calls
        .filter(isWrite)
        .map(({ method, path }) => `${method} ${path.replace(`/accounts/${fakeAccountId}`, '')}`);
      return { outcome: isDead ? 'died' : outcome, lines, writes, callsCount: count, journal };
    },
  };
  return account;
}

const apiUrl = 'https://cloudflare.test/client/v4';

/** Asking a database is a POST too. */
function isWrite({ method, path, body }: FakeApi['calls'][number]): boolean {
  if (method === 'GET') return false;
  const isQuestion = path.endsWith('/query') && /"sql":"SELECT/.test(JSON.stringify(body));
  return !isQuestion;
}

/** The modules that answer a shopper now, as digests by Worker. */
export function answering({ api }: Account): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    [...api.account.workers.values()].map(({ name, deployments, versions }) => [
      name,
      (deployments[0]?.versions ?? []).flatMap(({ version_id }) =>
        Object.values(versions.find(({ id }) => id === version_id)?.modules ?? {}),
      ),
    ]),
  );
}

/** The shop as a visitor meets it. */
function visit(url: string, init: RequestInit | undefined, account: Account): Response {
  const { pathname } = new URL(url);
  const modules = Object.values(answering(account)).flat();
  if (account.brokenWhile(modules)) return new Response('no', { status: 500 });
  if (pathname === '/healthz') return Response.json({ status: 'ok' });
  if (pathname === '/v1/products') return Response.json({ items: [] });
  if (pathname === '/admin/v1/health') return Response.json({ parts: [{ name: 'cart', status: 'ok' }] });
  if (pathname === '/v1/checkouts') return Response.json({ status: 'completed' });
  return Response.json({ id: 'crt_1' }, { status: init?.method === 'POST' ? 201 : 200 });
}

/** What an account comes to, without ids, moments and versions that never answered. */
export function stateOf({ api: { account } }: Account): unknown {
  const databaseName = (id: unknown): string => account.databases.get(String(id))?.name ?? 'not there';
  return {
    workers: [...account.workers.values()].sort(byName).map((worker) => ({
      name: worker.name,
      classes: [...worker.classes],
      migrationTag: worker.migrationTag,
      schedules: worker.schedules,
      subdomain: worker.subdomain,
      observability: worker.observability,
      answers: worker.deployments[0]?.versions.map(({ version_id, percentage }) => {
        const version = worker.versions.find(({ id }) => id === version_id);
        return {
          ...{ percentage, modules: version?.modules, annotations: version?.annotations },
          bindings: version?.bindings
            .map((binding) => (binding.type === 'd1' ? { ...binding, id: databaseName(binding.id) } : binding))
            .sort(byName),
        };
      }),
    })),
    queues: [...account.queues.values()]
      .map(({ queue_name: name, consumers }) => ({
        name,
        consumers: consumers.map(({ consumer_id: _, ...consumer }) => consumer),
      }))
      .sort(byName),
    databases: [...account.databases.values()].sort(byName).map(({ name, jurisdiction, db }) => ({
      ...{ name, jurisdiction },
      schema: db.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all(),
      migrations: db.prepare("SELECT name FROM sqlite_master WHERE name = 'd1_migrations'").all().length
        ? db.prepare('SELECT name FROM d1_migrations').all()
        : [],
    })),
    domains: [...account.domains.values()],
    routes: [...account.routes.values()],
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

/** An account in which the shop answers. */
export async function deployed(shop: Shop = shopNow): Promise<Account> {
  const account = createTestAccount();
  await account.run(shop);
  return account;
}

export function optionsOf({ api }: Account) {
  return {
    ...{ baseUrl: 'https://cloudflare.test/client/v4', token: 'token', account: fakeAccountId, fetch: api.fetch },
    sleep: async () => undefined,
  };
}

export function workerIn({ api }: Account, name: string) {
  const worker = api.account.workers.get(`vitrine-${name}-staging`);
  if (worker === undefined) throw new Error(`There is no ${name}`);
  return worker;
}

export function queueIn({ api }: Account, name: string) {
  const queue = [...api.account.queues.values()].find(({ queue_name }) => queue_name === name);
  if (queue === undefined) throw new Error(`There is no queue ${name}`);
  return queue;
}
