/**
 * `npm run deploy`: brings an environment on Cloudflare to what this checkout says, checks it from outside, and goes back when that
 * fails. Every run looks at the account first, so it can be cut off and repeated at any time.
 */
import { mkdirSync } from 'node:fs';
import {
  apiOptionsOf,
  confirmed,
  environmentsFolder,
  exitCodes,
  readShop,
  recordFolderOf,
  redacted,
  refuseDirtyTree,
  secretNamesOf,
} from './deploy/command.ts';
import { deploy, type Outcome } from './deploy/deploy.ts';
import { destroy } from './deploy/destroy.ts';
import { type Environment, readEnvironment } from './deploy/environment.ts';
import { readSecrets } from './deploy/given-secrets.ts';
import { openRecord } from './deploy/record.ts';
import { withSandboxKeys } from './deploy/secrets.ts';
import { answerHelp, readFlagsAndSwitches, SettingError, sayFailure, UsageError } from './lib/arguments.ts';
import { seedShop } from './lib/seed.ts';
import { newAdminKey } from './lib/settings.ts';
import { lockState } from './lib/state-lock.ts';

const usage = `Usage: npm run deploy -- --env NAME [--dry-run | --check | --destroy] [--yes] [--secrets FILE] …

  --env        an environment: deploy/NAME.json
  --branch     names a preview; every branch has its own
  --dry-run    prints the plan and changes nothing; ends with 2 when there is something to do
  --check      the same, and what the account has that no file names; ends with 2 when anything differs
  --destroy    removes a preview with all its data
  --yes        does not ask
  --secrets    a file of secrets, JSON or NAME=value lines. Else the environment is read: NAME, or a file that NAME_FILE names
  --rotate     exchanges VITRINE_SECRET in two rounds; give the old one as VITRINE_SECRET_PREVIOUS
  --forget     secrets to take away, as NAME,NAME
  --gradual    gives the new versions to so many percent of the visitors; for the router and for Workers that call no other
  --smoke-url  where the shop is asked after the release (its public address)
  --force      also with files that are not committed, and with a VITRINE_SECRET that replaces another

Environment: CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_BASE_URL, and the secrets.`;

const flagNames = ['env', 'branch', 'secrets', 'forget', 'gradual', 'smoke-url'] as const;
const switchNames = ['dry-run', 'check', 'destroy', 'yes', 'rotate', 'force'] as const;

async function run(given: readonly string[]): Promise<Outcome> {
  const { flags, isOn } = readFlagsAndSwitches(flagNames, switchNames, given);
  if (flags.env === undefined) throw new UsageError('Name the environment with --env.');
  const modes = (['dry-run', 'check', 'destroy'] as const).filter((mode) => isOn(mode));
  const isDestroyedOnPaper = modes.length === 2 && isOn('dry-run') && isOn('destroy');
  if (modes.length > 1 && !isDestroyedOnPaper) throw new UsageError(`--${modes.join(' and --')} exclude each other.`);
  const gradualPercentage = percentageOf(flags.gradual);
  const environment = readEnvironment(environmentsFolder, flags.env, flags.branch);
  const options = apiOptionsOf(process.env);
  const journal = openRecord(recordFolderOf(environment), options.account);
  const confirm = (): Promise<boolean> => confirmed(isOn('yes'));
  if (isOn('destroy'))
    return destroy({
      environment,
      options,
      mode: isOn('dry-run') ? 'dry-run' : 'apply',
      say: console.log,
      confirm,
    });

  const mode = isOn('dry-run') ? 'dry-run' : isOn('check') ? 'check' : 'apply';
  if (mode === 'apply' && !isOn('force')) refuseDirtyTree();
  const names = secretNamesOf(environment);
  const secrets = readSecrets(names, flags.secrets, process.env);
  const forgotten = (flags.forget ?? '').split(',').filter((name) => name !== '');
  const unknown = forgotten.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`--forget names ${unknown}, which no Worker reads.`);
  if (mode === 'apply') await lock(environment);
  const values = Object.values(withSandboxKeys(secrets));
  try {
    return await deploy({
      ...{ secrets, mode, gradualPercentage, forgotten, options, journal, confirm, newAdminKey },
      shop: await readShop(environment),
      isRotation: isOn('rotate'),
      isForced: isOn('force'),
      smokeUrl: flags['smoke-url']?.replace(/\/$/, '') ?? null,
      say: (line) => console.log(redacted(line, values)),
      now: () => new Date(),
      seed: (target) => seedShop(target, 'demo'),
    });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new SettingError(redacted(error instanceof Error ? error.message : String(error), values));
  }
}

function percentageOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  const percentage = Number(given);
  if (/^\d{1,2}$/.test(given) && percentage >= 1) return percentage;
  throw new UsageError(`--gradual must be a whole number from 1 to 99, not "${given}".`);
}

/** Two deployments from one checkout would step on each other. Elsewhere a concurrency group of the CI does this. */
async function lock(environment: Environment): Promise<void> {
  const folder = recordFolderOf(environment);
  mkdirSync(folder, { recursive: true });
  const held = await lockState(folder);
  process.on('exit', () => held.release());
}

answerHelp(process.argv.slice(2), usage);
try {
  process.exitCode = exitCodes[await run(process.argv.slice(2))];
} catch (error) {
  sayFailure(error, usage);
  process.exitCode = 1;
}
