/** Large files are copied before the standstill, and what was written since is copied again in it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assertUntouched, copyEarly, copyRest, listStateFiles } from './copy.ts';

let folder: string;
const state = (name = ''): string => path.join(folder, 'state', name);
const copied = (name: string): string => readFileSync(path.join(folder, 'copy', name), 'utf8').slice(0, 3);
const before = new Date('2026-01-01');

function put(name: string, text: string, isLarge = false): void {
  writeFileSync(state(name), isLarge ? text.padEnd(1_500_000) : text);
  utimesSync(state(name), before, before);
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-copy-'));
  mkdirSync(state('storage'), { recursive: true });
  mkdirSync(path.join(folder, 'copy'));
  for (const name of ['same', 'changed', 'gone']) put(`storage/${name}`, 'old', true);
  put('storage/small', 'old');
  put('storage/shared-shm', 'old');
  put('lock.json', '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('copies each file as it is in the standstill, and the large ones that nobody wrote only before', () => {
  const early = copyEarly(state(), path.join(folder, 'copy'));
  expect([...early.keys()].sort()).toEqual(['storage/changed', 'storage/gone', 'storage/same']);
  // A copy that was made early and is made again would show what is not in the state.
  writeFileSync(path.join(folder, 'copy', 'storage/same'), 'early');
  writeFileSync(state('storage/changed'), 'new');
  writeFileSync(state('storage/small'), 'new');
  rmSync(state('storage/gone'));
  copyRest(state(), path.join(folder, 'copy'), early);
  const names = listStateFiles(path.join(folder, 'copy')).map((file) => file.path);
  expect(names.sort()).toEqual(['storage/changed', 'storage/same', 'storage/small']);
  expect(['same', 'changed', 'small'].map((name) => copied(`storage/${name}`))).toEqual(['ear', 'new', 'new']);
});

it('leaves to the standstill what was written a moment ago', () => {
  for (const name of ['same', 'changed', 'gone']) writeFileSync(state(`storage/${name}`), 'new'.padEnd(1_500_000));
  expect([...copyEarly(state(), path.join(folder, 'copy')).keys()]).toEqual([]);
});

it('refuses a state that somebody writes to meanwhile', () => {
  const files = listStateFiles(state());
  assertUntouched(state(), files);
  writeFileSync(state('storage/small'), 'new');
  expect(() => assertUntouched(state(), files)).toThrow(/Run the backup where the shop runs/);
});
