/** What an account has under our names that no file speaks of any more. Only reported: things with data are removed by name, by hand. */
import type { Environment } from './environment.ts';
import type { Wanted } from './wanted.ts';
import type { World } from './world.ts';

const prefix = 'vitrine-';

export function orphansOf(
  environment: Environment,
  { workers, queues, databases }: Wanted,
  world: World,
): readonly string[] {
  const ours = (name: string): boolean =>
    name.startsWith(prefix) &&
    name.endsWith(environment.suffix) &&
    !environment.foreignSuffixes.some((suffix) => isForeign(name, suffix, environment.suffix));
  const surplus = (kind: string, present: readonly string[], wanted: readonly string[]): readonly string[] =>
    present.filter((name) => ours(name) && !wanted.includes(name)).map((name) => `? ${kind} ${name} is in no file`);
  return [
    ...surplus(
      'Worker',
      world.everyWorker,
      workers.map(({ name }) => name),
    ),
    ...surplus('queue', [...world.queues.keys()], queues),
    ...surplus(
      'database',
      world.everyDatabase,
      databases.map(({ name }) => name),
    ),
  ];
}

/** Production has no suffix, and so sees every name: those of the other environments are not its own. */
function isForeign(name: string, suffix: string, own: string): boolean {
  if (suffix === '' || own.startsWith(suffix)) return false;
  return name.endsWith(suffix) || name.includes(`${suffix}-`);
}
