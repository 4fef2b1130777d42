/**
 * `npm run doctor`: looks at a running shop and says what is missing before it opens to the public: what, why it matters, what to
 * do. It changes nothing that stays.
 */
import { gatherFacts } from './doctor/facts.ts';
import { countsOf, examine, reportLines } from './doctor/report.ts';
import { answerHelp, readFlagsAndSwitches, sayFailure } from './lib/arguments.ts';
import { ShopError, shopClient } from './lib/shop-client.ts';
import { readTarget, targetFlags, targetUsage } from './lib/shop-target.ts';

const usage = `Usage: npm run doctor -- --url URL | --state FOLDER [--key-file FILE] [--json]

Checks a running shop: address, health, clock, catalogue, shipping, taxes, payment, mail, keys, backups, release.

${targetUsage}
  --json      writes the findings as JSON

With both --url and --state the shop is asked at the address, and backups and keys are looked for in the folder. A shop never
shows its keys: they are looked at where the doctor has VITRINE_SECRET, STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET in its
environment, or in files named by these names with _FILE.

Ends with 0 when nothing has failed, 1 when something has, 2 when the shop could not be looked at.`;

const exitCodes = { sound: 0, failed: 1, unseen: 2 } as const;

async function main(given: readonly string[]): Promise<number> {
  const { flags, isOn } = readFlagsAndSwitches(targetFlags, ['json'], given);
  const target = readTarget(flags, process.env);
  const facts = await gatherFacts(shopClient(target), target, process.env);
  const findings = examine(facts);
  const counts = countsOf(findings);
  if (isOn('json'))
    console.log(JSON.stringify({ url: target.url, checkedAt: facts.health.checkedAt, counts, findings }, null, 2));
  else for (const line of reportLines(findings, isColourful())) console.log(line);
  return counts.fail > 0 ? exitCodes.failed : exitCodes.sound;
}

/** @see https://no-color.org */
const isColourful = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

answerHelp(process.argv.slice(2), usage);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodes.unseen;
  if (error instanceof ShopError) console.error(error.message);
  else sayFailure(error, usage);
}
