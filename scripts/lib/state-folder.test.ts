/** A state folder is made, or refused in one line. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingError } from './arguments.ts';
import { makeStateFolder } from './state-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'vitrine-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a state folder', () => {
  it('is made with all that it lies in, and may be there already', () => {
    const folder = path.join(root, 'a/b/c');
    makeStateFolder(folder);
    makeStateFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('is refused in one line when a file is in its place or on its way', () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    for (const taken of [file, path.join(file, 'below')]) {
      expect(() => makeStateFolder(taken)).toThrow(SettingError);
      expect(() => makeStateFolder(taken)).toThrow(
        /^The state cannot be kept in [^\n]+ Give another folder with --state\.$/,
      );
    }
  });

  it.runIf(process.platform === 'linux')('is refused at once where the system takes no folders', () => {
    expect(() => makeStateFolder('/proc/nope/state')).toThrow(SettingError);
  });
});
