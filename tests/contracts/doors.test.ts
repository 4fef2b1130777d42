/**
 * The router's table is generated from the operations, so what is held here are the rules for their terms: what the address
 * promises, and what the router can obey. Contracts are found by file name.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContracts } from '../../scripts/openapi/contracts.ts';
import { renderDoors } from '../../scripts/openapi/doors.ts';
import { actorHeader } from '../../shared/http/actor.ts';
import { usualTerms } from '../../shared/http/door.ts';
import { doors } from '../../workers/router/doors.ts';
import { actorHeader as routerActorHeader } from '../../workers/router/forwarding.ts';
import { rateLimits } from '../../workers/router/rate-limits.ts';
import { compileRoutes } from '../../workers/router/routing.ts';

const contracts = await readContracts();
const root = path.resolve(import.meta.dirname, '..', '..');

/** What may move money needs a key, so that a repetition moves it once. */
const payersMoney = [
  ...['startCheckout', 'completeCheckout', 'cancelCheckout', 'completeDraftOrder', 'cancelOwnOrder'],
];
const merchantsMoney = [
  ...['fulfillOrder', 'captureOrder', 'collectPayment', 'refundOrder', 'cancelOrder', 'editOrder'],
  ...['receiveReturn', 'settleReturn', 'issueGiftCard', 'adjustGiftCard', 'adjustStoreCredit'],
];

describe('the table of doors', () => {
  it('is committed as it is generated', async () => {
    const committed = await readFile(path.join(root, 'workers/router/doors.generated.ts'), 'utf8');
    expect(committed).toBe(renderDoors(contracts));
  });

  it('has a door for every operation, and beside them only pages of the router', () => {
    const published = contracts.operations.filter(({ owner }) => owner !== 'sandbox').map(({ id }) => id);
    expect(doors.map(({ id }) => id).sort()).toEqual(
      [
        ...published,
        '/',
        '/docs',
        '/docs/',
        '/docs/:page',
        '/docs/guides/:guide',
        '/problems/',
        '/openapi.json',
      ].sort(),
    );
  });

  it('asks for a scope below /admin/ and nowhere else', () => {
    expect(doors.filter(({ path: address, scopes }) => address.startsWith('/admin/') !== scopes.length > 0)).toEqual(
      [],
    );
    for (const { scopes } of doors) for (const scope of scopes) expect(scope).toMatch(/^[a-z-]+:(?:read|write)$/);
  });

  it('lets reading scopes change nothing that is kept', () => {
    const writing = doors.filter(
      ({ method, scopes }) => method !== 'GET' && scopes.some((scope) => scope.endsWith(':read')),
    );
    expect(writing.map(({ id }) => id)).toEqual(['previewEdit']);
  });

  it('remembers only what everybody may read, and edits clear something only with the right scope', () => {
    for (const door of doors) {
      if (door.cacheSeconds !== null) expect(door).toMatchObject({ scopes: [], method: 'GET', clears: [] });
      if (door.clears.length > 0) expect(door.scopes, door.id).not.toEqual([]);
    }
  });

  it('takes an Idempotency-Key wherever a shopper or merchant changes something', () => {
    const without = doors.filter(({ method, idempotency }) => method !== 'GET' && idempotency === 'none');
    // A preview changes nothing, a policy and the shop's name say what shall be so, each look-up sends its own link, and a link opens once.
    expect(without.filter(({ method }) => method !== 'DELETE').map(({ id }) => id)).toEqual([
      ...['changeOrderPolicy', 'previewEdit', 'changeShop', 'lookUpOrder', 'openOrder'],
      'receivePaymentWebhook',
    ]);
    const required = doors.filter(({ idempotency }) => idempotency === 'required').map(({ id }) => id);
    expect(required.sort()).toEqual([...payersMoney, ...merchantsMoney].sort());
  });

  it('leads every address to its own door', () => {
    const findRoute = compileRoutes(doors);
    for (const door of doors) {
      const address = door.path.replaceAll(/:\w+/g, 'some-value');
      expect(findRoute(address)?.byMethod.get(door.method), address).toBe(door);
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

describe('the usual terms of an address', () => {
  it.each([
    ['GET', '/admin/v1/gift-cards/:id/movements', ['gift-cards:read'], 'admin', 'none'],
    ['DELETE', '/admin/v1/products/:product', ['products:write'], 'admin', 'none'],
    ['PUT', '/admin/v1/carts/:cartId/customer', ['carts:write'], 'admin', 'optional'],
    ['POST', '/v1/carts', [], 'cart', 'optional'],
    ['GET', '/v1/orders/:orderId', [], 'checkout', 'none'],
    ['GET', '/v1/products', [], 'browse', 'none'],
  ] as const)('%s %s', (method, address, scopes, quota, idempotency) => {
    expect(usualTerms({ method, path: address })).toMatchObject({ scopes, quota, idempotency, clears: [] });
  });
});
