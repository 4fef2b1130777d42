/** Ranges hold what the standards say they hold, in either family, and nothing else passes for an address. */
import { describe, expect, it } from 'vitest';
import { isWithin, parseAddress, parseNetwork } from './networks.ts';

function holds(range: string, address: string): boolean {
  const network = parseNetwork(range);
  const parsed = parseAddress(address);
  if (network === null || parsed === null) throw new Error(`${range} or ${address} is not understood`);
  return isWithin([network], parsed);
}

describe('a range', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '10.0.0.1', true],
    ['fd00::1', 'fd00:0:0:0:0:0:0:1', true],
    ['::1', '::1', true],
  ])('%s and %s: %s', (range, address, expected) => {
    expect(holds(range, address)).toBe(expected);
  });

  it.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', '2001:db8::/129', 'all', ''])(
    'is not %j',
    (text) => expect(parseNetwork(text)).toBeNull(),
  );
});

describe('an address', () => {
  it.each([
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4:80',
    '[::1]',
    ':::',
    '1::2::3',
    '::12345',
    '1:2:3:4:5:6:7',
    'fe80::1%eth0',
    'x',
  ])('is not %j', (text) => expect(parseAddress(text)).toBeNull());

  it('is the same in every spelling', () => {
    expect(parseAddress('::ffff:192.0.2.1')).toBe(parseAddress('192.0.2.1'));
    expect(parseAddress('2001:DB8:0:0::1')).toBe(parseAddress('2001:db8::1'));
    expect(parseAddress('1:2:3:4:5:6:7::')).toBe(parseAddress('1:2:3:4:5:6:7:0'));
  });
});
