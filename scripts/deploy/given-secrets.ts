/**
 * Where the values of secrets come from: the file of `--secrets` (JSON, or lines of NAME=value), else the environment. Errors name
 * what is wrong and never show a value.
 */
import * as z from 'zod';
import { SettingError } from '../lib/arguments.ts';
import { givenAs, textIn } from '../lib/given-secrets.ts';
import type { SecretValues } from './secrets.ts';

/** @param names every name that some Worker of the deployment reads */
export function readSecrets(
  names: readonly string[],
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): SecretValues {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = givenAs(name, environment);
    if (value !== undefined) values[name] = value;
  }
  if (file === undefined) return values;
  for (const [name, value] of Object.entries(parseSecrets(textIn(file, '--secrets'), file))) {
    if (!names.includes(name))
      throw new SettingError(`${file} holds ${name}, which no Worker reads. Known: ${names.join(', ')}.`);
    if (value !== '') values[name] = value;
  }
  return values;
}

function parseSecrets(text: string, file: string): Readonly<Record<string, string>> {
  if (text.trimStart().startsWith('{')) {
    const parsed = z.record(z.string(), z.string()).safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new SettingError(`${file} must be one JSON object of names and texts.`);
  }
  const values: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const found = /^(?<name>[A-Z][A-Z0-9_]*)=(?<quote>["']?)(?<value>.*)\k<quote>$/.exec(line.trim());
    const { name, value } = found?.groups ?? {};
    if (name === undefined || value === undefined)
      throw new SettingError(`Line ${index + 1} of ${file} is not NAME=value. Its text is not shown here.`);
    values[name] = value;
  }
  return values;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
