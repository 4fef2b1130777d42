/** What the commands around a deployment have in common: the account, the checkout, the person in front of them. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { databasesOf, productionWorkers, projectRoot, readWorkers, type WorkerConfig } from '../configs.ts';
import { SettingError } from '../lib/arguments.ts';
import { bundleWorkers } from '../lib/bundle.ts';
import { readMigrations } from '../lib/migrate.ts';
import { workerSettingsOf } from '../lib/worker-settings.ts';
import type { ApiOptions } from './api.ts';
import type { Environment } from './environment.ts';
import type { Shop } from './prepare.ts';
import { namesRead } from './secrets.ts';

/** Of a folder that is no git checkout. */
const unknownCommit = '0'.repeat(40);

export const environmentsFolder: string = path.join(projectRoot, 'deploy');

export function recordFolderOf(environment: Environment): string {
  return path.join(projectRoot, '.vitrine', 'deploy', environment.name);
}

/** Throws a `SettingError` that says where to get what is missing. */
export function apiOptionsOf(environment: NodeJS.ProcessEnv): ApiOptions {
  const { CLOUDFLARE_API_TOKEN: token = '', CLOUDFLARE_ACCOUNT_ID: account = '' } = environment;
  if (token === '')
    throw new SettingError(
      'CLOUDFLARE_API_TOKEN is not set. Make a token from the template "Edit Cloudflare Workers", and add D1 Edit and Queues Edit.',
    );
  if (!/^[0-9a-f]{32}$/.test(account))
    throw new SettingError('CLOUDFLARE_ACCOUNT_ID must be the 32 hex digits that the dashboard shows as "Account ID".');
  return {
    ...{ token, account, fetch },
    baseUrl: environment.CLOUDFLARE_API_BASE_URL || 'https://api.cloudflare.com/client/v4',
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** The sandbox is in no environment that does not ask for it, and neither is any binding to it. */
export function workersOf(environment: Pick<Environment, 'sandbox'>): readonly WorkerConfig[] {
  const workers = readWorkers();
  return environment.sandbox ? workers : productionWorkers(workers);
}

/** Every secret that some Worker of the environment reads. */
export function secretNamesOf(environment: Environment): readonly string[] {
  const names = workersOf(environment).flatMap(({ name }) => namesRead(workerSettingsOf(name).secrets));
  return [...new Set(names)].filter((name) => environment.sandbox || !name.startsWith('SANDBOX_')).sort();
}

/** The bundles are those that the tests ran: made once, of every Worker, and used again while nothing changes. */
export async function readShop(environment: Environment): Promise<Shop> {
  const workers = workersOf(environment);
  const bundles = await bundleWorkers(readWorkers());
  const sources = workers.map((config) => {
    const code = bundles.find(({ name }) => name === config.name)?.code;
    if (code === undefined) throw new Error(`There is no bundle of ${config.name}`);
    return { config, settings: workerSettingsOf(config.name), code };
  });
  const databases = await Promise.all(databasesOf(workers).map(readMigrations));
  return { environment, sources, databases, commit: git('rev-parse', 'HEAD') ?? unknownCommit };
}

/** What is released can be found again: it is a commit, and nothing beside it. */
export function refuseDirtyTree(): void {
  const changes = git('status', '--porcelain');
  if (changes === null)
    throw new SettingError(
      'This is no git checkout, and a release is named by its commit. Give --force to do without.',
    );
  if (changes === '') return;
  const files = changes.split('\n');
  const shown = files.slice(0, 3).map((line) => line.slice(2).trim());
  throw new SettingError(
    `Not committed: ${shown.join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''}. Commit or stash, or give --force.`,
  );
}

function git(...given: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', given, { cwd: projectRoot, encoding: 'utf8' });
  return status === 0 ? stdout.trimEnd() : null;
}

/** Asks a person, or insists on --yes where there is none. */
export async function confirmed(isYes: boolean): Promise<boolean> {
  if (isYes) return true;
  if (!process.stdin.isTTY) {
    console.log('Nothing was changed: give --yes to do this without being asked.');
    return false;
  }
  const dialog = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await dialog.question('Do this? [y/N] ');
  dialog.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

/** Ends the command: 2 says that there are changes. */
export const exitCodes = { done: 0, failed: 1, changes: 2 } as const;

/** Keeps values out of everything that is printed, whatever they came in with. */
export function redacted(line: string, values: readonly string[]): string {
  return values.filter((value) => value.length > 3).reduce((text, value) => text.replaceAll(value, '***'), line);
}
