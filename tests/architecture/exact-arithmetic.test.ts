/** Money is reckoned without fractions, and every form of one is refused. */
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { arithmeticRules, brokenArithmetic, moneyFiles } from './exact-arithmetic.ts';
import { isTest, readSources } from './sources.ts';

const files = readSources()
  .map(({ file }) => file)
  .filter((file) => moneyFiles.test(file) && !isTest(file));

describe('where money is reckoned', () => {
  it('nothing is a fraction', () => {
    expect(brokenArithmetic(files, projectRoot)).toEqual([]);
  });

  it('every folder of the list is found', () => {
    const starts = moneyFiles.source.split('|^');
    expect(files.length).toBeGreaterThan(100);
    for (const start of starts) expect(files.filter((file) => new RegExp(start).test(file)).length).toBeGreaterThan(0);
  });
});

/** What every line finds, in a module of its own. */
const given = 'export {}; declare const minor: number, rate: string, big: bigint;';
const [fraction, divided, rounded, read, floats] = arithmeticRules.map(({ name }) => name);

const refused: readonly (readonly [line: string, rule: string | undefined])[] = [
  ['const tax = minor * 0.19;', fraction],
  ['const tax = minor * 19e-2;', fraction],
  ['const half = minor / 2;', divided],
  ['let left = minor; left /= 3;', divided],
  ['const scale = 10 ** minor;', divided],
  ['let scale = minor; scale **= 2;', divided],
  ['const disguised = (big as unknown as number) / minor;', divided],
  ['const tax = Math.round(minor * 19);', rounded],
  ['const tax = Math.floor(minor);', rounded],
  ['const tax = Math.ceil(minor);', rounded],
  ['const tax = Math.trunc(minor);', rounded],
  ["const tax = Math['round'](minor);", rounded],
  ['const { round } = Math;', rounded],
  ['const parsed = Number(rate);', read],
  ['const parsed = [rate].map(Number);', read],
  ['const parsed = Number.parseInt(rate);', read],
  ['const parsed = +rate;', read],
  ['const parsed = parseFloat(rate);', floats],
  ['const shown = minor.toFixed(2);', floats],
  ['const shown = minor.toPrecision(2);', floats],
];
const allowed: readonly string[] = [
  'const share = (big * 19n) / 100n;',
  'const scale = 10n ** big;',
  'const half = Number(big / 2n);',
  'const debt = Math.max(0, -minor) + 1_000 * minor;',
  'const isWhole = Number.isSafeInteger(minor) && minor % 5 === 0;',
  "const written = '0.19'; // a tax of 0.19, rounded by Math.round",
  "const shown = /[0-9]/.test('1/2 of 0.5');",
];

describe('in a project with a line per file', () => {
  const lines = [...refused.map(([line]) => line), ...allowed];
  const fileOf = (line: string) => `line-${lines.indexOf(line)}.ts`;
  const options = { noLib: true, noResolve: true, strict: true, target: 'esnext' };
  const fs = createVirtualFileSystem({
    '/shop/tsconfig.json': JSON.stringify({ compilerOptions: options, include: ['**/*.ts'] }),
    ...Object.fromEntries(lines.map((line) => [`/shop/${fileOf(line)}`, `${given}\n${line}`])),
  });
  const broken = brokenArithmetic(lines.map(fileOf), '/shop', { fs });
  const brokenBy = (line: string) => broken.filter((one) => one.startsWith(`${fileOf(line)}: `));

  it.each(refused)('%s is refused', (line, rule) => {
    expect(brokenBy(line)).toEqual([expect.stringContaining(`: ${rule}: `)]);
  });

  it.each(allowed)('%s is allowed', (line) => {
    expect(brokenBy(line)).toEqual([]);
  });
});
