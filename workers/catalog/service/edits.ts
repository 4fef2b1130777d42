/** How a product or collection is edited or deleted while others may do the same. */
import { untilKept } from '../../../shared/messaging/overtaken.ts';
import { noSuch, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import type { Catalog } from './catalog.ts';

export type EditRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number };

/** What is edited: products or collections. */
export interface Kind<Stored> {
  readonly name: 'product' | 'collection';
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
  { name, load, versionOf }: Kind<Stored>,
  key: string,
  expected: (version: number) => boolean,
  edit: (stored: Stored) => Promise<Result<Value, No> | 'version-conflict'>,
): Promise<Result<Value, No | EditRefusal>> {
  return untilKept(async () => {
    const found = await load(db, key);
    if (found === null) return refuse(noSuch(name));
    const version = versionOf(found);
    if (!expected(version)) return refuse({ code: 'precondition-failed', version });
    const edited = await edit(found);
    return edited === 'version-conflict' ? 'overtaken' : edited;
  });
}
