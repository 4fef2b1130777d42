/**
 * Every door of the shop: those of the operations, which are generated from the contracts; the pages of the router itself,
 * which have no schema; and the sandbox. `routing.ts` finds the door of an address and `gateway.ts` obeys its terms.
 */
import { type Door, usualTerms } from '../../shared/http/door.ts';
import { doors as operationDoors, type WorkerName } from './doors.generated.ts';

export type RouterDoor = Door<WorkerName>;

/** Of those that people type, the form with a slash at its end leads to the one without. */
const pages = ['/', '/docs', '/docs/', '/docs/:page', '/docs/guides/:guide', '/problems/', '/openapi.json'] as const;

export const doors: readonly RouterDoor[] = [...pages.map((path) => doorOf('GET', path, 'router')), ...operationDoors];

/** The sandbox provider is a Worker with its own addresses, forwarded whole and only in development. */
export const sandboxPrefix = '/sandbox/';
export const sandboxDoors: readonly RouterDoor[] = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map(
  (method) => ({ ...doorOf(method, '/sandbox/*', 'SANDBOX'), quota: 'webhook', bodyBytesMax: 256 * 1024 }),
);

function doorOf(method: Door['method'], path: Door['path'], worker: WorkerName): RouterDoor {
  return { id: path, method, path, worker, query: [], ...usualTerms({ method, path }) };
}
