/** `npm run rollback`: an environment answers with an earlier release again. Data and migrations stay as they are. */
import { apiOptionsOf, confirmed, environmentsFolder, exitCodes, workersOf } from './deploy/command.ts';
import { readEnvironment } from './deploy/environment.ts';
import { goBack } from './deploy/go-back.ts';
import { answerHelp, readFlagsAndSwitches, sayFailure, UsageError } from './lib/arguments.ts';

const usage = `Usage: npm run rollback -- --env NAME [--branch BRANCH] [--release RELEASE] [--dry-run] [--yes] [--force]

  --env      an environment: deploy/NAME.json
  --branch   names a preview
  --release  where to go back to (the release before the one that answers); the known ones are printed
  --dry-run  prints what would change; ends with 2 when there is something
  --yes      does not ask
  --force    also over a change of object classes, which the platform may refuse, or of VITRINE_SECRET

Environment: CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_BASE_URL.`;

async function run(given: readonly string[]): Promise<keyof typeof exitCodes> {
  const [first = '', ...others] = given;
  const words = first !== '' && !first.startsWith('-') ? ['--release', first, ...others] : given;
  const { flags, isOn } = readFlagsAndSwitches(['env', 'branch', 'release'], ['dry-run', 'yes', 'force'], words);
  if (flags.env === undefined) throw new UsageError('Name the environment with --env.');
  const environment = readEnvironment(environmentsFolder, flags.env, flags.branch);
  return goBack({
    environment,
    sources: workersOf(environment).map((config) => ({ config })),
    release: flags.release ?? null,
    isDryRun: isOn('dry-run'),
    isForced: isOn('force'),
    options: apiOptionsOf(process.env),
    say: console.log,
    confirm: () => confirmed(isOn('yes')),
  });
}

answerHelp(process.argv.slice(2), usage);
try {
  process.exitCode = exitCodes[await run(process.argv.slice(2))];
} catch (error) {
  sayFailure(error, usage);
  process.exitCode = 1;
}
