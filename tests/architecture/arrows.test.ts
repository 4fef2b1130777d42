/** The import arrows of the design hold, and every rule can fail. */
import { describe, expect, it } from 'vitest';
import { arrowRules, brokenArrows, objectOwners } from './arrows.ts';
import { importsOf, readSources } from './sources.ts';

describe('the import lines of the project', () => {
  it('break no arrow', () => {
    expect(brokenArrows(readSources())).toEqual([]);
  });

  it('are found: a project without imports would pass every rule', () => {
    const imports = readSources().flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.some(({ isTypeOnly }) => isTypeOnly)).toBe(true);
    expect(imports.some(({ isTypeOnly }) => !isTypeOnly)).toBe(true);
  });
});

describe('the table of object owners', () => {
  it('names every folder of an object', () => {
    const folders = new Set(readSources().flatMap(({ file }) => /^durable-objects\/([^/]+)\//.exec(file)?.[1] ?? []));
    expect([...folders].filter((folder) => objectOwners[folder] === undefined)).toEqual([]);
  });
});

describe('each rule refuses its planted violation', () => {
  it.each(arrowRules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    const [file, line] = rule.planted;
    expect(brokenArrows([{ file, text: line }], [rule])).toHaveLength(1);
  });
});

describe('a domain', () => {
  const file = 'workers/orders/domain.ts';

  it.each([
    ['may name the types of an event', "import type { OrderPlaced } from '../../shared/events/orders.ts';", 0],
    ['may not load an event', "import { OrderPlaced } from '../../shared/events/orders.ts';", 1],
    ['may use its own files', "import { plan } from './domain/plan.ts';", 0],
    ['may not use its own store', "import type { Row } from './store.ts';", 1],
    ['may not use a validator', "import * as z from 'zod';", 1],
  ])('%s', (_name, text, faults) => {
    expect(brokenArrows([{ file, text }])).toHaveLength(faults);
  });
});

describe('an import line', () => {
  const file = 'workers/cart/domain.ts';

  it.each([
    ["import type { A } from '../../shared/contracts/a.ts';", true],
    ["import { type A, type B } from '../../shared/contracts/a.ts';", true],
    ["import {\n  type A,\n  b,\n} from '../../shared/contracts/a.ts';", false],
    ["import * as a from '../../shared/contracts/a.ts';", false],
    ["export { a } from '../../shared/contracts/a.ts';", false],
    ["import '../../shared/contracts/a.ts';", false],
    ["const a = await import('../../shared/contracts/a.ts');", false],
  ])('%j is resolved, and is types alone: %s', (text, isTypeOnly) => {
    expect(importsOf({ file, text })).toEqual([{ from: file, to: 'shared/contracts/a.ts', isTypeOnly }]);
  });
});
