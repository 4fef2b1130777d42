/** What lies in a release folder, as the command that makes it writes it and as the shop that starts from it reads it. */
import * as z from 'zod';

/** `release.json`: what this is, and every file of it. */
export const ReleaseManifest = z.looseObject({
  version: z.string(),
  /** Null where it was made without git. */
  commit: z.string().nullable(),
  /** The time of that commit, so that the same sources make the same release. */
  builtAt: z.string(),
  files: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int().min(0) })),
});
export type ReleaseManifest = z.infer<typeof ReleaseManifest>;

/** `migrations/<database>/<number>_<name>.json`. */
export const ReleasedMigration = z.strictObject({
  hash: z.string(),
  statements: z.array(z.string()),
});

export const manifestFile = 'release.json';
export const workersFile = 'workers.json';
