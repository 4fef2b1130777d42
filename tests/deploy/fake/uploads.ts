/** Uploads of Workers to the fake: classes, bindings and secrets as the real API is reported to take or refuse them. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  type Account,
  type FakeBinding,
  type FakeDeployment,
  type FakeVersion,
  type FakeWorker,
  hexId,
  nextMoment,
  Refusal,
  refuse,
} from './account.ts';

const Classes = z.array(z.string()).default([]);

export const Metadata = z.looseObject({
  bindings: z.array(z.looseObject({ type: z.string(), name: z.string(), text: z.string().optional() })).default([]),
  keep_bindings: z.array(z.string()).default([]),
  annotations: z.record(z.string(), z.string()).default({}),
  observability: z.unknown().optional(),
  migrations: z
    .looseObject({
      old_tag: z.string().optional(),
      new_tag: z.string().optional(),
      steps: z.array(z.looseObject({ new_sqlite_classes: Classes, new_classes: Classes, deleted_classes: Classes })),
    })
    .optional(),
});

export interface UploadedWorker {
  readonly metadata: z.infer<typeof Metadata>;
  readonly modules: Readonly<Record<string, string>>;
}

/** Takes a version in. `full` is the upload that answers at once, and the only one that may change classes. */
export function addVersion(
  account: Account,
  name: string,
  { metadata, modules }: UploadedWorker,
  how: 'full' | 'version',
): { readonly worker: FakeWorker; readonly version: FakeVersion } {
  const existing = account.workers.get(name);
  const classes = classesAfter(metadata, existing);
  if (how === 'version' && metadata.migrations !== undefined)
    refuse(400, 10211, 'A change of Durable Object classes needs a full deploy.');
  const bindings = resolved(metadata, existing);
  const problems = bindings.flatMap((binding) => problemOf(account, name, binding, classes));
  if (problems.length > 0) throw new Refusal(400, ...problems);
  const worker: FakeWorker = existing ?? {
    ...{ name, tag: hexId(), classes, migrationTag: undefined, versions: [], deployments: [], schedules: [] },
    ...{ subdomain: { enabled: false, previews_enabled: false }, observability: undefined },
  };
  worker.classes = classes;
  worker.migrationTag = metadata.migrations?.new_tag ?? worker.migrationTag;
  if (how === 'full') worker.observability = metadata.observability;
  const version: FakeVersion = {
    ...{ id: randomUUID(), number: worker.versions.length + 1, bindings, metadata, modules },
    ...{ annotations: metadata.annotations, createdOn: nextMoment() },
  };
  worker.versions.push(version);
  account.workers.set(name, worker);
  return { worker, version };
}

export function deployVersions(
  worker: FakeWorker,
  versions: FakeDeployment['versions'],
  annotations: FakeDeployment['annotations'],
): FakeDeployment {
  if (versions.reduce((sum, { percentage }) => sum + percentage, 0) !== 100)
    refuse(400, 10210, 'Percentages must sum to 100');
  for (const { version_id } of versions)
    if (!worker.versions.some(({ id }) => id === version_id)) refuse(404, 10216, 'Version not found');
  const deployment = { id: randomUUID(), created_on: nextMoment(), annotations, versions };
  worker.deployments.unshift(deployment);
  return deployment;
}

/** The names of the secrets that the newest version has. */
export function secretsOf(worker: FakeWorker): readonly string[] {
  const bindings = worker.versions.at(-1)?.bindings ?? [];
  return bindings.filter(({ type }) => type === 'secret_text').map(({ name }) => name);
}

function classesAfter({ migrations }: z.infer<typeof Metadata>, worker: FakeWorker | undefined): ReadonlySet<string> {
  if (migrations !== undefined && (migrations.old_tag ?? '') !== (worker?.migrationTag ?? ''))
    refuse(412, 10079, `Migration tag precondition failed; current tag is ${worker?.migrationTag ?? 'unset'}`);
  const classes = new Set(worker?.classes);
  for (const step of migrations?.steps ?? []) {
    for (const added of [...step.new_sqlite_classes, ...step.new_classes]) {
      if (classes.has(added))
        refuse(412, 10074, `Cannot apply new-class migration to class '${added}' that already exists`);
      classes.add(added);
    }
    for (const gone of step.deleted_classes) classes.delete(gone);
  }
  return classes;
}

/** Writes out what is inherited or kept from the version before. */
function resolved({ bindings, keep_bindings: kept }: z.infer<typeof Metadata>, worker: FakeWorker | undefined) {
  const before = worker?.versions.at(-1)?.bindings ?? [];
  const named: FakeBinding[] = bindings.map((binding) => {
    if (binding.type !== 'inherit') return binding;
    const found = before.find(({ name }) => name === binding.name);
    return found ?? refuse(400, 10057, `inherit binding '${binding.name}' is invalid: there is no such binding`);
  });
  const names = new Set(named.map(({ name }) => name));
  return [...named, ...before.filter(({ type, name }) => kept.includes(type) && !names.has(name))];
}

type Problem = readonly [code: number, message: string];

function problemOf(account: Account, worker: string, binding: FakeBinding, classes: ReadonlySet<string>): Problem[] {
  const { name } = binding;
  const text = (property: string): string => String(binding[property] ?? '');
  switch (binding.type) {
    case 'service': {
      const service = text('service');
      if (service === worker || account.workers.has(service)) return [];
      return [[10143, `Service binding '${name}' references Worker '${service}' which was not found.`]];
    }
    case 'd1':
      if (account.databases.has(text('id'))) return [];
      return [[10181, `D1 binding '${name}' references database '${text('id')}' which was not found.`]];
    case 'queue':
      if ([...account.queues.values()].some(({ queue_name }) => queue_name === text('queue_name'))) return [];
      return [[11000, `Queue '${text('queue_name')}' does not exist.`]];
    case 'durable_object_namespace':
      if (classes.has(text('class_name'))) return [];
      return [
        [
          10061,
          `Cannot create binding for class '${text('class_name')}': it is not configured to implement Durable Objects`,
        ],
      ];
    default:
      return [];
  }
}
