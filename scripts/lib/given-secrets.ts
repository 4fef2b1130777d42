/**
 * Secrets and settings that stand in files: `NAME_FILE` names a file that holds what `NAME` would, as orchestrators hand secrets
 * over. A file keeps a secret out of the list of processes and out of what a crash report copies.
 */
import { readFileSync } from 'node:fs';
import { SettingError } from './arguments.ts';

const suffix = '_FILE';

/** Answers the environment with what the files of `names` hold. An empty variable counts as not set. */
export function withFiles(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const joined = { ...environment };
  for (const name of names) {
    const file = environment[name + suffix];
    if (!file) continue;
    if (environment[name]) throw new SettingError(`${name} and ${name}${suffix} are both set. Leave one of them out.`);
    joined[name] = contentOf(file, name + suffix);
  }
  return joined;
}

function contentOf(file: string, name: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingError(`${name} names a file that cannot be read: ${reason}.`);
  }
  // Editors and `echo` end a file with a new line, which is no part of a secret.
  const content = text.replace(/\r?\n$/, '');
  if (content === '') throw new SettingError(`${name} names ${file}, which is empty.`);
  if (/[\r\n]/.test(content)) throw new SettingError(`${name} names ${file}, which holds more than one line.`);
  return content;
}
