/**
 * What a shop that sells for real is given, and what keeps it from starting: settings that would lose money or let others in.
 * What a shop can do without is a warning.
 */
import { statSync } from 'node:fs';
import { SettingError } from './arguments.ts';
import { withFiles } from './given-secrets.ts';
import { keepSecrets, productionVariablesOf, secretsFileOf, settingNames, type Variables } from './settings.ts';

export interface ProductionSettings {
  readonly variables: Variables;
  /** Where the admin key is to be found; the key itself is never printed. */
  readonly adminKeyIsIn: string;
  readonly warnings: readonly string[];
}

/** Shorter ones can be guessed. The keys that are made here have 32 characters and more. */
const secretCharactersMin = 24;

const secretNames = ['VITRINE_ADMIN_KEY', 'VITRINE_ADMIN_KEY_PREVIOUS', 'VITRINE_SECRET', 'VITRINE_SECRET_PREVIOUS'];

/** Makes the secrets that nobody gave, in the state folder. Throws a `SettingError` when the shop must not start. */
export function productionSettings(
  statePath: string,
  localUrl: string,
  environment: NodeJS.ProcessEnv,
): ProductionSettings {
  refuseDevelopment(environment);
  const given = withFiles(environment, settingNames);
  const secrets = keepSecrets(statePath);
  const file = secretsFileOf(statePath);
  refuseReadable(file);
  const variables = productionVariablesOf(secrets, localUrl, given);
  for (const name of secretNames) {
    const value = variables[name];
    if (value !== undefined && value.length < secretCharactersMin)
      throw new SettingError(`${name} has fewer than ${secretCharactersMin} characters. Give a longer one.`);
  }
  if (variables.STRIPE_SECRET_KEY !== undefined && variables.STRIPE_WEBHOOK_SECRET === undefined)
    throw new SettingError(
      'STRIPE_SECRET_KEY is set and STRIPE_WEBHOOK_SECRET is not: news of payments could not be believed. Set both, or neither.',
    );
  return { variables, adminKeyIsIn: placeOfAdminKey(environment, file), warnings: warningsOf(variables, localUrl) };
}

/** Somebody who sets it expects a shop that does not take money. */
function refuseDevelopment({ VITRINE_ENV: name }: NodeJS.ProcessEnv): void {
  if (name && name !== 'production')
    throw new SettingError(`VITRINE_ENV is "${name}", and --production is given. Leave one of them out.`);
}

function refuseReadable(file: string): void {
  const others = statSync(file).mode & 0o077;
  if (others !== 0) throw new SettingError(`Others may read ${file}. Run "chmod 600 ${file}" and start again.`);
}

function placeOfAdminKey(environment: NodeJS.ProcessEnv, file: string): string {
  if (environment.VITRINE_ADMIN_KEY) return 'the variable VITRINE_ADMIN_KEY';
  return environment.VITRINE_ADMIN_KEY_FILE || `${file} (adminKey)`;
}

function warningsOf(variables: Variables, localUrl: string): readonly string[] {
  const url = publicUrlOf(variables.VITRINE_PUBLIC_URL ?? '');
  const { STRIPE_SECRET_KEY: stripeKey } = variables;
  const warnings: string[] = [];
  if (url.origin === localUrl)
    warnings.push(`VITRINE_PUBLIC_URL is not set: links that leave the shop lead to ${localUrl}.`);
  else if (url.protocol !== 'https:')
    warnings.push('VITRINE_PUBLIC_URL is not https: shoppers would type in clear text.');
  if (stripeKey === undefined)
    warnings.push(
      'No payment provider is set up (STRIPE_SECRET_KEY): shoppers pay by hand, where you offer it, or not at all.',
    );
  else if (!/^(?:sk|rk)_live_/.test(stripeKey)) warnings.push('STRIPE_SECRET_KEY is a key for tests: no money moves.');
  return warnings;
}

function publicUrlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new SettingError(`VITRINE_PUBLIC_URL must be an address such as https://shop.example, not "${text}".`);
  return url;
}
