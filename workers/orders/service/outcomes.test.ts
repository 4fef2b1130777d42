/** What a shopper is told whose goods cannot be held: the line that is short, and how many of it there are. */
import { expect, test } from 'vitest';
import { checkoutDetails } from '../testing/checkouts.ts';
import { holdRefused } from './outcomes.ts';

const [template] = checkoutDetails().lines;
if (template === undefined) throw new Error('The builder has a line');

const line = (sku: string, quantity: number, needs: Readonly<Record<string, number>>) => ({
  ...template,
  lineId: `lin_${sku}`,
  quantity,
  variant: {
    ...template.variant,
    sku,
    stockNeeds: Object.entries(needs).map(([stockUnitId, each]) => ({ stockUnitId, quantity: each })),
  },
});
const bundle = (quantity: number) => line('BUNDLE', quantity, { stk_a: 3, stk_b: 1 });
const component = (quantity: number) => line('CA', quantity, { stk_a: 1 });
const short = (requested: number, available: number) =>
  ({ code: 'insufficient-stock', stockUnitId: 'stk_a', requested, available }) as const;

test.each([
  { when: 'behind a bundle', lines: [bundle(2), component(5)], sku: 'CA', requested: 5, available: 4, needed: 11 },
  { when: 'before a bundle', lines: [component(5), bundle(2)], sku: 'BUNDLE', requested: 2, available: 1, needed: 11 },
  { when: 'in a bundle alone', lines: [bundle(4)], sku: 'BUNDLE', requested: 4, available: 3, needed: 12 },
  { when: 'by itself', lines: [component(11)], sku: 'CA', requested: 11, available: 10, needed: 11 },
  { when: 'in two lines', lines: [component(8), component(3)], sku: 'CA', requested: 3, available: 2, needed: 11 },
  { when: 'added by an edit', lines: [bundle(9)], sku: 'BUNDLE', requested: 4, available: 3, needed: 12 },
])('goods that are short $when are told in units of their line', ({ lines, sku, requested, available, needed }) => {
  const what = sku ?? 'what is added';
  const detail = available <= 0 ? `Nothing of ${what} is left.` : `Only ${available} of ${what} can be had.`;
  expect(holdRefused(short(needed, 10), { lines })).toMatchObject({ sku, requested, available, detail });
});
