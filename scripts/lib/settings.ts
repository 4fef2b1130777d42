/**
 * The variables that every Worker is given locally, and where they come from: the environment, else the state folder. Keys
 * that nobody set are made once and kept in `secrets.json` of the state folder, readable by its owner only. In production
 * the same names are secrets and variables of the deployment.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError } from './arguments.ts';

/** Bound to every Worker under these names. */
export type Variables = Readonly<Record<string, string>>;

const Secrets = z.strictObject({
  adminKey: z.string().min(1),
  secret: z.string().min(1),
  sandboxSecretKey: z.string().min(1),
  sandboxWebhookSecret: z.string().min(1),
});
export type Secrets = z.infer<typeof Secrets>;

/** Long enough for any stock of open checkouts to drain, short enough that an abandoned cart gives back what it holds. */
const holdSecondsDefault = '900';

/** Bound only when they are set; the Workers know their own defaults. */
const optionalNames = [
  'VITRINE_ADMIN_KEY_PREVIOUS',
  'VITRINE_SECRET_PREVIOUS',
  'VITRINE_CART_DAYS',
  'VITRINE_CAPTURE',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_MULTICAPTURE',
] as const;

/** What those may be that are no free text. */
const choices: Readonly<Record<string, readonly string[]>> = {
  VITRINE_CAPTURE: ['immediate', 'manual'],
  STRIPE_MULTICAPTURE: ['on', 'off'],
};

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 32 characters of 62 are 190 bits. */
function randomBase62(length = 32): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join('');
}

/** A key of the merchant that nobody guesses. */
export function newAdminKey(): string {
  return `vak_${randomBase62()}`;
}

/** Every setting that may also stand in a file that `NAME_FILE` names. */
export const settingNames: readonly string[] = [
  'VITRINE_PUBLIC_URL',
  'VITRINE_ADMIN_KEY',
  'VITRINE_SECRET',
  'VITRINE_HOLD_SECONDS',
  ...optionalNames,
  'SANDBOX_SECRET_KEY',
  'SANDBOX_WEBHOOK_SECRET',
];

export function secretsFileOf(statePath: string): string {
  return path.join(statePath, 'secrets.json');
}

/** Reads the secrets of a state folder, and makes them when there are none. Throws when the file is damaged. */
export function keepSecrets(statePath: string): Secrets {
  const file = secretsFileOf(statePath);
  const text = readIfThere(file);
  if (text !== undefined) {
    try {
      return Secrets.parse(JSON.parse(text));
    } catch {
      throw new SettingError(
        `${file} is damaged. Remove it to have new keys made; keys and tokens issued before will no longer work.`,
      );
    }
  }
  const secrets: Secrets = {
    adminKey: newAdminKey(),
    secret: randomBase62(),
    sandboxSecretKey: `sk_test_${randomBase62()}`,
    sandboxWebhookSecret: `whsec_${randomBase62()}`,
  };
  mkdirSync(statePath, { recursive: true });
  // Written aside and renamed, so a kill in the middle leaves no half file.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Joins secrets and environment for development, with the sandbox; what the environment sets wins, and an empty string counts as
 * not set. Throws a `SettingError` for a value that no Worker could use.
 */
export function variablesOf(secrets: Secrets, publicUrl: string, environment: NodeJS.ProcessEnv): Variables {
  return {
    ...chosenVariables(secrets, publicUrl, environment, ['sandbox']),
    VITRINE_ENV: 'development',
    SANDBOX_SECRET_KEY: environment.SANDBOX_SECRET_KEY || secrets.sandboxSecretKey,
    SANDBOX_WEBHOOK_SECRET: environment.SANDBOX_WEBHOOK_SECRET || secrets.sandboxWebhookSecret,
  };
}

/** The same for a shop that sells for real: no sandbox, and nothing that turns one on. */
export function productionVariablesOf(secrets: Secrets, publicUrl: string, environment: NodeJS.ProcessEnv): Variables {
  return chosenVariables(secrets, publicUrl, environment, []);
}

function chosenVariables(
  secrets: Secrets,
  publicUrl: string,
  environment: NodeJS.ProcessEnv,
  providers: readonly string[],
): Variables {
  const chosen = (name: string, otherwise: string): string => environment[name] || otherwise;
  const variables: Record<string, string> = {
    VITRINE_PUBLIC_URL: chosen('VITRINE_PUBLIC_URL', publicUrl),
    VITRINE_ADMIN_KEY: chosen('VITRINE_ADMIN_KEY', secrets.adminKey),
    VITRINE_SECRET: chosen('VITRINE_SECRET', secrets.secret),
    VITRINE_HOLD_SECONDS: chosen('VITRINE_HOLD_SECONDS', holdSecondsDefault),
  };
  for (const name of optionalNames) {
    const value = environment[name];
    if (value) variables[name] = value;
  }
  variables.VITRINE_PROVIDERS = [...providers, ...(variables.STRIPE_SECRET_KEY === undefined ? [] : ['stripe'])].join(
    ',',
  );
  refuseUnusable(variables);
  return variables;
}

function refuseUnusable(variables: Variables): void {
  for (const name of ['VITRINE_HOLD_SECONDS', 'VITRINE_CART_DAYS']) {
    const value = variables[name];
    if (value !== undefined && !/^[1-9]\d{0,8}$/.test(value))
      throw new SettingError(`${name} must be a whole number above 0, not "${value}".`);
  }
  for (const name of ['VITRINE_ADMIN_KEY', 'VITRINE_SECRET']) {
    if (variables[name] === variables[`${name}_PREVIOUS`])
      throw new SettingError(`${name}_PREVIOUS is the same as ${name}. Leave it out, or set ${name} to a new one.`);
  }
  for (const [name, known] of Object.entries(choices)) {
    const value = variables[name];
    if (value !== undefined && !known.includes(value))
      throw new SettingError(`${name} must be one of ${known.join(', ')}, not "${value}".`);
  }
}
