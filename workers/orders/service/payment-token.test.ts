/** A payment token can be read by its order alone, and by nobody who has only the storage. */
import { expect, test } from 'vitest';
import { openToken, resealToken, sealToken } from './payment-token.ts';

test('a sealed token is opened for its order', async () => {
  const sealed = await sealToken('pm_card_visa', 'ord_1', 'secret');
  expect(sealed).not.toContain('pm_card_visa');
  expect(await openToken(sealed, 'ord_1', 'secret')).toBe('pm_card_visa');
});

test('the same token is sealed otherwise each time', async () => {
  expect(await sealToken('pm_1', 'ord_1', 'secret')).not.toBe(await sealToken('pm_1', 'ord_1', 'secret'));
});

test.each([
  ['another order', 'ord_2', 'secret'],
  ['another secret', 'ord_1', 'other'],
])('it stays shut for %s', async (_, orderId, secret) => {
  const sealed = await sealToken('pm_1', 'ord_1', 'secret');
  await expect(openToken(sealed, orderId, secret)).rejects.toThrow();
});

test('a token that lies open is a defect', async () => {
  await expect(openToken('pm_1', 'ord_1', 'secret')).rejects.toThrow('sealed');
});

test('goes over to another order, which can open it then', async () => {
  const sealed = await sealToken('pm_1', 'ord_1', 'secret');
  const moved = await resealToken(sealed, { from: 'ord_1', to: 'ord_2' }, 'secret');
  expect(await openToken(moved, 'ord_2', 'secret')).toBe('pm_1');
  await expect(openToken(moved, 'ord_1', 'secret')).rejects.toThrow();
  expect(await resealToken(sealed, { from: 'ord_1', to: 'ord_1' }, 'secret')).toBe(sealed);
});
