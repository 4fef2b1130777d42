/**
 * Finds what is public: every operation in `shared/contracts`, and every schema that has a name. A new domain is found by
 * its folder; nobody has to list it here.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { subscriptions } from '../../shared/events/subscriptions.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type Recorded, readRecorded } from './recorded.ts';

/** An operation with the Worker that answers it: the folder of its contract. */
export type OwnedOperation = Operation & { readonly owner: string };

export interface Contracts {
  /** By path, then method, so that the generated document does not depend on the order of files. */
  readonly operations: readonly OwnedOperation[];
  /** Exported schemas by their names. */
  readonly named: ReadonlyMap<string, z.ZodType>;
  /** The data of events by their types, in the order of their publishers. */
  readonly events: ReadonlyMap<string, z.ZodType>;
  readonly recorded: Recorded;
}

const root = path.resolve(import.meta.dirname, '..', '..');

/** Reads the contracts. Throws when two schemas or two operations share a name. */
export async function readContracts(): Promise<Contracts> {
  const operations: OwnedOperation[] = [];
  const named = new Map<string, z.ZodType>();
  for (const file of [...(await filesIn('shared/values')), ...(await filesIn('shared/contracts'))]) {
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
    for (const [name, value] of Object.entries(exported)) {
      if (value instanceof z.ZodType) nameSchema(named, name, value);
      if (name.endsWith('Operations') && Array.isArray(value))
        operations.push(...value.filter(isOperation).map((operation) => ({ ...operation, owner: ownerOf(file) })));
    }
  }
  operations.sort((left, right) =>
    left.path === right.path ? order(left.method, right.method) : order(left.path, right.path),
  );
  const addresses = new Set(
    operations.map(({ method, path: address }) => `${method} ${address.replaceAll(/:\w+/g, ':')}`),
  );
  if (addresses.size !== operations.length) throw new Error('Two operations have the same address');
  const ids = new Set(operations.map(({ id }) => id));
  if (ids.size !== operations.length) throw new Error('Two operations have the same id');
  return { operations, named, events: await readEvents(), recorded: await readRecorded() };
}

async function readEvents(): Promise<Map<string, z.ZodType>> {
  const events = new Map<string, z.ZodType>();
  for (const file of await filesIn('shared/events')) {
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
    for (const value of Object.values(exported)) if (isEventType(value)) events.set(value.type, value.data);
  }
  // In the order of the page that lists them, which does not depend on who imports them.
  const order = Object.keys(subscriptions);
  return new Map([...events].sort(([left], [right]) => order.indexOf(left) - order.indexOf(right)));
}

function isEventType(value: unknown): value is { readonly type: string; readonly data: z.ZodType } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'data' in value &&
    value.data instanceof z.ZodType
  );
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(path.join(root, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    .sort()
    .map((name) => path.join(root, folder, name));
}

function ownerOf(file: string): string {
  return path.relative(path.join(root, 'shared', 'contracts'), file).split(path.sep, 1)[0] ?? '';
}

/** A schema that is exported under two names keeps the first. */
function nameSchema(named: Map<string, z.ZodType>, name: string, schema: z.ZodType): void {
  if (!/^[A-Z]/.test(name) || [...named.values()].includes(schema)) return;
  if (named.has(name)) throw new Error(`Two schemas are called ${name}`);
  named.set(name, schema);
}

function isOperation(value: unknown): value is Operation {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'method' in value &&
    'path' in value &&
    'answer' in value
  );
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
