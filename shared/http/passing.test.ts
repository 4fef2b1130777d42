/** What passes is told from what does not, also when it is wrapped. */
import { describe, expect, it } from 'vitest';
import { isPassing } from './passing.ts';

const wrapped = (cause: unknown): Error => new Error('Failed query: insert into orders', { cause });

describe('a failure passes', () => {
  it.each([
    new Error('internal error; reference = 2n72cpdar5ea1b55v63i17l6'),
    new Error('D1_ERROR: database or disk is full: SQLITE_FULL'),
    new Error('disk I/O error: SQLITE_IOERR'),
    new Error('Network connection lost.'),
    new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.'),
    new Error('D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.'),
    new Error('Durable Object reset because its code was updated.'),
    Object.assign(new Error('anything'), { retryable: true }),
    Object.assign(new Error('anything'), { overloaded: true }),
    wrapped(new Error('D1_ERROR: database or disk is full: SQLITE_FULL')),
    wrapped(wrapped(new Error('Network connection lost.'))),
  ])('%s', (error) => {
    expect(isPassing(error)).toBe(true);
  });
});

describe('a defect does not', () => {
  const circle = new Error('round and round');
  circle.cause = circle;
  it.each([
    new TypeError("Cannot read properties of undefined (reading 'id')"),
    new Error('D1_ERROR: UNIQUE constraint failed: orders.id: SQLITE_CONSTRAINT'),
    wrapped(new Error('no such column: nope: SQLITE_ERROR')),
    circle,
    'a text',
    null,
  ])('%s', (error) => {
    expect(isPassing(error)).toBe(false);
  });
});
