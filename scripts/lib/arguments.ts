/**
 * The flags of the commands. A wrong flag ends the command with one clear sentence and the usage, not with a stack trace.
 */
import { parseArgs } from 'node:util';

/** A wrong flag: it is shown as its message and the usage. */
export class UsageError extends Error {}

/** Something around the command that the user can put right, such as a variable or a folder: shown as its message alone. */
export class SettingError extends Error {}

/** Says on stderr why a command failed: a sentence for what its user can put right, and the whole stack of a defect. */
export function sayFailure(error: unknown, usage: string): void {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
  else if (error instanceof SettingError) console.error(error.message);
  else console.error(error instanceof Error ? error.stack : error);
}

/** Prints the usage and ends well when that is what was asked for. */
export function answerHelp(given: readonly string[], usage: string): void {
  if (!given.includes('--help') && !given.includes('-h')) return;
  console.log(usage);
  process.exit(0);
}

/** Reads flags that all take a value. Throws a `UsageError` for an unknown flag, a missing value or a stray word. */
export function readFlags<const Names extends readonly string[]>(
  names: Names,
  given: readonly string[],
): Partial<Record<Names[number], string>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: [...given], options, strict: true, allowPositionals: false });
    const flags: Partial<Record<Names[number], string>> = {};
    for (const name of names as readonly Names[number][]) {
      const value = values[name];
      // What an unset variable of a shell leaves behind would be taken for the folder that one stands in.
      if (value === '') throw new UsageError(`--${name} is empty.`);
      if (typeof value === 'string') flags[name] = value;
    }
    return flags;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function portOf(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not "${value}".`);
}

/** Reads flags of which some take a value and some, the switches, take none. Throws a `UsageError` like `readFlags`. */
export function readFlagsAndSwitches<const Names extends readonly string[], const Switches extends readonly string[]>(
  names: Names,
  switches: Switches,
  given: readonly string[],
): { readonly flags: Partial<Record<Names[number], string>>; readonly isOn: (name: Switches[number]) => boolean } {
  const isSwitch = (word: string): boolean => word.startsWith('--') && switches.includes(word.slice(2));
  const on = new Set(given.filter(isSwitch).map((word) => word.slice(2)));
  const flags = readFlags(
    names,
    given.filter((word) => !isSwitch(word)),
  );
  return { flags, isOn: (name) => on.has(name) };
}
