/** Commits of which a constraint may refuse the whole: another writer was faster, or has the handle or SKU. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';

type Outcome = 'saved' | 'version-conflict' | 'handle-taken' | 'sku-taken';

const outcomes: readonly (readonly [constraint: string, outcome: Outcome])[] = [
  ['UNIQUE constraint failed: products.handle', 'handle-taken'],
  ['UNIQUE constraint failed: collections.handle', 'handle-taken'],
  ['UNIQUE constraint failed: variants.sku', 'sku-taken'],
  // Only imports write it, one at a time: another runner of the same import was faster.
  ['UNIQUE constraint failed: products.import_handle', 'version-conflict'],
  ['NOT NULL constraint failed: products.version', 'version-conflict'],
  ['NOT NULL constraint failed: collections.version', 'version-conflict'],
  // A component of a bundle was deleted meanwhile, or became a bundle itself.
  ['CHECK constraint failed: components_are_there', 'version-conflict'],
  // What rows refer to was deleted meanwhile: the product of variants, or a product or collection of a membership.
  ['FOREIGN KEY constraint failed', 'version-conflict'],
];

/** Everything or nothing. An error that no constraint explains is a defect and goes on. */
export async function tryCommit(db: DrizzleD1Database, statements: readonly Statement[]): Promise<Outcome> {
  try {
    await commit(db, statements);
    return 'saved';
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
    const known = outcomes.find(([constraint]) => `${error} ${cause}`.includes(constraint));
    if (known === undefined) throw error;
    return known[1];
  }
}
