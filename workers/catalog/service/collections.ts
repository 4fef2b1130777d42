/** The use cases of collections. */
import type { CollectionPatch } from '../../../shared/contracts/catalog/collections.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { type Collection, changesRules, composeCollection } from '../domain/collection.ts';
import {
  type CollectionPage,
  findProductIds,
  listCollections,
  loadCollection,
  type MembershipChange,
  removeCollection,
  type StoredCollection,
  saveCollection,
} from '../store/collections.ts';
import { nextStep, stepTaken } from '../store/membership.ts';
import { type Catalog, newIdAt } from './catalog.ts';

type CollectionRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number }
  | {
      readonly code: 'handle-taken';
      readonly handle: string;
      readonly detail: string;
      readonly errors: readonly { pointer: string; detail: string }[];
    }
  | {
      readonly code: 'unknown-product' | 'invalid-input';
      readonly detail: string;
      readonly errors: readonly { pointer: string; detail: string }[];
    };

const attemptsMax = 5;
const faultsMax = 20;

export async function createCollection(
  catalog: Catalog,
  input: CollectionPatch,
): Promise<Result<StoredCollection, CollectionRefusal>> {
  const now = catalog.now();
  const collection = composeCollection(null, input, { now, id: newIdAt(now)('collection') });
  const stored = await store(catalog, null, collection, input);
  if (stored === 'version-conflict') throw new Error('A new collection met an older version of itself');
  return stored;
}

export async function editCollection(
  catalog: Catalog,
  key: string,
  input: CollectionPatch,
  expected: (version: number) => boolean,
): Promise<Result<StoredCollection, CollectionRefusal>> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await loadCollection(catalog.db, key);
    if (found === null) return refuse({ code: 'not-found' });
    if (!expected(found.collection.version))
      return refuse({ code: 'precondition-failed', version: found.collection.version });
    const collection = composeCollection(found.collection, input, { now: catalog.now(), id: found.collection.id });
    const stored = await store(catalog, found.collection, collection, input);
    if (stored !== 'version-conflict') return stored;
  }
  throw new Error(`The collection ${key} changed under every one of ${attemptsMax} attempts`);
}

/** Answers the id of what it deleted. */
export async function deleteCollection(
  catalog: Catalog,
  key: string,
  expected: (version: number) => boolean,
): Promise<Result<string, CollectionRefusal>> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await loadCollection(catalog.db, key);
    if (found === null) return refuse({ code: 'not-found' });
    if (!expected(found.collection.version))
      return refuse({ code: 'precondition-failed', version: found.collection.version });
    await catalog.armJobs();
    const outcome = await removeCollection(catalog.db, found.collection);
    catalog.variants.clear();
    if (outcome !== 'saved') continue;
    await advanceMembership(catalog, found.collection.id);
    return accept(found.collection.id);
  }
  throw new Error(`The collection ${key} changed under every one of ${attemptsMax} attempts`);
}

async function store(
  catalog: Catalog,
  before: Collection | null,
  collection: Collection,
  input: CollectionPatch,
): Promise<Result<StoredCollection, CollectionRefusal> | 'version-conflict'> {
  const listed = input.addProducts === undefined ? 'removeProducts' : 'addProducts';
  if (collection.kind === 'rules' && input[listed] !== undefined) {
    const detail = 'This collection finds its products by rules.';
    return refuse({ code: 'invalid-input', detail, errors: [{ pointer: `/${listed}`, detail }] });
  }
  const { db } = catalog;
  const members = await resolveMembers(db, input);
  if (!members.ok) return members;
  const isStale = changesRules(before, collection);
  if (isStale) await catalog.armJobs();
  const outcome = await saveCollection(db, collection, members.value, isStale);
  catalog.variants.clear();
  if (outcome === 'version-conflict') return outcome;
  if (outcome === 'handle-taken') {
    const detail = `The handle "${collection.handle}" is in use.`;
    return refuse({
      code: 'handle-taken',
      handle: collection.handle,
      detail,
      errors: [{ pointer: '/handle', detail }],
    });
  }
  // The first step is done before the answer: in a small shop there is no other. In a large one the job does the rest.
  if (isStale) await advanceMembership(catalog, collection.id);
  const stored = await loadCollection(db, collection.id);
  return stored === null ? refuse({ code: 'not-found' }) : accept(stored);
}

async function resolveMembers(
  db: Catalog['db'],
  input: CollectionPatch,
): Promise<Result<MembershipChange, CollectionRefusal>> {
  const lists = { products: input.products, addProducts: input.addProducts, removeProducts: input.removeProducts };
  const ids = await findProductIds(
    db,
    Object.values(lists).flatMap((keys) => keys ?? []),
  );
  const errors = Object.entries(lists).flatMap(([field, keys]) =>
    (keys ?? []).flatMap((key, index) =>
      ids.has(key) ? [] : [{ pointer: `/${field}/${index}`, detail: `There is no product "${key}".` }],
    ),
  );
  if (errors.length > 0)
    return refuse({ code: 'unknown-product', detail: errors[0]?.detail ?? '', errors: errors.slice(0, faultsMax) });
  const resolved = (keys: readonly string[] | undefined) => keys?.flatMap((key) => ids.get(key) ?? []);
  const [replace, add, remove] = [
    resolved(lists.products),
    resolved(lists.addProducts),
    resolved(lists.removeProducts),
  ];
  return accept({ ...(replace && { replace }), ...(add && { add }), ...(remove && { remove }) });
}

/** Takes the next step for one collection whose members are not right yet, or for any (null). False when there is no work. */
export async function advanceMembership(
  { db, variants }: Pick<Catalog, 'db' | 'variants'>,
  collectionId: string | null,
): Promise<boolean> {
  const step = await nextStep(db, collectionId);
  if (step === null) return false;
  await commit(db, stepTaken(db, step));
  variants.clear();
  return true;
}

/** One collection by id or handle. */
export function readCollection({ db }: Catalog, key: string): Promise<StoredCollection | null> {
  return loadCollection(db, key);
}

/** A page of collections; null when the cursor is not one of this list. */
export function browseCollections(
  { db }: Catalog,
  limit: number,
  cursor: string | undefined,
): Promise<CollectionPage | null> {
  return listCollections(db, limit, cursor);
}
