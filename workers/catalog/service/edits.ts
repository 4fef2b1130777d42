/** How a product or collection is edited or deleted while others may do the same. */
import { type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import type { Catalog } from './catalog.ts';

export type EditRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number };

/** Of several writers one wins each round, so this is also how many may edit one thing at the same moment. */
const attemptsMax = 25;

/** What is edited: products or collections. */
export interface Kind<Stored> {
  readonly load: (db: Catalog['db'], key: string) => Promise<Stored | null>;
  readonly versionOf: (stored: Stored) => number;
}

/**
 * Edits what is stored under a key, again whenever another writer was faster.
 *
 * @param expected decides whether the version found may be changed
 */
export async function editStored<Stored, Value, No extends Refusal>(
  { db }: Catalog,
  { load, versionOf }: Kind<Stored>,
  key: string,
  expected: (version: number) => boolean,
  edit: (stored: Stored) => Promise<Result<Value, No> | 'version-conflict'>,
): Promise<Result<Value, No | EditRefusal>> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await load(db, key);
    if (found === null) return refuse({ code: 'not-found' });
    const version = versionOf(found);
    if (!expected(version)) return refuse({ code: 'precondition-failed', version });
    const edited = await edit(found);
    if (edited !== 'version-conflict') return edited;
  }
  throw new Error(`${key} changed under every one of ${attemptsMax} attempts`);
}
