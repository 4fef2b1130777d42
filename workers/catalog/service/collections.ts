/** The use cases of collections. */
import type { CollectionPatch } from '../../../shared/contracts/catalog/collections.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { accept, noSuch, type Result, refuse } from '../../../shared/values/result.ts';
import { type Collection, changesRules, composeCollection } from '../domain/collection.ts';
import { type Faulty, type HandleTaken, handleTaken, refuseFaults } from '../domain/product.ts';
import {
  findProductIds,
  listCollections,
  loadCollection,
  type MembershipChange,
  removeCollection,
  type StoredCollection,
  saveCollection,
  type TitleKey,
} from '../store/collections.ts';
import { nextStep, stepTaken } from '../store/membership.ts';
import { placeAt } from './addresses.ts';
import { type Catalog, newIdAt } from './catalog.ts';
import { type EditRefusal, editStored, type Kind } from './edits.ts';

type CollectionRefusal = Faulty<'unknown-product' | 'invalid-input'> | HandleTaken | EditRefusal;

const faultsMax = 20;

export async function createCollection(
  catalog: Catalog,
  input: CollectionPatch,
): Promise<Result<StoredCollection, CollectionRefusal>> {
  return placeAt(catalog, 'collection', input, async (handle) => {
    const now = catalog.now();
    const collection = composeCollection(null, { ...input, handle }, { now, id: newIdAt(now)('collection') });
    const stored = await store(catalog, null, collection, input);
    if (stored === 'version-conflict') throw new Error('A new collection met an older version of itself');
    return stored;
  });
}

const collections: Kind<StoredCollection> = {
  name: 'collection',
  load: loadCollection,
  versionOf: ({ collection }) => collection.version,
};

export function editCollection(
  catalog: Catalog,
  key: string,
  input: CollectionPatch,
  expected: (version: number) => boolean,
): Promise<Result<StoredCollection, CollectionRefusal>> {
  return editStored(catalog, collections, key, expected, ({ collection: before }) => {
    const collection = composeCollection(before, input, { now: catalog.now(), id: before.id });
    return store(catalog, before, collection, input);
  });
}

/** Answers the id of what it deleted. */
export function deleteCollection(
  catalog: Catalog,
  key: string,
  expected: (version: number) => boolean,
): Promise<Result<string, EditRefusal>> {
  return editStored(catalog, collections, key, expected, async ({ collection }) => {
    await catalog.armJobs();
    const outcome = await removeCollection(catalog.db, collection);
    catalog.variants.clear();
    if (outcome !== 'saved') return 'version-conflict';
    await advanceMembership(catalog, collection.id);
    return accept(collection.id);
  });
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
    return refuseFaults('invalid-input', [{ pointer: `/${listed}`, detail }]);
  }
  const { db } = catalog;
  const members = await resolveMembers(db, input);
  if (!members.ok) return members;
  const isStale = changesRules(before, collection);
  if (isStale) await catalog.armJobs();
  const outcome = await saveCollection(db, collection, members.value, isStale);
  catalog.variants.clear();
  if (outcome === 'version-conflict') return outcome;
  if (outcome !== 'saved') return handleTaken(collection.handle);
  // The first step is done before the answer: in a small shop there is no other. In a large one the job does the rest.
  if (isStale) await advanceMembership(catalog, collection.id);
  const stored = await loadCollection(db, collection.id);
  return stored === null ? refuse(noSuch('collection')) : accept(stored);
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
  if (errors.length > 0) return refuseFaults('unknown-product', errors.slice(0, faultsMax));
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

export function browseCollections({ db }: Catalog, after: TitleKey | null, limit: number): Promise<StoredCollection[]> {
  return listCollections(db, after, limit);
}
