/**
 * An environment: where a shop is deployed, under which names, and with which settings. It is `deploy/NAME.json`, in git and without
 * any id of the platform. A preview is one file for many environments, each named after its branch.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SettingError } from '../lib/arguments.ts';

const EnvironmentFile = z.strictObject({
  kind: z.enum(['production', 'staging', 'preview']),
  /** Ends every name on the platform, so that environments can share an account. Empty in production. */
  suffix: z.string().regex(/^(?:-[a-z0-9]+)*$/, 'A suffix is made of parts like "-staging".'),
  /** With the provider of test payments, which takes a payment from anyone. */
  sandbox: z.boolean().default(false),
  /** What an empty shop is filled with. */
  seed: z.enum(['demo', 'none']).default('none'),
  /** The public address. Without one the router answers on workers.dev. */
  route: z
    .strictObject({
      pattern: z
        .string()
        .regex(/^[a-z0-9.-]+\.[a-z]+(?:\/\*)?$/, 'Give a host name, or "host/*" for a route of a zone.'),
      custom_domain: z.boolean(),
    })
    .optional(),
  vars: z.record(z.string(), z.string()).default({}),
  d1: z.strictObject({ jurisdiction: z.enum(['eu', 'fedramp']) }).optional(),
});
type EnvironmentFile = z.infer<typeof EnvironmentFile>;

export interface Environment extends Omit<EnvironmentFile, 'suffix'> {
  readonly name: string;
  readonly suffix: string;
  /** The suffixes of the other files: what ends like them is not ours. */
  readonly foreignSuffixes: readonly string[];
}

/** Bound by the deployment itself, or never in a shop that sells. */
const notByHand: ReadonlySet<string> = new Set(['VITRINE_ENV', 'VITRINE_DEPLOYED']);
/** The platform's limit for the names of Workers and queues. */
export const nameLengthMax = 63;
/** The longest name of the shop, `vitrine-notifications-inbox-dead-preview-`, leaves this much for the branch and its digest. */
const branchLengthMax = 14;

/** Reads one environment. Throws a `SettingError` that names the file and what is wrong with it. */
export function readEnvironment(folder: string, name: string, branch?: string): Environment {
  const known = environmentNames(folder);
  if (!known.includes(name))
    throw new SettingError(`There is no deploy/${name}.json. Environments: ${known.join(', ') || 'none'}.`);
  const file = readFile(folder, name);
  const foreignSuffixes = known.filter((other) => other !== name).map((other) => readFile(folder, other).suffix);
  if (file.kind !== 'preview') {
    if (branch !== undefined) throw new SettingError(`--branch is for previews, and ${name} is none.`);
    return { ...file, name, foreignSuffixes };
  }
  if (branch === undefined || branch === '') throw new SettingError(`${name} needs --branch, which names the preview.`);
  const part = branchPart(branch);
  return { ...file, name: `${name}-${part}`, suffix: `${file.suffix}-${part}`, foreignSuffixes };
}

export function environmentNames(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

function readFile(folder: string, name: string): EnvironmentFile {
  const where = `deploy/${name}.json`;
  const parsed = EnvironmentFile.safeParse(jsonOf(readFileSync(path.join(folder, `${name}.json`), 'utf8'), where));
  if (!parsed.success) throw new SettingError(`${where} is not understood:\n${z.prettifyError(parsed.error)}`);
  const { kind, suffix, sandbox, vars } = parsed.data;
  if (kind === 'production' && sandbox)
    throw new SettingError(`${where}: production cannot have the sandbox, which takes a payment from anyone.`);
  if ((kind === 'production') !== (suffix === ''))
    throw new SettingError(`${where}: production has no suffix, and every other environment needs one.`);
  const refused = Object.keys(vars).find((key) => notByHand.has(key));
  if (refused !== undefined) throw new SettingError(`${where}: ${refused} is not set by hand. Leave it out.`);
  return parsed.data;
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SettingError(`${where} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** Two branches never share a preview, however alike their names are: the digest is of the whole name. */
function branchPart(branch: string): string {
  const slug = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, branchLengthMax)
    .replace(/^-|-$/g, '');
  const digest = createHash('sha256').update(branch).digest('hex').slice(0, 6);
  return [...(slug === '' ? [] : [slug]), digest].join('-');
}

/** The name of something in this environment. */
export function nameIn({ suffix }: Pick<Environment, 'suffix'>, base: string): string {
  const name = base + suffix;
  if (name.length > nameLengthMax)
    throw new SettingError(`The name ${name} is longer than ${nameLengthMax} characters.`);
  return name;
}
