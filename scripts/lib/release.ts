/**
 * Which release this is, and what state it can open. The number of the format goes up with the first release that writes what
 * the release before could not read: a new type of event, or a migration that takes something away (`tests/upgrades` says when).
 */
import manifest from '../../package.json' with { type: 'json' };

export const release: string = manifest.version;

export const stateFormat = 1;

/** Prints the release and ends well when that is what was asked for. */
export function answerVersion(given: readonly string[]): void {
  if (!given.includes('--version')) return;
  console.log(`vitrine ${release}`);
  process.exit(0);
}
