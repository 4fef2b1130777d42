/** What a production shop writes of its access log. */
import { afterEach, expect, it, vi } from 'vitest';
import { jsonLog } from './shop-log.ts';

const access = '{"time":"2026-01-31T02:00:00.000Z","kind":"access","status":200,"durationMs":3}';
const written = vi.spyOn(console, 'log').mockImplementation(() => undefined);
afterEach(() => written.mockClear());

it.each([
  [true, [[access]]],
  [false, []],
])('a line of the access log is measured, and written only when that is wanted (%s)', (isWritten, lines) => {
  const measured: string[] = [];
  jsonLog((line) => measured.push(line), isWritten).onLog('info', access);
  expect(measured).toEqual([access]);
  expect(written.mock.calls).toEqual(lines);
});
