/** The ledger for people: ids and times stay whole, and what does not fit is scrolled to. */
import { expect, test } from 'vitest';
import { ledgerPage } from './view.ts';

test('the payments of the ledger stand in a frame that scrolls instead of breaking words', async () => {
  const text = String(await ledgerPage({ intents: [], entries: [], totals: {} }));
  expect(text).toMatch(/<div class="wide"><table><tr><th>Order/);
  expect(text).toContain('.wide { overflow-x: auto }');
  expect(text).toContain('.wide th, .wide td { white-space: nowrap }');
  expect(text).not.toContain('overflow-wrap: anywhere');
});
