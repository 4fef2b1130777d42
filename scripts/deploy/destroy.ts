/**
 * Takes a preview away with all its data: addresses, consumers, Workers, queues, databases, whatever bears its name. Only previews:
 * the caller has looked. Safe to repeat, because what is gone is not found again.
 */
import { Database, Queue } from './answers.ts';
import { type Api, type ApiOptions, createApi } from './api.ts';
import { remove } from './apply-settings.ts';
import type { Environment } from './environment.ts';
import { readRoutes, readWorkerNames } from './world.ts';

export interface DestroyInput {
  readonly environment: Environment;
  readonly options: ApiOptions;
  readonly mode: 'apply' | 'dry-run';
  readonly say: (line: string) => void;
  readonly confirm: () => Promise<boolean>;
}

const prefix = 'vitrine-';

export async function destroy({
  environment,
  options,
  mode,
  say,
  confirm,
}: DestroyInput): Promise<'done' | 'failed' | 'changes'> {
  if (environment.kind !== 'preview') {
    say(`refused: ${environment.name} is no preview, and only a preview can be destroyed.`);
    return 'failed';
  }
  const api = createApi(options);
  const removals = await removalsOf(api, environment);
  for (const { line } of removals) say(line);
  if (removals.length === 0) {
    say(`nothing to do: there is nothing of ${environment.name}`);
    return 'done';
  }
  if (mode === 'dry-run') return 'changes';
  if (!(await confirm())) return 'failed';
  for (const { path } of removals) await remove(api, path);
  say(`destroyed ${environment.name}`);
  return 'done';
}

interface Removal {
  readonly line: string;
  readonly path: string;
}

/** Everything under the suffix, also what a file no longer names. Its data goes last. */
async function removalsOf(api: Api, { suffix }: Environment): Promise<readonly Removal[]> {
  const isOurs = (name: string): boolean => name.startsWith(prefix) && name.endsWith(suffix);
  const [everyWorker, queues, databases] = await Promise.all([
    readWorkerNames(api),
    api.list('/queues', Queue),
    api.list('/d1/database', Database),
  ]);
  const workers = everyWorker.filter(isOurs);
  const routes = await Promise.all(workers.map((router) => readRoutes(api, { router, host: null })));
  const ownQueues = queues.filter(({ queue_name }) => isOurs(queue_name));
  return [
    ...routes
      .flat()
      .flatMap((route) =>
        route.kind === 'domain' ? [{ line: `- domain ${route.hostname}`, path: `/workers/domains/${route.id}` }] : [],
      ),
    ...ownQueues.flatMap(({ queue_id, queue_name, consumers }) =>
      consumers.map(({ consumer_id }) => ({
        line: `- consumer of ${queue_name}`,
        path: `/queues/${queue_id}/consumers/${consumer_id}`,
      })),
    ),
    // The Workers are bound to each other in a circle, so each is removed although others name it.
    ...workers.map((name) => ({ line: `- Worker ${name}`, path: `/workers/scripts/${name}?force=true` })),
    ...ownQueues.map(({ queue_id, queue_name }) => ({ line: `- queue ${queue_name}`, path: `/queues/${queue_id}` })),
    ...databases
      .filter(({ name }) => isOurs(name))
      .map(({ uuid, name }) => ({ line: `- database ${name}`, path: `/d1/database/${uuid}` })),
  ];
}
