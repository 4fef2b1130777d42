/** The state tables of an order: what is not in them is refused by name, nothing in them is dead, and the page draws them. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { orderStatesFile, orderStatesPage } from '../../../../scripts/state-tables.ts';
import { allowedIn, orderTable, paymentTable, returnTable, stateTables, transition } from './states.ts';

describe('an action that a state does not have', () => {
  test('is refused with the state, the action, and what would be taken', () => {
    expect(transition(returnTable, 'requested', 'receive-rest')).toMatchObject({
      ok: false,
      refusal: {
        code: 'wrong-state',
        subject: 'return',
        state: 'requested',
        action: 'receive-rest',
        allowed: ['approve', 'reject', 'cancel'],
      },
    });
  });

  test('is told to a person in words', () => {
    const detailOf = (asked: ReturnType<typeof transition>) => (asked.ok ? null : asked.refusal.detail);
    expect(detailOf(transition(paymentTable, 'voided', 'refund-rest'))).toBe(
      'The payment is voided: nothing can be refunded.',
    );
    expect(detailOf(transition(returnTable, 'partially-received', 'approve'))).toBe(
      'The return is partially received: it cannot be approved.',
    );
  });

  test('of an end is every one', () => {
    for (const state of ['canceled', 'rejected'] as const) expect(allowedIn(returnTable, state)).toEqual([]);
    // What could not be exchanged or refunded when it came back can be later.
    expect(allowedIn(returnTable, 'received')).toEqual(['exchange', 'refund']);
    // A refund that failed at the provider after a cancellation leaves money that is not the shop's.
    expect(allowedIn(orderTable, 'canceled')).toEqual(['refund']);
    expect(allowedIn(paymentTable, 'voided')).toEqual([]);
  });
});

describe('an action that a state has', () => {
  test('leads where the table says', () => {
    expect(transition(returnTable, 'approved', 'receive-part')).toEqual({ ok: true, value: 'partially-received' });
    expect(transition(orderTable, 'confirmed', 'edit')).toEqual({ ok: true, value: 'confirmed' });
  });
});

describe.each(stateTables)('the table of the $name', (table) => {
  test('has one outcome for each state and action', () => {
    const keys = table.transitions.map(({ from, action }) => `${from} ${action}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('reaches every state from its first', () => {
    const reached = new Set([table.initial]);
    for (let size = 0; size < reached.size; ) {
      size = reached.size;
      for (const { from, to } of table.transitions) if (reached.has(from)) reached.add(to);
    }
    const all = new Set(table.transitions.flatMap(({ from, to }) => [from, to]));
    expect([...all].filter((state) => !reached.has(state))).toEqual([]);
  });
});

describe('the page of the states of an order', () => {
  test('shows the tables as they are', async () => {
    expect(await readFile(orderStatesFile, 'utf8'), 'run: npm run docs:states').toBe(orderStatesPage());
  });
});
