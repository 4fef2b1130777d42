/** `npm run rollback`: every Worker answers again with the version that it had in an earlier release. */
import { type ApiOptions, createApi } from './api.ts';
import { type Environment, nameIn } from './environment.ts';
import { releasesOf, targetOf } from './releases.ts';
import { hindrances, readHistory, returnsTo, takeBack } from './rollback.ts';
import { inOrder, type Source } from './wanted.ts';
import { readWorkerNames } from './world.ts';

export interface GoBackInput {
  readonly environment: Environment;
  readonly sources: readonly Pick<Source, 'config'>[];
  /** Null: the one before that which answers now. */
  readonly release: string | null;
  readonly isDryRun: boolean;
  /** Goes back although something stands against it. */
  readonly isForced: boolean;
  readonly options: ApiOptions;
  readonly say: (line: string) => void;
  readonly confirm: () => Promise<boolean>;
}

export async function goBack(input: GoBackInput): Promise<'done' | 'failed' | 'changes'> {
  const { environment, options, say } = input;
  const api = createApi(options);
  const present = await readWorkerNames(api);
  const names = inOrder(input.sources.map(({ config }) => config))
    .map(({ wrangler }) => nameIn(environment, wrangler.name))
    .filter((name) => present.includes(name));
  const histories = await Promise.all(names.map((name) => readHistory(api, name)));
  const releases = releasesOf(histories);
  for (const { name, at, isRollback } of releases) say(`  ${at} ${isRollback ? 'back to ' : ''}${name}`);
  const target = targetOf(releases, input.release);
  if ('problem' in target) {
    say(`refused: ${target.problem}`);
    return 'failed';
  }
  const returns = returnsTo(target.release.versions, histories);
  if (returns.length === 0) {
    say(`nothing to do: ${target.release.name} answers already`);
    return 'done';
  }
  for (const { worker, from, to } of returns) say(`< ${worker}: ${from.slice(0, 8)} → ${to.slice(0, 8)}`);
  const problems = input.isForced ? [] : await hindrances(api, returns);
  for (const problem of problems) say(`refused: ${problem}`);
  if (problems.length > 0) return 'failed';
  if (input.isDryRun) return 'changes';
  if (!(await input.confirm())) return 'failed';
  await takeBack(api, returns, target.release.name, () => undefined);
  say(
    `${environment.name} answers with ${target.release.name} again. Data, migrations, queues, crons and addresses are as before.`,
  );
  return 'done';
}
