/**
 * What a deployment notes with every version, as the variable VITRINE_DEPLOYED: digests of module, settings and secrets, and how far
 * the object classes have come. The account itself then says whether anything has changed, without a file kept elsewhere.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { RemoteBinding } from './answers.ts';
import type { WantedWorker } from './wanted.ts';

export const deployedName = 'VITRINE_DEPLOYED';

const Deployed = z.strictObject({
  module: z.string(),
  settings: z.string(),
  /** The tag of the last class migration; empty for a Worker without classes. */
  classes: z.string(),
  secrets: z.record(z.string(), z.string()),
});
export type Deployed = z.infer<typeof Deployed>;

/** The tag of a version that only stands in for a Worker until the real one can be bound. */
export const stubTag = 'stub';

export function deployedOf(worker: WantedWorker, secrets: Deployed['secrets']): Deployed {
  const { compatibilityDate, compatibilityFlags, cache, exports } = worker;
  const settings = JSON.stringify([compatibilityDate, compatibilityFlags, cache, exports]);
  return {
    module: worker.module.digest,
    settings: createHash('sha256').update(settings).digest('hex'),
    classes: worker.classes.at(-1)?.tag ?? '',
    secrets,
  };
}

export function deployedIn(bindings: readonly z.infer<typeof RemoteBinding>[]): Deployed | null {
  const text = bindings.find(({ type, name }) => type === 'plain_text' && name === deployedName)?.text;
  if (text === undefined) return null;
  try {
    return Deployed.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A release is named by its commit and by all that it deploys: the same content has the same name. */
export function releaseName(commit: string, parts: readonly unknown[]): string {
  const content = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  return `${commit.slice(0, 7)}-${content}`;
}

export function isReleaseName(tag: string): boolean {
  return /^[0-9a-f]{7}-[0-9a-f]{8}$/.test(tag);
}
