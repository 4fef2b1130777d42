/**
 * `npm run countries`: writes `shared/values/countries.generated.ts`, the table of how addresses are written in every country.
 * A test holds that the committed table is what the packages say.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { countriesFile, renderCountries } from './countries/table.ts';

const file = path.resolve(import.meta.dirname, '..', countriesFile);
await writeFile(file, renderCountries());
console.log(`wrote ${countriesFile}`);
