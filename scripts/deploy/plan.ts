/**
 * From what an account has to what it should have, as a list of steps in the order in which they are safe. Pure: a dry run prints it,
 * a check judges it, a deployment takes it.
 */

import { deployedOf, releaseName } from './deployed.ts';
import type { PlanInput } from './plan-input.ts';
import { planGoing, planTriggers } from './plan-triggers.ts';
import { planWorkers, type WorkerPlan } from './plan-workers.ts';
import type { Step } from './steps.ts';
import type { Wanted } from './wanted.ts';
import type { World } from './world.ts';

export interface Plan {
  readonly release: string;
  readonly steps: readonly Step[];
  /** Sentences: why nothing may be applied. */
  readonly problems: readonly string[];
  readonly unchanged: readonly string[];
}

export function planOf(input: PlanInput): Plan {
  const { wanted, world, secrets, commit } = input;
  const workers = planWorkers(input);
  const triggers = planTriggers(input);
  const deployed = wanted.workers.map((worker) => deployedOf(worker, secrets.workers.get(worker.name)?.digests ?? {}));
  const named = wanted.workers.map(({ name, bindings }, index) => [name, bindings, deployed[index]]);
  return {
    release: releaseName(commit, named),
    steps: [
      ...wanted.queues
        .filter((queue) => !world.queues.has(queue))
        .map((queue) => ({ kind: 'create-queue' as const, queue })),
      ...wanted.databases
        .filter(({ name }) => !world.databases.has(name))
        .map(({ name, jurisdiction }) => ({ kind: 'create-database' as const, database: name, jurisdiction })),
      ...workers.flatMap(({ stub }) => stub),
      ...planGoing(input),
      ...migrationsOf(wanted, world),
      ...workers.flatMap(({ upload }) => upload.filter(isFull)),
      ...workers.flatMap(({ upload }) => upload.filter((step) => !isFull(step))),
      ...workers.flatMap(({ flip }) => flip),
      ...triggers,
    ],
    problems: [...secrets.problems, ...splitProblems(workers, input), ...lostMigrations(wanted, world)],
    unchanged: workers.filter(({ upload, flip }) => upload.length + flip.length === 0).map(({ worker }) => worker.name),
  };
}

function isFull(step: Step): boolean {
  return step.kind === 'upload' && step.upload.full !== null;
}

/** Bookmarks come first, all of them: they name one moment to go back to before anything is touched. */
function migrationsOf({ databases }: Wanted, world: World): readonly Step[] {
  const pending = databases.map(({ name, migrations }) => {
    const applied = world.databases.get(name)?.applied ?? [];
    return { name, migrations: migrations.filter(({ file }) => !applied.includes(file)) };
  });
  if (pending.every(({ migrations }) => migrations.length === 0)) return [];
  return [
    ...pending
      .filter(({ name }) => (world.databases.get(name)?.applied.length ?? 0) > 0)
      .map(({ name }) => ({ kind: 'bookmark' as const, database: name })),
    ...pending.flatMap(({ name, migrations }) =>
      migrations.map((migration) => ({ kind: 'migrate' as const, database: name, migration })),
    ),
  ];
}

/** A database that is further than this checkout belongs to newer code. */
function lostMigrations({ databases }: Wanted, world: World): readonly string[] {
  return databases.flatMap(({ name, migrations }) => {
    const known = new Set(migrations.map(({ file }) => file));
    const unknown = (world.databases.get(name)?.applied ?? []).filter((file) => !known.has(file));
    return unknown.map(
      (file) =>
        `${name} has had the migration ${file}, which this checkout does not have. Deploy a newer commit, or roll back with npm run rollback.`,
    );
  });
}

function splitProblems(workers: readonly WorkerPlan[], { gradualPercentage }: PlanInput): readonly string[] {
  if (gradualPercentage === null) return [];
  return workers
    .filter(({ upload, flip, stub }) => upload.length + flip.length + stub.length > 0)
    .flatMap(({ worker, upload, stub }) => {
      if (stub.length > 0 || upload.some(isFull))
        return [`${worker.name} cannot be rolled out gradually: it is new, or its object classes change.`];
      if (!worker.canBeSplit)
        return [
          `${worker.name} has changed, and cannot be rolled out gradually: other Workers call it and it calls others, so one request would meet both versions.`,
        ];
      return [];
    });
}
