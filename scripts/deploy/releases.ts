/**
 * The releases of an environment, as the history of its Workers tells them. Every deployment on the platform is annotated with the
 * release that it was part of, so nothing has to be kept elsewhere. Pure.
 */
import { stubTag } from './deployed.ts';
import type { Deployment } from './world.ts';

/** A Worker with its past: the newest deployment first, and the tag of every version. */
export interface History {
  readonly worker: string;
  readonly deployments: readonly Deployment[];
  readonly tags: ReadonlyMap<string, string>;
}

/** Which version of each Worker answers, or answered, together. */
export type Versions = ReadonlyMap<string, string>;

export interface Release {
  readonly name: string;
  readonly isRollback: boolean;
  readonly at: string;
  readonly versions: Versions;
}

/** What it was part of; null for what was deployed by something else. */
function partOf(
  { annotations, versions }: Deployment,
  tags: History['tags'],
): Pick<Release, 'name' | 'isRollback'> | null {
  const said = /^(?<what>release|rollback to) (?<name>\S+)/.exec(annotations['workers/message'] ?? '')?.groups;
  if (said?.name !== undefined) return { name: said.name, isRollback: said.what !== 'release' };
  const tag = tags.get(versions[0]?.version_id ?? '') ?? '';
  return tag === '' || tag === stubTag ? null : { name: tag, isRollback: false };
}

/** Oldest first. A placeholder is no version of anything, and a split counts with its larger share. */
export function releasesOf(histories: readonly History[]): readonly Release[] {
  const moments = histories.flatMap(({ worker, deployments, tags }) =>
    deployments.flatMap((deployment) => {
      const part = partOf(deployment, tags);
      const version = [...deployment.versions].sort((a, b) => b.percentage - a.percentage)[0]?.version_id;
      if (part === null || version === undefined || tags.get(version) === stubTag) return [];
      return [{ ...part, worker, version, at: deployment.created_on }];
    }),
  );
  moments.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  const releases: Release[] = [];
  const versions = new Map<string, string>();
  for (const { name, isRollback, worker, version, at } of moments) {
    versions.set(worker, version);
    const last = releases.at(-1);
    if (last?.name === name && last.isRollback === isRollback) releases.pop();
    releases.push({ name, isRollback, at, versions: new Map(versions) });
  }
  return releases;
}

export type Target = { readonly release: Release } | { readonly problem: string };

/** Where a rollback goes: to the release that is named, else to the one before that which answers now. */
export function targetOf(releases: readonly Release[], wanted: string | null): Target {
  const current = releases.at(-1);
  if (current === undefined) return { problem: 'Nothing was released here yet.' };
  const names = [...new Set(releases.map(({ name }) => name))];
  if (wanted !== null) {
    const release = releases.findLast(({ name }) => name === wanted);
    if (release !== undefined) return { release };
    return { problem: `There is no release ${wanted}. Known, the newest last: ${names.join(', ')}.` };
  }
  const first = releases.findIndex(({ name }) => name === current.name);
  const before = releases.slice(0, first).findLast((release, index, all) => !wasTakenBack(release, all[index + 1]));
  return before === undefined ? { problem: `There is no release before ${current.name}.` } : { release: before };
}

/** A release that was rolled back at once is nothing to go back to. */
function wasTakenBack(release: Release, next: Release | undefined): boolean {
  return !release.isRollback && next?.isRollback === true && next.name !== release.name;
}

/**
 * The version that a Worker had before a release, or null when the release was its first: a deployment that was cut off and repeated
 * is one release.
 */
export function versionBefore({ deployments, tags }: History, release: string): string | null {
  const isPart = (deployment: Deployment): boolean => {
    const part = partOf(deployment, tags);
    return part?.name === release && !part.isRollback;
  };
  const before = deployments.find((deployment) => !isPart(deployment));
  const version = [...(before?.versions ?? [])].sort((a, b) => b.percentage - a.percentage)[0]?.version_id;
  return version === undefined || tags.get(version) === stubTag ? null : version;
}
