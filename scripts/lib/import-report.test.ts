/** What the terminal says about an import, and which command lines are refused. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportChange } from '../../shared/contracts/catalog/imports.ts';
import type { ChangeKind } from '../../shared/values/import-changes.ts';
import { readImportOptions } from './import-options.ts';
import { lineOf } from './import-progress.ts';
import { reportLines } from './import-report.ts';
import { makeReportFile } from './report-file.ts';

const change = (kind: ChangeKind, handle: string, about: Partial<ImportChange>): ImportChange => ({
  ...{ kind, line: 2, handle, sku: null, fields: [], skuBefore: null, locationId: null, quantity: null },
  ...about,
});
const job = {
  id: 'imp_01m7y46fp0fb8v0jt66hjr0hcz',
  status: 'done' as const,
  startedAt: '2026-11-20T00:00:00.000Z',
  heartbeatAt: '2026-11-20T00:00:02.000Z',
  finishedAt: '2026-11-20T00:00:02.000Z',
  rowsTotal: 5_000,
  rows: 5_000,
  rowsRejected: 2,
  products: { created: 4_000, updated: 1, unchanged: 2, rejected: 1 },
  faultsTotal: 2,
  error: null,
  dryRun: false,
  variantsRemoved: 1,
  changes: {
    'product-created': 4_000,
    'product-changed': 1,
    'variant-added': 0,
    'variant-changed': 0,
    'variant-removed': 1,
    'sku-changed': 1,
    'stock-opened': 0,
    'stock-set': 1,
    'stock-added': 0,
  },
  examples: [
    change('product-created', 'mug', {}),
    change('product-changed', 'cap', { fields: ['title', 'tags'] }),
    change('variant-removed', 'cap', { sku: 'CAP-M' }),
    change('sku-changed', 'cap', { sku: 'CAP-2', skuBefore: 'CAP-1' }),
    change('stock-set', 'cap', { sku: 'CAP-2', locationId: 'loc_main', quantity: 1_200 }),
  ],
};
const faults = [
  { line: 7, column: 'Variant Price', handle: 'cap', severity: 'rejected' as const, reason: 'Not a price.' },
  { line: 9, column: null, handle: 'mug', severity: 'adjusted' as const, reason: 'Another SKU.' },
];

test('every rejected row is named with its line, column and reason; changed ones on request', () => {
  const short = reportLines(job, faults, false);
  expect(short).toContain('  line 7, Variant Price, cap: Not a price.');
  expect(short).toContain('5,000 rows in 2.0 s, 2,500 rows/s');
  expect(short.some((line) => line.includes('Another SKU'))).toBe(false);
  expect(reportLines(job, faults, true)).toContain('  line 9, mug: Another SKU.');
});

test('what changes is named, each kind with its count and first examples', () => {
  const all = reportLines(job, [], false);
  const begin = all.indexOf('products created: 4,000');
  expect(all.slice(begin, begin + 11)).toEqual([
    'products created: 4,000',
    '  line 2, mug',
    '  and 3,999 more',
    'products changed: 1',
    '  line 2, cap: title, tags',
    'variants without a row any more, removed: 1',
    '  line 2, cap, CAP-M',
    'SKUs changed: 1',
    '  line 2, cap, CAP-2 (was CAP-1)',
    'stock set: 1',
    '  line 2, cap, CAP-2: 1,200 at loc_main',
  ]);
});

test('a progress line has a bar on a terminal only', () => {
  const step = { name: 'importing', done: 50, total: 200, unit: 'rows' };
  expect(lineOf(step, null, false)).toBe('importing 25 %  50 of 200 rows');
  expect(lineOf(step, 1_234, true)).toBe(
    `importing ${'█'.repeat(7)}${'░'.repeat(21)} 25 %  50 of 200 rows, 1,234 rows/s`,
  );
});

describe('a command line', () => {
  const file = path.resolve(import.meta.dirname, '../demo/products.csv');
  const read = (...given: string[]) => readImportOptions(given, { VITRINE_ADMIN_KEY: 'from-environment' });

  test('needs only a file', () => {
    expect(read(file)).toMatchObject({
      file,
      adminKey: 'from-environment',
      openingStock: 0,
      currency: 'EUR',
      isVerbose: false,
    });
    expect(read(file, '--report', 'all.csv').reportFile).toBe('all.csv');
    expect(read(file, '--key', 'k', '--opening-stock', '5', '--currency', 'usd')).toMatchObject({
      reportFile: null,
      adminKey: 'k',
      openingStock: 5,
      currency: 'USD',
    });
  });

  test.each([
    ['no file', [], 'Name one file'],
    ['a file that is not there', ['/nowhere.csv'], 'There is no file'],
    ['a folder', [import.meta.dirname], 'is not a file'],
    ['an unknown currency', [file, '--currency', 'XXX'], 'not a currency'],
    ['a fractional stock', [file, '--opening-stock', '1.5'], 'whole number'],
    ['an address without http', [file, '--url', 'localhost:1'], 'http'],
    ['an unknown flag', [file, '--fast'], '--fast'],
  ])('with %s is refused in a sentence', (_, given, message) => {
    expect(() => read(...given)).toThrow(message);
  });
});

test.each([
  ['a folder that is not there', '/nowhere/all.csv', 'there is no such folder'],
  ['a folder in its place', import.meta.dirname, 'that is a folder'],
])('a report for which there is %s is refused before anything is sent', async (_, file, reason) => {
  await expect(makeReportFile(file)).rejects.toThrow(reason);
});
