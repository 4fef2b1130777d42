/**
 * Makes sure that a folder for state is there and can be written. One level at a time: where a system folder refuses new
 * entries by saying that it is not there itself, as /proc does, Node's own recursive `mkdir` goes on forever.
 */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from './arguments.ts';

/** In a state folder as long as a backup is being brought back into it. */
export const restoringName = 'restoring';

/** Throws a `SettingError` of one line when the path is not, and cannot become, a folder to write to. */
export function makeStateFolder(statePath: string): void {
  if (existsSync(path.join(statePath, restoringName)))
    throw new SettingError(
      `A backup was not brought back into ${statePath} to the end. Run the restore again, or remove the folder.`,
    );
  try {
    makeFolder(path.resolve(statePath));
    accessSync(statePath, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    throw new SettingError(`The state cannot be kept in ${statePath}: ${reason}. Give another folder with --state.`);
  }
}

/** Makes a folder and those above it. Throws what the system says. */
export function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new Error('it is not a folder');
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it in this moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
