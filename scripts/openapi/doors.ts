/** Writes the router's table from the operations: their addresses and terms without their schemas, one line each. */
import type { Door } from '../../shared/http/door.ts';
import type { Contracts, OwnedOperation } from './contracts.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function renderDoors({ operations }: Contracts): string {
  const workers = [...new Set(operations.map(({ owner }) => workerOf(owner)))].sort();
  const doors = operations
    .filter(({ owner }) => owner !== 'sandbox')
    .map(doorOf)
    .sort((left, right) =>
      left.path === right.path ? methods.indexOf(left.method) - methods.indexOf(right.method) : 0,
    );
  return `/** Every door of the shop. Generated from the operations in \`shared/contracts\` by \`npm run openapi\`: change it there. */
import type { Door } from '../../shared/http/door.ts';

/** The service bindings that answer; \`router\` is the router itself. */
export type WorkerName =
${workers.map((worker) => `  | '${worker}'`).join('\n')};

export const doors: readonly Door<WorkerName>[] = [
${doors.map((door) => `  ${literalOf(door)},`).join('\n')}
];
`;
}

function doorOf(operation: OwnedOperation): Door {
  const { id, method, path, owner, query, scopes, quota, cacheSeconds } = operation;
  const { bodyBytesMax, timeoutSeconds, idempotency, clears } = operation;
  return {
    id,
    method,
    path,
    worker: workerOf(owner),
    query: query !== undefined && 'shape' in query ? Object.keys(query.shape as object) : [],
    scopes,
    quota,
    cacheSeconds,
    bodyBytesMax,
    timeoutSeconds,
    idempotency,
    clears,
  };
}

function workerOf(owner: string): string {
  return owner === 'router' ? owner : owner.toUpperCase();
}

/** A JavaScript literal in the style of the house. No value has a quote in it. */
function literalOf(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${key}: ${literalOf(member)}`)
    .join(', ')} }`;
}
