/** A payment token can be read by its order alone, and by nobody who has only the storage. */
import { expect, test } from 'vitest';
import { isSameMeans, type PaymentChoice, paymentAfter } from '../domain/checkout/payments.ts';
import { openToken, resealed, sealed } from './payment-token.ts';

const choiceOf = (token: string, orderId = 'ord_1', secret = 'secret') =>
  sealed({ provider: 'sandbox', token }, orderId, [secret]);
const sealToken = async (token: string, orderId: string, secret: string) =>
  tokenOf(await choiceOf(token, orderId, secret));

function tokenOf({ token }: PaymentChoice): string {
  if (token === null) throw new Error('it has a token');
  return token;
}

test('a sealed token is opened for its order', async () => {
  const sealed = await sealToken('pm_card_visa', 'ord_1', 'secret');
  expect(sealed).not.toContain('pm_card_visa');
  expect(await openToken(sealed, 'ord_1', ['secret'])).toBe('pm_card_visa');
});

test('the same token is sealed otherwise each time', async () => {
  expect(await sealToken('pm_1', 'ord_1', 'secret')).not.toBe(await sealToken('pm_1', 'ord_1', 'secret'));
});

test.each([
  ['another order', 'ord_2', 'secret'],
  ['another secret', 'ord_1', 'other'],
])('it stays shut for %s', async (_, orderId, secret) => {
  const sealed = await sealToken('pm_1', 'ord_1', 'secret');
  await expect(openToken(sealed, orderId, [secret])).rejects.toThrow();
});

test('a token that lies open is a defect', async () => {
  await expect(openToken('pm_1', 'ord_1', ['secret'])).rejects.toThrow('sealed');
});

test('goes over to another order, which can open it then', async () => {
  const choice = await choiceOf('pm_1');
  const moved = await resealed(choice, { from: 'ord_1', to: 'ord_2' }, ['secret']);
  expect(await openToken(tokenOf(moved), 'ord_2', ['secret'])).toBe('pm_1');
  await expect(openToken(tokenOf(moved), 'ord_1', ['secret'])).rejects.toThrow();
  expect(moved.mark).toBe((await choiceOf('pm_1', 'ord_2')).mark);
  expect(await resealed(choice, { from: 'ord_1', to: 'ord_1' }, ['secret'])).toBe(choice);
});

test('is known again by its mark, in its order and by its shop alone', async () => {
  const { mark } = await choiceOf('pm_1');
  expect((await choiceOf('pm_1')).mark).toBe(mark);
  expect(mark).not.toContain('pm_1');
  for (const other of [choiceOf('pm_2'), choiceOf('pm_1', 'ord_2'), choiceOf('pm_1', 'ord_1', 'other')])
    expect((await other).mark).not.toBe(mark);
});

test('a payment without a token has nothing to seal', async () => {
  const manual = { provider: 'manual', token: null, mark: null, returnUrl: null } as const;
  expect(await sealed({ provider: 'manual' }, 'ord_1', ['secret'])).toEqual(manual);
});

test('while the secret is replaced, what was sealed before is opened, known again, and sealed anew for another order', async () => {
  const rotating = ['a new one', 'secret'] as const;
  const before = await choiceOf('pm_1');
  expect(await openToken(tokenOf(before), 'ord_1', rotating)).toBe('pm_1');
  const wish = await sealed({ provider: 'sandbox', token: 'pm_1' }, 'ord_1', rotating);
  expect(isSameMeans(before, wish)).toBe(true);
  expect(isSameMeans(before, await sealed({ provider: 'sandbox', token: 'pm_2' }, 'ord_1', rotating))).toBe(false);
  expect(paymentAfter([], wish, { orderId: 'ord_1', askedBy: 'k' })).not.toHaveProperty('formerMarks');
  const moved = await resealed(before, { from: 'ord_1', to: 'ord_2' }, rotating);
  expect(await openToken(tokenOf(moved), 'ord_2', ['a new one'])).toBe('pm_1');
  await expect(openToken(tokenOf(before), 'ord_1', ['a new one'])).rejects.toThrow();
});
