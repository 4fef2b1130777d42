/** Which telephone numbers are found by which, however either of them was written. */
import { describe, expect, test } from 'vitest';
import { phoneEndsOf, phoneWord } from './phone-words.ts';

function finds(typed: string, kept: string): boolean {
  const word = phoneWord(kept) ?? '';
  const ends = phoneEndsOf(typed);
  return ends !== null && (word.startsWith(ends.beginning) || ends.whole.includes(word));
}

describe('a telephone number', () => {
  test.each([
    ['030 1234567', '+49 30 1234567'],
    ['1234567', '+49 (0)30 1234567'],
    ['+49 30 1234567', '030/123-4567'],
    ['(212) 555-0100', '+1 212 555 0100'],
    ['1-212-555-0100', '212.555.0100'],
    // Where it is no zero that stands in front inside the country.
    ['8 495 123-45-67', '+7 495 123-45-67'],
    ['8 (727) 250-12-34', '+7 727 250 1234'],
    ['8 029 123-45-67', '+375 29 123 45 67'],
    ['8 612 34567', '+370 612 34567'],
    ['06 1 234 5678', '+36 1 234 5678'],
    ['06 20 123 4567', '+36 20 123 4567'],
    ['01 55 1234 5678', '+52 55 1234 5678'],
    ['044 55 1234 5678', '+52 55 1234 5678'],
  ])('%s finds %s, and the other way round', (one, other) => {
    expect(finds(one, other)).toBe(true);
    expect(finds(other, one)).toBe(true);
  });

  test.each([
    ['8 495 123-45-67', '+7 495 123-45-68'],
    ['8 495 123-45-67', '+1 495 123-4567'],
    ['+8 495 123 45 67 8', '+7 495 123-45-67'],
    ['1 55 1234 5678', '+52 55 1234 5678'],
    ['12345', '+49 30 12345'],
  ])('%s does not find %s', (typed, kept) => {
    expect(finds(typed, kept)).toBe(false);
  });
});
