/** The ledger for people: ids and times stay whole, and what does not fit is scrolled to. */
import { expect, test } from 'vitest';
import { ledgerPage, missingPage, pageHeaders } from './view.ts';

test('the payments of the ledger stand in a frame that scrolls instead of breaking words', async () => {
  const text = String(await ledgerPage({ intents: [], entries: [], totals: {} }));
  expect(text).toMatch(/<div class="wide rows" tabindex="0"><table><tr><th>Order/);
  expect(text).toContain('.wide { overflow-x: auto }');
  expect(text).toContain('.rows th, .rows td { white-space: nowrap }');
  expect(text).not.toContain('overflow-wrap: anywhere');
});

test('the pages ask for nothing that their policy forbids, not even an icon', async () => {
  expect(String(await missingPage())).toContain('<link rel="icon" href="data:,">');
  expect(pageHeaders['content-security-policy']).toContain('img-src data:');
});
