/**
 * What a state folder was written by: `written-by.json` says the release and its format. A release that does not know that format
 * would take what it cannot read for damage, or lose it, so it does not open the folder.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError } from './arguments.ts';

const WrittenBy = z.looseObject({ release: z.string().min(1), format: z.int().positive() });
export type WrittenBy = z.infer<typeof WrittenBy>;

/**
 * Marks a folder as written by this release. Throws a `SettingError` where a newer format is in it, or where the mark is damaged.
 * A folder without a mark is new, or older than the marks.
 */
export function markState(statePath: string, own: WrittenBy): void {
  const file = path.join(statePath, 'written-by.json');
  const found = readMark(file);
  if (found !== null && found.format > own.format)
    throw new SettingError(
      `The state in ${statePath} was written by Vitrine ${found.release} (format ${found.format}). This is Vitrine ${own.release}, which knows formats up to ${own.format} and would damage it. Start release ${found.release} or a later one, or restore a backup from before the upgrade into another folder.`,
    );
  if (found?.format === own.format && found.release === own.release) return;
  // Written aside and renamed, so a kill in the middle leaves no half file.
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...found, ...own }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function readMark(file: string): WrittenBy | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return WrittenBy.parse(JSON.parse(text));
  } catch {
    throw new SettingError(
      `${file} is damaged, so nobody can say whether this release may open the state. Write {"release": "…", "format": …} into it as the release that wrote the state has it, or restore a backup.`,
    );
  }
}
