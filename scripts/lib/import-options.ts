/** What `npm run import` was asked to do, and the key it does it with. Everything that is wrong is said in one sentence. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { currencies } from '../../shared/values/money.ts';
import { projectRoot } from '../configs.ts';
import { UsageError } from './arguments.ts';

export const importUsage = `Usage: npm run import -- FILE.csv[.gz] [--url URL] [--key KEY] [--opening-stock N] [--currency EUR]
                         [--stock ignore|set|add] [--dry-run] [--verbose]
                         [--report FILE]

Imports products from a CSV file in the Shopify format. Repeating it changes only what differs.

  --url            the shop (http://127.0.0.1:8787)
  --key            an admin key; else VITRINE_ADMIN_KEY, else the key that the local shop made for itself
  --opening-stock  stock of new variants whose row states none (0)
  --currency       of the columns "Variant Price" and "Variant Compare At Price" (EUR); more currencies may stand in
                   columns named "Price / USD", "Price / GBP", ...
  --stock          what the quantities of variants that the shop has mean: nothing (ignore), what is on hand (set), or
                   what has come (add); those of new variants are their opening stock
  --dry-run        says what would be created, changed, removed and counted, and changes nothing
  --verbose        also lists every row that was imported with a change, such as another SKU
  --report         writes all that was (or would be) changed, adjusted and rejected into a CSV file

Ends with 0 when every row was imported, 1 when rows were rejected, 2 when the import failed.`;

export interface ImportOptions {
  readonly file: string;
  readonly url: URL;
  readonly adminKey: string;
  readonly openingStock: number;
  readonly currency: string;
  readonly stock: string;
  readonly isDryRun: boolean;
  readonly isVerbose: boolean;
  /** Where the whole report goes; null where it is not wanted. */
  readonly reportFile: string | null;
}

const Secrets = z.looseObject({ adminKey: z.string() });

/** Reads the command line. Throws a `UsageError` for anything that cannot work. */
export function readImportOptions(given: readonly string[], environment: NodeJS.ProcessEnv): ImportOptions {
  const { values, positionals } = parse(given);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('Name one file to import.');
  if (!existsSync(file)) throw new UsageError(`There is no file ${path.resolve(file)}.`);
  if (!statSync(file).isFile()) throw new UsageError(`${path.resolve(file)} is not a file.`);
  const currency = (values.currency ?? 'EUR').toUpperCase();
  if (!currencies.some((known) => known === currency))
    throw new UsageError(`"${values.currency}" is not a currency that prices may be in.`);
  const openingStock = values['opening-stock'] ?? '0';
  if (!/^\d{1,9}$/.test(openingStock))
    throw new UsageError(`--opening-stock must be a whole number, not "${openingStock}".`);
  const stock = values.stock ?? 'ignore';
  if (!['ignore', 'set', 'add'].includes(stock))
    throw new UsageError(`--stock must be ignore, set or add, not "${stock}".`);
  return {
    file,
    stock,
    isDryRun: values['dry-run'] === true,
    url: urlOf(values.url ?? 'http://127.0.0.1:8787'),
    adminKey: values.key ?? (environment.VITRINE_ADMIN_KEY || localKey()),
    openingStock: Number(openingStock),
    currency,
    isVerbose: values.verbose === true,
    reportFile: values.report ?? null,
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        key: { type: 'string' },
        'opening-stock': { type: 'string' },
        currency: { type: 'string' },
        stock: { type: 'string' },
        'dry-run': { type: 'boolean' },
        verbose: { type: 'boolean' },
        report: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url must be an http or https address, not "${text}".`);
  return url;
}

/** Where `npm start` and `npm run dev` keep the keys that they made. */
const localSecrets = ['.vitrine/state/secrets.json', '.wrangler/secrets.json'];

/** The key that the shop of this checkout made for itself. */
function localKey(): string {
  const file = localSecrets.map((name) => path.join(projectRoot, name)).find((name) => existsSync(name));
  if (file === undefined) {
    throw new UsageError(
      'No admin key: give --key or VITRINE_ADMIN_KEY, or start the local shop once with "npm start".',
    );
  }
  const secrets = Secrets.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!secrets.success) throw new UsageError(`${file} holds no admin key. Give one with --key.`);
  return secrets.data.adminKey;
}
