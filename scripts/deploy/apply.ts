/**
 * Takes the steps of a plan, one at a time. Each can be repeated: what was done and whose answer was lost is found by its name, so a
 * deployment that was cut off anywhere ends, repeated, where it would have ended.
 */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Consumer, Database, Queue } from './answers.ts';
import { type Api, ApiError } from './api.ts';
import { applySetting, remove } from './apply-settings.ts';
import { stubTag } from './deployed.ts';
import { annotationsOf, codeUpdate, formOf, metadataOf } from './metadata.ts';
import { migrateDatabase } from './migrate.ts';
import { lineOf, type Share, type Step, type Upload } from './steps.ts';
import type { Consumer as WantedConsumer } from './wanted.ts';
import { readDeployments, readVersion, type World } from './world.ts';

export interface Applied {
  /** The moments of databases before their migrations, by name. */
  readonly bookmarks: Map<string, string>;
  /** True once a version of this release answers. */
  hasFlipped: boolean;
}

export interface ApplyInput {
  readonly api: Api;
  readonly world: World;
  readonly release: string;
  readonly say: (line: string) => void;
  /** Called before and after; what is known is kept even if the next step fails. */
  readonly onBookmark: (database: string, bookmark: string) => void;
  readonly applied: Applied;
}

interface Platform extends ApplyInput {
  readonly queueIds: Map<string, string>;
  readonly databaseIds: Map<string, string>;
  readonly uploaded: Map<string, string>;
}

const Anything = z.unknown();
const refusals = { queueExists: 11009, databaseExists: 7502, consumerExists: 11004 } as const;

export async function applySteps(steps: readonly Step[], input: ApplyInput): Promise<void> {
  const platform: Platform = {
    ...input,
    queueIds: new Map([...input.world.queues].map(([name, { id }]) => [name, id])),
    databaseIds: new Map([...input.world.databases].map(([name, { id }]) => [name, id])),
    uploaded: new Map(),
  };
  for (const [index, step] of steps.entries()) {
    input.say(`${index + 1}/${steps.length} ${lineOf(step)}`);
    await apply(step, platform);
  }
}

async function apply(step: Step, platform: Platform): Promise<void> {
  const { api } = platform;
  switch (step.kind) {
    case 'create-queue':
      platform.queueIds.set(step.queue, await createQueue(api, step.queue));
      return;
    case 'create-database':
      platform.databaseIds.set(step.database, await createDatabase(api, step.database, step.jurisdiction));
      return;
    case 'stub':
      return placeStub(api, step);
    case 'bookmark': {
      const path = `/d1/database/${known(platform.databaseIds, step.database)}/time_travel/bookmark`;
      const { bookmark } = await api.call('GET', path, z.object({ bookmark: z.string() }));
      platform.applied.bookmarks.set(step.database, bookmark);
      platform.onBookmark(step.database, bookmark);
      return;
    }
    case 'migrate':
      return migrateDatabase(api, known(platform.databaseIds, step.database), step);
    case 'upload':
      return upload(platform, step.upload);
    case 'flip':
      return flip(platform, step.worker, step.shares);
    case 'attach':
      return attach(api, platform, step.consumer);
    case 'detach':
      return remove(api, `/queues/${known(platform.queueIds, step.queue)}/consumers/${step.consumerId}`);
    default:
      return applySetting(api, step);
  }
}

async function createQueue(api: Api, queue: string): Promise<string> {
  try {
    return (await api.call('POST', '/queues', z.object({ queue_id: z.string() }), { body: { queue_name: queue } }))
      .queue_id;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === refusals.queueExists)) throw error;
    const found = (await api.list('/queues', Queue)).find(({ queue_name }) => queue_name === queue);
    if (found === undefined) throw error;
    return found.queue_id;
  }
}

async function createDatabase(api: Api, name: string, jurisdiction: string | null): Promise<string> {
  try {
    const body = { name, ...(jurisdiction === null ? {} : { jurisdiction }) };
    return (await api.call('POST', '/d1/database', Database, { body })).uuid;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === refusals.databaseExists)) throw error;
    const found = (await api.list(`/d1/database?name=${name}`, Database)).find((other) => other.name === name);
    if (found === undefined) throw error;
    return found.uuid;
  }
}

const stubCode =
  "export default { fetch: () => new Response('This part of the shop is not deployed yet.', { status: 503 }) };";

/** Never over a Worker that is there: the caller has looked, and the platform would drop its bindings. */
async function placeStub(api: Api, { worker, compatibilityDate }: Extract<Step, { kind: 'stub' }>): Promise<void> {
  const metadata = {
    main_module: 'stub.mjs',
    bindings: [],
    compatibility_date: compatibilityDate,
    compatibility_flags: [],
    annotations: { 'workers/message': 'a placeholder', 'workers/tag': stubTag },
  };
  const form = formOf(metadata, 'stub.mjs', stubCode);
  await api.call('PUT', `/workers/scripts/${worker}?excludeScript=true`, Anything, { form });
}

async function upload(platform: Platform, step: Upload): Promise<void> {
  const { api, release, databaseIds } = platform;
  const { worker, full } = step;
  const metadata = metadataOf(step, release, (database) => known(databaseIds, database));
  const form = formOf(metadata, worker.module.file, worker.module.code);
  const script = `/workers/scripts/${worker.name}`;
  if (full === null) {
    const path = `${script}/versions?bindings_inherit=strict`;
    const { id } = await api.call('POST', path, z.object({ id: z.string() }), { form });
    platform.uploaded.set(worker.name, id);
    return;
  }
  try {
    await api.call('PUT', `${script}?excludeScript=true&bindings_inherit=strict`, Anything, { form });
  } catch (error) {
    // A class change is refused the second time: it may have been taken in when its answer was lost.
    if (full.classes === null || !(await isInPlace(api, step))) throw error;
  }
  platform.applied.hasFlipped = true;
}

async function isInPlace(api: Api, { worker, deployed }: Upload): Promise<boolean> {
  const [newest] = await readDeployments(api, worker.name).catch(() => []);
  const version = newest?.versions[0];
  if (version === undefined) return false;
  return isDeepStrictEqual((await readVersion(api, worker.name, version.version_id)).deployed, deployed);
}

async function flip(platform: Platform, worker: string, shares: readonly Share[]): Promise<void> {
  const versions = shares.map(({ version, percentage }) => ({
    version_id: version === 'uploaded' ? known(platform.uploaded, worker) : version.id,
    percentage,
  }));
  platform.applied.hasFlipped = true;
  await deployVersions(platform.api, worker, versions, {
    annotations: annotationsOf('release', platform.release),
    code_update_strategy: codeUpdate,
  });
}

/** @param about `isForced`: also where a secret has changed since the version was made, as a rollback must */
export async function deployVersions(
  api: Api,
  worker: string,
  versions: readonly { readonly version_id: string; readonly percentage: number }[],
  { isForced = false, ...about }: { readonly isForced?: boolean } & Readonly<Record<string, unknown>>,
): Promise<void> {
  const body = { strategy: 'percentage', versions, ...about };
  await api.call('POST', `/workers/scripts/${worker}/deployments${isForced ? '?force=true' : ''}`, Anything, { body });
}

async function attach(api: Api, { queueIds }: Platform, consumer: WantedConsumer): Promise<void> {
  const path = `/queues/${known(queueIds, consumer.queue)}/consumers`;
  const body = {
    type: 'worker',
    script_name: consumer.worker,
    settings: consumer.settings,
    ...(consumer.deadLetterQueue === null ? {} : { dead_letter_queue: consumer.deadLetterQueue }),
  };
  const own = async (): Promise<string | undefined> => {
    const found = await api.call('GET', path, z.array(Consumer));
    return found.find(({ script, script_name }) => (script ?? script_name) === consumer.worker)?.consumer_id;
  };
  let id = await own();
  if (id === undefined) {
    try {
      await api.call('POST', path, Anything, { body });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === refusals.consumerExists)) throw error;
      id = await own();
      if (id === undefined) throw error;
    }
  }
  await api.call('PUT', `${path}/${id}`, Anything, { body });
}

function known(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`Bug: ${name} has no id yet`);
  return id;
}
