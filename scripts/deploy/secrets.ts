/**
 * The secrets of a deployment: who is sent which, and which are kept as they are. A value leaves this process only towards the Workers
 * that read it. What is remembered of a value, and compared with, is a digest that is deployed beside it.
 */
import { createHash, createHmac } from 'node:crypto';
import { previousNameOf, type WorkerSettings } from '../lib/worker-settings.ts';

/** By name. Values are never printed. */
export type SecretValues = Readonly<Record<string, string>>;

/** A Worker as it is about to be deployed, and what its version on the platform has. */
export interface SecretReader {
  readonly name: string;
  readonly reads: WorkerSettings['secrets'];
  /** Names on the platform. */
  readonly present: readonly string[];
  /** Digests of the values on the platform, by name. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface WorkerSecrets {
  /** Sent with the next version. */
  readonly sent: SecretValues;
  /** Kept from the version before. */
  readonly kept: readonly string[];
  /** On the platform, and no longer wanted. */
  readonly dropped: readonly string[];
  /** Of everything that the next version has. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface SecretsPlan {
  readonly workers: ReadonlyMap<string, WorkerSecrets>;
  /** Sentences: why this cannot be deployed. */
  readonly problems: readonly string[];
}

/** The secrets that stand in ids and tokens that shoppers hold. Another value makes strangers of them. */
const lasting: ReadonlySet<string> = new Set(['VITRINE_SECRET']);
const unknownDigest = 'unknown';

/** The same value has the same digest under every name: a previous secret can be told to be the one that was current. */
export function digestOf(value: string): string {
  return createHash('sha256').update(`vitrine\0${value}`).digest('hex');
}

/** The keys between the shop and its sandbox follow from the shop's own secret: both sides have the same, at every deployment. */
export function withSandboxKeys(given: SecretValues): SecretValues {
  const root = given.VITRINE_SECRET;
  if (root === undefined) return given;
  const derived = (name: string): string => createHmac('sha256', root).update(name).digest('hex');
  return {
    SANDBOX_SECRET_KEY: `sk_test_${derived('SANDBOX_SECRET_KEY')}`,
    SANDBOX_WEBHOOK_SECRET: `whsec_${derived('SANDBOX_WEBHOOK_SECRET')}`,
    ...given,
  };
}

/** Every name that a reader may be given: what it reads, and the secret before each. */
export function namesRead(reads: WorkerSettings['secrets']): readonly string[] {
  return Object.keys(reads).flatMap((name) => [name, previousNameOf(name)]);
}

/** @param forgotten names that are taken away although a Worker still reads them */
export function planSecrets(
  readers: readonly SecretReader[],
  given: SecretValues,
  { forgotten, isForced }: { readonly forgotten: readonly string[]; readonly isForced: boolean },
): SecretsPlan {
  const problems = isForced ? [] : replacements(readers, given);
  for (const name of Object.keys(given))
    if (given[name] === given[previousNameOf(name)])
      problems.push(`${previousNameOf(name)} is the same as ${name}: that would look like a rotation and be none.`);
  const workers = new Map<string, WorkerSecrets>();
  for (const reader of readers) {
    const wanted = namesRead(reader.reads).filter((name) => !forgotten.includes(name));
    workers.set(reader.name, secretsOf(reader, wanted, given));
    const absent = wanted.filter(
      (name) => reader.reads[name] === 'required' && given[name] === undefined && !reader.present.includes(name),
    );
    for (const name of forgotten.filter((one) => reader.reads[one] === 'required'))
      problems.push(`${reader.name} needs the secret ${name}: it cannot be forgotten.`);
    for (const name of absent)
      problems.push(
        `${reader.name} needs the secret ${name}, which is neither given nor there${name.startsWith('SANDBOX_') ? '; it would follow from VITRINE_SECRET' : ''}.`,
      );
  }
  return { workers, problems: [...new Set(problems)] };
}

function secretsOf(
  { present, digests: deployed }: SecretReader,
  wanted: readonly string[],
  given: SecretValues,
): WorkerSecrets {
  const sent: Record<string, string> = {};
  const kept: string[] = [];
  const digests: Record<string, string> = {};
  for (const name of [...wanted].sort()) {
    const value = given[name];
    const isThere = present.includes(name);
    if (value !== undefined && !(isThere && deployed[name] === digestOf(value))) {
      sent[name] = value;
      digests[name] = digestOf(value);
    } else if (isThere) {
      kept.push(name);
      digests[name] = deployed[name] ?? unknownDigest;
    }
  }
  return { sent, kept, dropped: present.filter((name) => !wanted.includes(name)), digests };
}

/**
 * A lasting secret may become the one that every Worker already takes as its previous one, while that changes places with it: the
 * second half of a rotation. Any other new value is refused.
 */
function replacements(readers: readonly SecretReader[], given: SecretValues): string[] {
  const problems: string[] = [];
  for (const { name: worker, reads, present, digests } of readers) {
    for (const name of Object.keys(reads).filter((candidate) => lasting.has(candidate))) {
      const value = given[name];
      if (value === undefined || !present.includes(name) || digests[name] === digestOf(value)) continue;
      if (isSwap(name, value, given, digests)) continue;
      problems.push(
        `${name} is another than the one that ${worker} has: every cart, order link and gift card code would become a stranger's. Give the old one, or rotate with --rotate.`,
      );
    }
    for (const name of Object.keys(reads).filter(
      (candidate) => lasting.has(candidate) && !present.includes(candidate),
    )) {
      const value = given[name];
      const elsewhere = readers.find((other) => other.name !== worker && other.present.includes(name));
      if (value === undefined || elsewhere === undefined) continue;
      const deployed = elsewhere.digests[name];
      if (deployed === digestOf(value) || isSwap(name, value, given, elsewhere.digests)) continue;
      problems.push(`${name} is another than the one that ${elsewhere.name} has, and ${worker} needs the same.`);
    }
  }
  return problems;
}

function isSwap(name: string, value: string, given: SecretValues, digests: Readonly<Record<string, string>>): boolean {
  const previousName = previousNameOf(name);
  const previous = given[previousName];
  return previous !== undefined && digests[previousName] === digestOf(value) && digests[name] === digestOf(previous);
}
