/** Wrong flags are refused with a sentence. */
import { describe, expect, it } from 'vitest';
import { portOf, readFlags, UsageError } from './arguments.ts';

describe('flags', () => {
  it('are read with their values', () => {
    expect(readFlags(['port', 'state'], ['--port', '9000'])).toEqual({ port: '9000' });
  });

  it.each([[['--prot', '1']], [['--port']], [['stray']], [['--port', '']]])('%j are refused', (given) => {
    expect(() => readFlags(['port'], given)).toThrow(UsageError);
  });
});

describe('a port', () => {
  it.each(['0', '65536', '-1', '80a', '', '1.5', '1e3'])('is not %j', (value) => {
    expect(() => portOf(value)).toThrow(/--port must be a number/);
  });

  it.each(['1', '8787', '65535'])('may be %s', (value) => {
    expect(portOf(value)).toBe(Number(value));
  });
});
