/** The committed table of countries is what the packages say, in the form that Workers read. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { countriesFile, renderCountries } from './table.ts';

test('the table of countries is committed as it is generated', async () => {
  const committed = await readFile(path.resolve(import.meta.dirname, '..', '..', countriesFile), 'utf8');
  expect(committed === renderCountries(), 'Run: npm run countries').toBe(true);
});
