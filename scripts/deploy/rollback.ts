/**
 * Going back to versions that have answered before. Data, migrations, queues, crons and addresses stay as they are. A change of
 * object classes cannot be undone, and a lasting secret that the older versions do not know would lock shoppers out: both stop it.
 */
import { previousNameOf } from '../lib/worker-settings.ts';
import type { Api } from './api.ts';
import { deployVersions } from './apply.ts';
import { annotationsOf, codeUpdateAtOnce } from './metadata.ts';
import { type History, type Versions, versionBefore } from './releases.ts';
import { readDeployments, readVersion, readVersions } from './world.ts';

export async function readHistory(api: Api, worker: string): Promise<History> {
  const [deployments, versions] = await Promise.all([readDeployments(api, worker), readVersions(api, worker)]);
  return {
    worker,
    deployments,
    tags: new Map(versions.map(({ id, annotations }) => [id, annotations['workers/tag'] ?? ''])),
  };
}

export interface Return {
  readonly worker: string;
  readonly from: string;
  readonly to: string;
}

/** What has to change so that these versions answer again, callers first. Workers that are not named are left alone. */
export function returnsTo(versions: Versions, histories: readonly History[]): readonly Return[] {
  return [...histories].reverse().flatMap(({ worker, deployments }) => {
    const to = versions.get(worker);
    const answering = deployments[0]?.versions ?? [];
    const from = answering[0]?.version_id;
    const isThere = answering.length === 1 && from === to;
    return to === undefined || from === undefined || isThere ? [] : [{ worker, from, to }];
  });
}

/** Everything that a release has put in place, and the version before it. */
export function versionsBefore(histories: readonly History[], release: string): Versions {
  return new Map(
    histories.flatMap((history) => {
      const before = versionBefore(history, release);
      return before === null ? [] : [[history.worker, before] as const];
    }),
  );
}

/** Sentences: why the shop cannot go back there. */
export async function hindrances(api: Api, returns: readonly Return[]): Promise<readonly string[]> {
  const found = await Promise.all(
    returns.map(async ({ worker, from, to }) => {
      const [now, then] = await Promise.all([readVersion(api, worker, from), readVersion(api, worker, to)]);
      if (now.deployed === null || then.deployed === null) return [];
      const problems: string[] = [];
      if (now.deployed.classes !== then.deployed.classes)
        problems.push(
          `${worker} has had a change of its object classes since (${then.deployed.classes || 'none'} → ${now.deployed.classes || 'none'}), which cannot be undone. Mend it forward.`,
        );
      if (!knowsSecretOf(then.deployed.secrets, now.deployed.secrets))
        problems.push(
          `The version of ${worker} does not know today's VITRINE_SECRET: what was sealed with it would be a stranger's.`,
        );
      return problems;
    }),
  );
  return found.flat();
}

const lasting = 'VITRINE_SECRET';

function knowsSecretOf(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): boolean {
  const current = now[lasting];
  return current === undefined || then[lasting] === current || then[previousNameOf(lasting)] === current;
}

export async function takeBack(
  api: Api,
  returns: readonly Return[],
  release: string,
  say: (line: string) => void,
): Promise<void> {
  for (const { worker, to } of returns) {
    say(`< ${worker} answers with version ${to.slice(0, 8)} again`);
    await deployVersions(api, worker, [{ version_id: to, percentage: 100 }], {
      isForced: true,
      annotations: annotationsOf('rollback to', release),
      code_update_strategy: codeUpdateAtOnce,
    });
  }
}
