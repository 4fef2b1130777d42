/**
 * `node start.js` in a release folder: a production shop from what lies beside it. It writes nothing there, so the folder may be
 * read-only and belong to somebody else.
 */
import path from 'node:path';
import { answerHelp, sayFailure, UsageError } from '../lib/arguments.ts';
import { answerVersion } from '../lib/release.ts';
import { serve } from '../lib/serve.ts';
import { productionServing, productionUsage, readServingFlags } from '../lib/serving-options.ts';
import { partsOfRelease } from './parts.ts';

const usage = `Usage: node start.js --production --state FOLDER [--port PORT] [--host ADDRESS] [--trust-proxy RANGES] ...

  --production     may be left out: a release has no other way to run
  --state          where databases and objects are kept
  --port           where to listen (8787)
${productionUsage}
  --version        says which release this is, and ends

Environment: VITRINE_PUBLIC_URL, VITRINE_ADMIN_KEY, VITRINE_SECRET, both also with _PREVIOUS, VITRINE_HOLD_SECONDS,
VITRINE_CART_DAYS, VITRINE_CAPTURE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET. Each may stand in a file instead, which NAME_FILE
names. Keys that are not given are made once and kept in secrets.json of the state folder.`;

async function start(given: readonly string[]): Promise<void> {
  const { flags } = readServingFlags(given);
  if (flags.state === undefined) throw new UsageError('--state is needed: nothing is kept in the release itself.');
  await serve(productionServing(flags, path.resolve(flags.state)), partsOfRelease(import.meta.dirname));
}

answerHelp(process.argv.slice(2), usage);
answerVersion(process.argv.slice(2));
try {
  await start(process.argv.slice(2));
} catch (error) {
  sayFailure(error, usage);
  process.exit(1);
}
