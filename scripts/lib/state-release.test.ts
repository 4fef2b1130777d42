/** A state folder says which release wrote it, and an older one does not open what it could not read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SettingError } from './arguments.ts';
import { markState } from './state-release.ts';

let statePath = '';
const file = () => path.join(statePath, 'written-by.json');
const marked = (): unknown => JSON.parse(readFileSync(file(), 'utf8'));
const markedBy = (mark: object) => writeFileSync(file(), JSON.stringify(mark));
const own = { release: '0.4.0', format: 3 };

beforeEach(() => {
  statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-release-'));
});
afterEach(() => rmSync(statePath, { recursive: true, force: true }));

test('a folder without a mark gets one', () => {
  markState(statePath, own);
  expect(marked()).toEqual(own);
});

test.each([
  ['an older release', { release: '0.2.0', format: 1 }],
  ['a newer release of the same format', { release: '0.4.9', format: 3 }],
  ['a release that says more', { release: '0.2.0', format: 1, more: true }],
])('a folder of %s is opened, and says who writes it now', (_, before) => {
  markedBy(before);
  markState(statePath, own);
  expect(marked()).toEqual({ ...before, ...own });
});

test('a folder of a newer format stays as it is, and the message says what to do', () => {
  const newer = { release: '0.5.0', format: 4 };
  markedBy(newer);
  expect(() => markState(statePath, own)).toThrow(SettingError);
  expect(() => markState(statePath, own)).toThrow(
    /written by Vitrine 0\.5\.0 .*This is Vitrine 0\.4\.0.*Start release 0\.5\.0/,
  );
  expect(marked()).toEqual(newer);
});

test.each(['', '{"release":', '{"release":"0.2.0"}', '{"release":"0.2.0","format":"1"}'])(
  'a damaged mark (%s) stops the start with the name of the file',
  (text) => {
    writeFileSync(file(), text);
    expect(() => markState(statePath, own)).toThrow(/written-by\.json is damaged/);
    expect(readFileSync(file(), 'utf8')).toBe(text);
  },
);
