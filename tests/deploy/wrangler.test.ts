/**
 * Our uploads are what wrangler itself would send: both deploy the same Workers to the fake, and what it recorded is compared. The
 * three between them have every kind of binding, a class, consumers, a cron and the edge cache.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { databasesOf, productionWorkers, readWorkers, type WorkerName } from '../../scripts/configs.ts';
import type { Shop } from '../../scripts/deploy/prepare.ts';
import { workerSettingsOf } from '../../scripts/lib/worker-settings.ts';
import { startWrangler } from '../../scripts/lib/wrangler.ts';
import { createFakeApi, type FakeApi, fakeAccountId, type RecordedCall } from './fake/api.ts';
import { secrets, staging } from './shop.ts';
import { createTestAccount } from './world.ts';

const code = 'export default { fetch: () => new Response() };\n';
const workers = productionWorkers(readWorkers());
const compared: readonly WorkerName[] = ['payments', 'inventory', 'router'];
const { vars: _, ...environment } = staging;
const shop: Shop = {
  environment: { ...environment, vars: {} },
  sources: workers.map((config) => ({ config, settings: workerSettingsOf(config.name), code })),
  databases: databasesOf(workers).map((database) => ({ database, migrations: [] })),
  commit: '1'.repeat(40),
};

const nameOf = (name: string): string => `vitrine-${name}-staging`;
const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-wrangler-'));
const api: FakeApi = createFakeApi();
const ours: RecordedCall[] = [];
const theirs: RecordedCall[] = [];
let server: Awaited<ReturnType<FakeApi['listen']>>;

beforeAll(async () => {
  const { outcome, lines } = await createTestAccount(api).run(shop, { secrets });
  expect(outcome, lines.join('\n')).toBe('done');
  ours.push(...api.calls.splice(0));
  for (const name of compared) api.account.workers.delete(nameOf(name));
  for (const queue of api.account.queues.values())
    queue.consumers = queue.consumers.filter(({ script }) => !compared.some((name) => script === nameOf(name)));
  server = await api.listen();
  vi.stubEnv('CLOUDFLARE_API_BASE_URL', server.url);
  vi.stubEnv('CLOUDFLARE_API_TOKEN', 'token');
  vi.stubEnv('CLOUDFLARE_ACCOUNT_ID', fakeAccountId);
  vi.stubEnv('CI', 'true');
  // The router last: a binding must name what is there.
  for (const name of compared) await deployWithWrangler(name);
  theirs.push(...api.calls);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function deployWithWrangler(name: WorkerName): Promise<void> {
  const config = path.join(folder, name, 'wrangler.json');
  mkdirSync(path.join(folder, name, 'module'), { recursive: true });
  writeFileSync(path.join(folder, name, 'module', `${name}.mjs`), code);
  writeFileSync(config, JSON.stringify(configOf(name)));
  const child = startWrangler(['deploy', '-c', config], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [status] = await once(child, 'close');
  expect(status, output).toBe(0);
}

/** The Worker as a person would write it down for wrangler, with the ids of the account. */
function configOf(name: WorkerName) {
  const found = workers.find((worker) => worker.name === name)?.wrangler;
  if (found === undefined) throw new Error(`There is no ${name}`);
  const { main: __, services, d1_databases, queues, migrations, rules: ___, ...wrangler } = found;
  const idOf = (database: string) => [...api.account.databases.values()].find((other) => other.name === database)?.uuid;
  const variables = metadataOf(ours, name).bindings.filter(({ type }) => type === 'plain_text');
  return {
    ...wrangler,
    name: nameOf(name),
    main: `module/${name}.mjs`,
    ...{ no_bundle: true, find_additional_modules: false, workers_dev: false, preview_urls: false },
    services: services.map((service) => ({ ...service, service: `${service.service}-staging` })),
    d1_databases: d1_databases.map(({ binding, database_name }) => ({
      ...{ binding, database_name: `${database_name}-staging`, database_id: idOf(`${database_name}-staging`) },
    })),
    queues: {
      producers: queues.producers.map(({ binding, queue }) => ({ binding, queue: `${queue}-staging` })),
      consumers: queues.consumers.map((consumer) => ({
        ...consumer,
        queue: `${consumer.queue}-staging`,
        ...(consumer.dead_letter_queue === undefined
          ? {}
          : { dead_letter_queue: `${consumer.dead_letter_queue}-staging` }),
      })),
    },
    ...(migrations.length === 0 ? {} : { migrations }),
    vars: Object.fromEntries(variables.map(({ name: key, text }) => [key, text])),
  };
}

const Uploaded = z.object({
  metadata: z.looseObject({ bindings: z.array(z.looseObject({ type: z.string(), name: z.string() })) }),
  modules: z.record(z.string(), z.string()),
});

function uploadOf(calls: readonly RecordedCall[], name: string): z.infer<typeof Uploaded> {
  const call = calls.findLast(
    ({ method, path: asked }) => method === 'PUT' && asked.endsWith(`/scripts/${nameOf(name)}`),
  );
  return Uploaded.parse(call?.body);
}

/** Without what is ours alone: notes about the release, our delay for busy objects, and secrets, which we name one by one. */
function metadataOf(calls: readonly RecordedCall[], name: string) {
  const { bindings, ...metadata } = uploadOf(calls, name).metadata;
  const { annotations: __, code_update_strategy: ___, keep_bindings: ____, ...rest } = metadata;
  const own = bindings.filter((binding) => binding.name !== 'VITRINE_DEPLOYED' && binding.type !== 'secret_text');
  return { ...rest, bindings: own.toSorted((left, right) => (left.name < right.name ? -1 : 1)) };
}

/** What a call to the rest of the Worker carried. */
function bodiesOf(calls: readonly RecordedCall[], name: string, end: string): readonly unknown[] {
  const about = calls.filter(({ method, path: asked, body }) => {
    const isConsumer = end === '/consumers' && JSON.stringify(body).includes(`"script_name":"${nameOf(name)}"`);
    return method !== 'GET' && asked.endsWith(end) && (isConsumer || asked.includes(`/${nameOf(name)}/`));
  });
  return about.map(({ method, body }) => [method, body]);
}

describe.each(compared)('an upload of %s', (name) => {
  it('says what wrangler says', () => {
    expect(metadataOf(ours, name)).toEqual(metadataOf(theirs, name));
  });

  it('has the module that wrangler has', () => {
    expect(uploadOf(ours, name).modules).toEqual(uploadOf(theirs, name).modules);
  });

  it.each(['/consumers', '/schedules', '/subdomain'])('has the same %s', (end) => {
    expect(bodiesOf(ours, name, end)).toEqual(bodiesOf(theirs, name, end));
  });
});
