/** Which Workers are uploaded, and which version of each answers afterwards. */
import type * as z from 'zod';
import type { RemoteBinding } from './answers.ts';
import { type Deployed, deployedName, deployedOf, isReleaseName, stubTag } from './deployed.ts';
import type { PlanInput } from './plan-input.ts';
import type { WorkerSecrets } from './secrets.ts';
import type { ClassChange, Share, Step } from './steps.ts';
import type { Binding, WantedWorker } from './wanted.ts';
import type { World, WorldVersion, WorldWorker } from './world.ts';

export interface WorkerPlan {
  readonly worker: WantedWorker;
  readonly stub: readonly Step[];
  readonly upload: readonly Step[];
  readonly flip: readonly Step[];
}

const noSecrets: WorkerSecrets = { sent: {}, kept: [], dropped: [], digests: {} };

export function planWorkers(input: PlanInput): readonly WorkerPlan[] {
  return input.wanted.workers.map((worker) => {
    const found = input.world.workers.get(worker.name);
    const secrets = input.secrets.workers.get(worker.name) ?? noSecrets;
    const deployed = deployedOf(worker, secrets.digests);
    return planWorker(worker, found, { secrets, deployed, input });
  });
}

interface Facts {
  readonly secrets: WorkerSecrets;
  readonly deployed: Deployed;
  readonly input: PlanInput;
}

function planWorker(worker: WantedWorker, found: WorldWorker | undefined, facts: Facts): WorkerPlan {
  const { secrets, deployed, input } = facts;
  const stub: readonly Step[] =
    found === undefined ? [{ kind: 'stub', worker: worker.name, compatibilityDate: worker.compatibilityDate }] : [];
  const classes = classChangeOf(worker, found);
  const isFirst = found === undefined || isOnlyStub(found);
  const full = isFirst || classes !== null ? { classes } : null;
  const current = found?.current ?? null;
  const reasons = isFirst ? ['new'] : differences(worker, current, facts);
  const isCurrent = reasons.length === 0 && classes === null;
  if (isCurrent) return { worker, stub, upload: [], flip: [] };

  const waiting = found?.newest ?? null;
  const isUploaded = full === null && waiting !== null && differences(worker, waiting, facts).length === 0;
  const because = classes === null ? reasons : [...reasons, `classes ${classes.from ?? 'none'} → ${classes.to}`];
  const upload: readonly Step[] = isUploaded
    ? []
    : [{ kind: 'upload', upload: { worker, secrets, deployed, full }, because }];
  if (full !== null) return { worker, stub, upload, flip: [] };
  const version: Share['version'] = isUploaded ? { id: waiting.id } : 'uploaded';
  const shares = sharesFor(version, found, input.gradualPercentage);
  const isSplitAsWanted = isUploaded && isSameSplit(shares, found);
  return { worker, stub, upload, flip: isSplitAsWanted ? [] : [{ kind: 'flip', worker: worker.name, shares }] };
}

/** A placeholder answers, and nothing else ever did. */
function isOnlyStub({ deployments, tags }: WorldWorker): boolean {
  return deployments.every(({ versions }) => versions.every(({ version_id }) => tags.get(version_id) === stubTag));
}

function classChangeOf(worker: WantedWorker, found: WorldWorker | undefined): ClassChange | null {
  const last = worker.classes.at(-1);
  if (last === undefined) return null;
  const from = found?.migrationTag ?? null;
  if (from === last.tag) return null;
  const done = worker.classes.findIndex(({ tag }) => tag === from);
  if (from !== null && done === -1)
    throw new Error(
      `${worker.name} has the classes of ${from} on the platform, which its wrangler file does not know.`,
    );
  return { from, to: last.tag, steps: worker.classes.slice(done + 1) };
}

/** A split keeps what answered last for the others. */
function sharesFor(
  version: Share['version'],
  found: WorldWorker | undefined,
  percentage: number | null,
): readonly Share[] {
  const whole = [{ version, percentage: 100 }];
  if (percentage === null) return whole;
  const versions = found?.deployments[0]?.versions ?? [];
  const isNew = (id: string): boolean => version !== 'uploaded' && version.id === id;
  const before = versions.filter(({ version_id }) => !isNew(version_id)).sort((a, b) => b.percentage - a.percentage)[0];
  if (before === undefined) return whole;
  return [
    { version, percentage },
    { version: { id: before.version_id }, percentage: 100 - percentage },
  ];
}

function isSameSplit(shares: readonly Share[], found: WorldWorker | undefined): boolean {
  const versions = found?.deployments[0]?.versions ?? [];
  return (
    versions.length === shares.length &&
    shares.every(({ version, percentage }) =>
      versions.some(
        (other) => version !== 'uploaded' && other.version_id === version.id && other.percentage === percentage,
      ),
    )
  );
}

/** Why a version is not what is wanted, in a few words each; nothing when it is. */
function differences(
  worker: WantedWorker,
  version: WorldVersion | null,
  { secrets, deployed, input }: Facts,
): readonly string[] {
  if (version === null) return ['more than one version answers'];
  if (version.deployed === null || !isReleaseName(version.tag)) return ['was changed by something else'];
  const before = version.deployed;
  return [
    ...(before.module === deployed.module
      ? []
      : [`module ${before.module.slice(0, 8)} → ${deployed.module.slice(0, 8)}`]),
    ...(before.settings === deployed.settings ? [] : ['settings']),
    ...secretDifferences(version, before.secrets, secrets),
    ...bindingDifferences(worker, version.bindings, input.world),
  ];
}

/** The version itself says which secrets it has: one that waits may have others than the one that answers. */
function secretDifferences(
  version: WorldVersion,
  before: Deployed['secrets'],
  secrets: WorkerSecrets,
): readonly string[] {
  const present = version.bindings.filter(({ type }) => type === 'secret_text').map(({ name }) => name);
  const wanted = Object.entries(secrets.digests);
  return [
    ...wanted
      .filter(([name, digest]) => !present.includes(name) || before[name] !== digest)
      .map(([name]) => `secret ${name}`),
    ...present.filter((name) => secrets.digests[name] === undefined).map((name) => `without secret ${name}`),
  ];
}

function bindingDifferences(
  worker: WantedWorker,
  remote: readonly z.infer<typeof RemoteBinding>[],
  world: World,
): readonly string[] {
  const wanted = new Map(worker.bindings.map((binding) => [binding.name, keyOf(binding, world)]));
  const present = new Map(
    remote
      .filter(({ type, name }) => type !== 'secret_text' && name !== deployedName)
      .map((binding) => [binding.name, remoteKeyOf(binding)]),
  );
  return [
    ...[...wanted].filter(([name, key]) => present.get(name) !== key).map(([name]) => `binding ${name}`),
    ...[...present.keys()].filter((name) => !wanted.has(name)).map((name) => `without binding ${name}`),
  ];
}

function keyOf(binding: Binding, world: World): string {
  switch (binding.type) {
    case 'plain_text':
      return `plain_text ${binding.text}`;
    case 'service':
      return `service ${binding.service} ${binding.entrypoint ?? ''}`;
    case 'd1':
      return `d1 ${world.databases.get(binding.database)?.id ?? 'not there'}`;
    case 'queue':
      return `queue ${binding.queue}`;
    case 'durable_object_namespace':
      return `durable_object_namespace ${binding.className}`;
  }
}

function remoteKeyOf(binding: z.infer<typeof RemoteBinding>): string {
  switch (binding.type) {
    case 'plain_text':
      return `plain_text ${binding.text ?? ''}`;
    case 'service':
      return `service ${binding.service ?? ''} ${binding.entrypoint ?? ''}`;
    case 'd1':
      return `d1 ${binding.id ?? binding.database_id ?? ''}`;
    case 'queue':
      return `queue ${binding.queue_name ?? ''}`;
    case 'durable_object_namespace':
      return `durable_object_namespace ${binding.class_name ?? ''}`;
    default:
      return binding.type;
  }
}
