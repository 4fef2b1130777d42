/**
 * Secrets and settings as an operator gives them: `NAME` in the environment, or `NAME_FILE` with the path of a file that holds what
 * `NAME` would, as orchestrators hand secrets over. A file keeps a secret out of the list of processes and out of what a crash
 * report copies. Errors name what is wrong and never show a value.
 */
import { readFileSync } from 'node:fs';
import { SettingError } from './arguments.ts';

const suffix = '_FILE';

/** One setting by its name; undefined where nobody gave it. An empty variable counts as not given. */
export function givenAs(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const file = environment[name + suffix];
  if (!file) return environment[name] || undefined;
  if (environment[name]) throw new SettingError(`${name} and ${name}${suffix} are both set. Leave one of them out.`);
  return secretIn(file, name + suffix);
}

/** Answers the environment with what the files of `names` hold. */
export function withFiles(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const given = names.map((name) => [name, givenAs(name, environment)]);
  return { ...environment, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

/**
 * What a file holds, which is one line. Editors and `echo` end it with a new line, and no secret has space around it.
 *
 * @param from the flag or the variable that names the file
 */
export function secretIn(file: string, from: string): string {
  const content = textIn(file, from).trim();
  if (content === '') throw new SettingError(`${from} names ${file}, which is empty.`);
  if (/[\r\n]/.test(content)) throw new SettingError(`${from} names ${file}, which holds more than one line.`);
  return content;
}

/** The whole text of a file that `from` names. */
export function textIn(file: string, from: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingError(`${from} names ${file}, which cannot be read: ${reason}.`);
  }
}
