/**
 * What a deployment leaves on this machine: `.vitrine/deploy/NAME/state.json`. A record and a guard against the wrong account, never
 * a source of truth: without it the account is read, and nothing is lost but the bookmarks of databases.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError } from '../lib/arguments.ts';

const Released = z.strictObject({
  release: z.string(),
  commit: z.string(),
  at: z.string(),
  /** `released`: the checks from outside passed. `taken-back`: they did not. `begun`: it was cut off, or stopped half-way. */
  outcome: z.enum(['begun', 'released', 'failed', 'taken-back']),
  /** The moments of databases before this release migrated them. */
  bookmarks: z.record(z.string(), z.string()),
  /** Version ids by Worker. */
  workers: z.record(z.string(), z.string()),
});
export type Released = z.infer<typeof Released>;

const State = z.strictObject({ account: z.string(), releases: z.array(Released) });

/** The platform keeps a hundred versions of a Worker; older releases cannot be gone back to. */
const releasesMax = 100;

export interface Record {
  /** Replaces the entry that this run has begun. */
  write(released: Released): void;
}

/** Throws a `SettingError` when the folder belongs to another account: the two would be mixed up. */
export function openRecord(folder: string, account: string): Record {
  const file = path.join(folder, 'state.json');
  const before = read(file);
  if (before !== null && before.account !== account)
    throw new SettingError(
      `${file} is of the account ${before.account}, and CLOUDFLARE_ACCOUNT_ID is ${account}. Remove the file if the shop has moved.`,
    );
  const earlier = before?.releases ?? [];
  return {
    write: (released) => {
      mkdirSync(folder, { recursive: true });
      const releases = [...earlier, released].slice(-releasesMax);
      writeFileSync(`${file}.new`, `${JSON.stringify({ account, releases }, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): z.infer<typeof State> | null {
  try {
    return State.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new SettingError(
      `${file} is damaged. Remove it: everything in it but the bookmarks is read from the account.`,
    );
  }
}
