/** Which answers are remembered. What is read from a database is in the tests of the routes. */
import { expect, test } from 'vitest';
import { PageMemory } from './page-memory.ts';
import { shownReading } from './pages.ts';

test('asking for products that there are not, any number of times, makes no answer forgotten', async () => {
  const memory = new PageMemory();
  const page = { version: 1, page: { createdAt: '2026-01-01T00:00:00.000Z', units: [], pieces: ['{}'] } };
  memory.keep('prd_1', null, page);
  memory.keepLook('candle', ['prd_1']);

  for (let index = 0; index < 3_000; index += 1)
    expect(await shownReading(Object.create(null), memory, `nothing-${index}`, null).read([])).toEqual([]);

  expect(memory.recall('candle', null).get('prd_1')).toBe(page);
});
