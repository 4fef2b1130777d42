/**
 * Which shop a command speaks to, and the admin key that it does so with. The key never stands on the command line, where
 * other users of the machine can read it: it comes from a file, from the environment, or from the state folder of a local shop.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError, UsageError } from './arguments.ts';
import { givenAs, secretIn } from './given-secrets.ts';
import { addressIn } from './state-address.ts';

export const targetFlags = ['url', 'state', 'key-file'] as const;

export const targetUsage = `  --url       the address of the shop
  --state     the state folder of a local shop: its address and its admin key are found there
  --key-file  a file with the admin key; else VITRINE_ADMIN_KEY, else the file that VITRINE_ADMIN_KEY_FILE names`;

export interface ShopTarget {
  /** Without a slash at its end. */
  readonly url: string;
  readonly adminKey: string;
  /** Null for a shop elsewhere. */
  readonly statePath: string | null;
}

const Secrets = z.looseObject({ adminKey: z.string().min(1) });

type TargetFlags = Partial<Record<(typeof targetFlags)[number], string>>;

/** Finds the shop and its key. Throws a `UsageError` or a `SettingError` that says what is missing. */
export function readTarget(flags: TargetFlags, environment: NodeJS.ProcessEnv): ShopTarget {
  const statePath = flags.state === undefined ? null : path.resolve(flags.state);
  if (statePath !== null && !(existsSync(statePath) && statSync(statePath).isDirectory()))
    throw new UsageError(`There is no state folder ${statePath}.`);
  const url = flags.url ?? (statePath === null ? null : addressIn(statePath));
  if (url === null)
    throw new UsageError(
      statePath === null
        ? 'Name the shop with --url, or the state folder of a local one with --state.'
        : `No shop runs in ${statePath}. Start it, or name its address with --url.`,
    );
  return { url: originOf(url), adminKey: adminKeyOf(flags, statePath, environment), statePath };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  )
    throw new UsageError(`--url must be an address such as https://shop.example, not "${text}".`);
  return url.origin;
}

function adminKeyOf(flags: TargetFlags, statePath: string | null, environment: NodeJS.ProcessEnv): string {
  if (flags['key-file'] !== undefined) return usableKey(secretIn(flags['key-file'], '--key-file'), flags['key-file']);
  const given = givenAs('VITRINE_ADMIN_KEY', environment);
  if (given !== undefined) return usableKey(given, 'VITRINE_ADMIN_KEY');
  const kept = statePath === null ? null : keyIn(statePath);
  if (kept !== null) return kept;
  throw new UsageError(
    'Give the admin key in VITRINE_ADMIN_KEY, or a file with it in VITRINE_ADMIN_KEY_FILE or --key-file.',
  );
}

function keyIn(statePath: string): string | null {
  const file = path.join(statePath, 'secrets.json');
  if (!existsSync(file)) return null;
  try {
    return Secrets.parse(JSON.parse(readFileSync(file, 'utf8'))).adminKey;
  } catch {
    throw new SettingError(`${file} cannot be read. Give the admin key with --key-file.`);
  }
}

/** A header cannot carry anything else, and its refusal would show the key. */
function usableKey(key: string, from: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new SettingError(`${from} holds no key: a key is one word of ASCII characters.`);
}
