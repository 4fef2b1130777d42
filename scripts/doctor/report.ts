/** All findings, and how they are written: for people, with colours in a terminal, or as JSON. */
import { shown } from '../setup/writes.ts';
import type { Facts } from './facts.ts';
import { type Finding, groups, type Level } from './finding.ts';
import { mailFindings, paymentFindings } from './money-findings.ts';
import {
  addressFindings,
  backupFindings,
  clockFindings,
  healthFindings,
  keyFindings,
  releaseFindings,
} from './running-findings.ts';
import { catalogueFindings, shippingFindings, taxFindings } from './shop-findings.ts';

export function examine(facts: Facts): Finding[] {
  const examinations = [
    ...[addressFindings, healthFindings, clockFindings, catalogueFindings, shippingFindings, taxFindings],
    ...[paymentFindings, mailFindings, keyFindings, backupFindings, releaseFindings],
  ];
  return examinations.flatMap((findings) => findings(facts));
}

const levels: readonly Level[] = ['ok', 'warn', 'fail', 'skipped'];

export function countsOf(findings: readonly Finding[]): Record<Level, number> {
  const counts = { ok: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { level } of findings) counts[level] += 1;
  return counts;
}

const colours: Readonly<Record<Level, number>> = { ok: 32, warn: 33, fail: 31, skipped: 90 };

export function reportLines(findings: readonly Finding[], isColoured: boolean): string[] {
  const painted = (level: Level): string => {
    const word = level.padEnd(7);
    return isColoured ? `\u001b[${colours[level]}m${word}\u001b[0m` : word;
  };
  const lines = groups.flatMap((group) => {
    const own = findings.filter((finding) => finding.group === group);
    if (own.length === 0) return [];
    return [
      group,
      ...own.flatMap(({ level, what, why, todo }) => [
        `  ${painted(level)} ${plain(what)}`,
        ...[why, todo === null ? null : `→ ${todo}`].flatMap((text) =>
          text === null ? [] : [`          ${plain(text)}`],
        ),
      ]),
      '',
    ];
  });
  const counts = countsOf(findings);
  return [...lines, levels.map((level) => `${counts[level]} ${level}`).join(', ')];
}

/** What a shop says does nothing to a terminal. */
const plain = (text: string): string => text.split(' ').map(shown).join(' ');
