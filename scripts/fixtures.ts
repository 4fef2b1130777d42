/**
 * `npm run fixtures`: what this release leaves for its successors, made from the code as it is. It is made once, right before the
 * release is tagged; later releases must open it. See `docs/operations.md`, Upgrade.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishedShop } from '../tests/upgrades/making/furnished.ts';
import { shopInFlight } from '../tests/upgrades/making/in-flight.ts';
import { schemaNow, statementsNow } from '../tests/upgrades/making/schema.ts';
import { coveringStreams, overtakenStreams, simulatedStreams } from '../tests/upgrades/making/streams.ts';
import { folder, zipped } from '../tests/upgrades/releases.ts';
import { answerHelp, readFlagsAndSwitches, UsageError } from './lib/arguments.ts';
import { release } from './lib/release.ts';

const usage = `Usage: npm run fixtures -- [--replace] [--only PART,…]

  --replace  makes the folder of this release anew: only as long as the release is not tagged
  --only     of schema, statements, streams, state

Writes tests/upgrades/${release}/. It takes two minutes, because it runs whole shops.`;

/** Of the simulation: further ones bring no form of an event that these do not have. */
const seeds = 60;

/** Each with what it writes. */
const parts: Readonly<Record<string, (target: string) => Promise<void>>> = {
  schema: async (target) =>
    writeFileSync(path.join(target, 'schema.json'), `${JSON.stringify(schemaNow(), null, 2)}\n`),
  statements: async (target) => writeFileSync(path.join(target, 'statements.json.gz'), zipped(await statementsNow())),
  streams: async (target) => {
    const { streams, envelopes } = await furnishedShop();
    const chosen = coveringStreams([...streams, ...overtakenStreams(), ...(await simulatedStreams(seeds))]);
    writeFileSync(path.join(target, 'streams.json.gz'), zipped(chosen));
    writeFileSync(path.join(target, 'envelopes.json.gz'), zipped(envelopes));
  },
  state: async (target) => {
    const { state, inFlight } = await shopInFlight();
    writeFileSync(path.join(target, 'state.gz'), state);
    writeFileSync(path.join(target, 'in-flight.json'), `${JSON.stringify(inFlight, null, 2)}\n`);
  },
};

function readOptions(given: readonly string[]) {
  const { flags, isOn } = readFlagsAndSwitches(['only'], ['replace'], given);
  const wanted = flags.only?.split(',') ?? Object.keys(parts);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown !== undefined) throw new UsageError(`There is no part "${unknown}".`);
  return { isReplacing: isOn('replace'), wanted };
}

answerHelp(process.argv.slice(2), usage);
try {
  const { isReplacing, wanted } = readOptions(process.argv.slice(2));
  const target = path.join(folder, release);
  if (existsSync(path.join(target, 'schema.json')) && !isReplacing)
    throw new UsageError(
      `${target} is there already, and what a release left never changes. Raise the version in package.json.`,
    );
  mkdirSync(target, { recursive: true });
  for (const name of wanted) {
    await parts[name]?.(target);
    console.log(`wrote ${name}`);
  }
  process.exit(0);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exit(1);
}
