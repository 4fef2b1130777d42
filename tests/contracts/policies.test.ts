/**
 * The router's table and the contracts say the same: every operation has a door that leads to it, every door has an
 * operation behind it, and both agree on idempotency. Contracts are found by file name.
 */
import { describe, expect, it } from 'vitest';
import { readContracts } from '../../scripts/openapi/contracts.ts';
import { shapeOf } from '../../scripts/openapi/document.ts';
import { actorHeader } from '../../shared/http/actor.ts';
import { actorHeader as routerActorHeader } from '../../workers/router/forwarding.ts';
import { policies, rateLimits } from '../../workers/router/policies.ts';
import { compileRoutes } from '../../workers/router/routing.ts';

const { operations } = await readContracts();
const published = operations.filter(({ path }) => !path.startsWith('/sandbox/'));
const keyOf = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${shapeOf(path)}`;

/** Pages, not operations: they have no schema. */
const documents = ['GET /', 'GET /docs', 'GET /openapi.json'];

describe('the table of policies', () => {
  it('has a door for every operation', () => {
    const doors = new Set(policies.map(keyOf));
    expect(published.map(keyOf).filter((operation) => !doors.has(operation))).toEqual([]);
  });

  it('has no door without an operation behind it', () => {
    const known = new Set([...published.map(keyOf), ...documents]);
    expect(policies.map(keyOf).filter((door) => !known.has(door))).toEqual([]);
  });

  it('names no door twice', () => {
    const doors = policies.map(keyOf);
    expect(doors.filter((door, index) => doors.indexOf(door) !== index)).toEqual([]);
  });

  it('agrees with every operation on idempotency', () => {
    const stated = new Map(policies.map((policy) => [keyOf(policy), policy.idempotency]));
    const different = published.filter(
      (operation) => (stated.get(keyOf(operation)) ?? 'none') !== (operation.idempotency ?? 'none'),
    );
    expect(different.map(keyOf)).toEqual([]);
  });

  it('asks for the admin key below /admin/ and nowhere else', () => {
    expect(policies.filter(({ path, who }) => path.startsWith('/admin/') !== (who === 'admin'))).toEqual([]);
  });

  it('remembers only what anyone may read, by the parameters that the operation takes', () => {
    for (const policy of policies) {
      if (policy.cache === 'none') continue;
      expect(policy).toMatchObject({ who: 'anyone', method: 'GET' });
      const operation = published.find((candidate) => keyOf(candidate) === keyOf(policy));
      const query =
        operation?.query !== undefined && 'shape' in operation.query
          ? Object.keys(operation.query.shape as object)
          : [];
      expect([...policy.cache.query].sort(), policy.path).toEqual(query.sort());
    }
  });

  it('leads every address to its own policy', () => {
    const findRoute = compileRoutes(policies);
    for (const policy of policies) {
      const address = policy.path.replaceAll(/:\w+/g, 'some-value');
      expect(findRoute(address)?.byMethod.get(policy.method), address).toBe(policy);
    }
  });

  it('states quotas that a window can count', () => {
    for (const { quota, windowSeconds } of Object.values(rateLimits)) {
      expect(quota).toBeGreaterThan(0);
      expect(windowSeconds).toBeGreaterThan(0);
    }
  });

  it('uses the header that the domain Workers read', () => {
    expect(routerActorHeader).toBe(actorHeader);
  });
});
