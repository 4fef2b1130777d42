/**
 * Writes what is generated from the contracts: `openapi.json` and the router's table
 * `workers/router/doors.generated.ts`. With `--check` it writes nothing and fails when a committed file is not
 * what would be generated.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readContracts } from './openapi/contracts.ts';
import { buildDocument } from './openapi/document.ts';
import { renderDoors } from './openapi/doors.ts';

const root = path.resolve(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

const contracts = await readContracts();
const document = buildDocument(contracts);
const generated = {
  'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'workers/router/doors.generated.ts': renderDoors(contracts),
};

let isStale = false;
for (const [file, text] of Object.entries(generated)) {
  const committed = await readFile(path.join(root, file), 'utf8').catch(() => null);
  if (committed === text) continue;
  isStale = true;
  if (isCheck) console.error(`${file} is not what the contracts say. Run: npm run openapi`);
  else {
    await writeFile(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
if (isCheck && isStale) process.exitCode = 1;
if (!isStale) console.log(`openapi.json is up to date: ${Object.keys(document.paths).length} addresses`);
