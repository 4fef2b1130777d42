/** The numbers of a run as a table. */
import { type BaselineName, baselineTitles } from './baselines.ts';
import type { Report } from './bench.ts';
import { calmTargetMs } from './calm.ts';
import { cells } from './cells.ts';
import { checkoutCpuTargetMs } from './checkout-cpu.ts';
import { type CodesReport, codeCostMax, makingTargetSeconds, uniqueCodesTotal } from './codes.ts';
import type { Measured } from './load.ts';
import type { CellReport } from './measured-cells.ts';

export function printReport(report: Report): void {
  console.log(`\n${tableOf(baselineRows(report))}`);
  if (report.cells.length > 0) console.log(`\n${tableOf([cellHeader, ...report.cells.map(cellRow)])}`);
  for (const line of sentences(report)) console.log(`\n${line}`);
  if (report.commits !== null) console.log(`\n${tableOf(commitRows(report.commits))}`);
  if (report.rush === null) return;
  const { buyers, units, sold, refused, totalMs, p50Ms, p99Ms, stockAfter } = report.rush;
  console.log(
    `\n${buyers} buyers for ${units} units: ${sold} sold, ${refused} refused with 409 in ${totalMs.toFixed(0)} ms` +
      ` (p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms); after it ${stockAfter}`,
  );
}

/** What is one number rather than a row. */
function sentences({ cells, checkoutCpu, calm, codes }: Report): string[] {
  const lines: string[] = [];
  const [keyed, bare] = ['add-line-keyed', 'add-line-grown'].map((name) => cells.find((cell) => cell.name === name));
  if (keyed !== undefined && bare !== undefined) {
    const cost = bare.perSecond / keyed.perSecond - 1;
    const cpuCost =
      keyed.cpuMs === null || bare.cpuMs === null ? '' : `, ${percent(keyed.cpuMs / bare.cpuMs - 1)} of CPU`;
    lines.push(
      `a key costs ${percent(cost)} of time${cpuCost}; target at most ${percent(keyCostMax)}: ${verdict(cost <= keyCostMax)}`,
    );
  }
  if (checkoutCpu !== null && checkoutCpu.cpuMs.length > 0) {
    const { cpuMs, count } = checkoutCpu;
    const middle = [...cpuMs].sort((a, b) => a - b)[Math.floor(cpuMs.length / 2)] ?? 0;
    lines.push(
      `a checkout of two lines takes ${middle.toFixed(2)} ms of CPU until its answer (${count} in ${cpuMs.length} bursts: ${cpuMs.map((ms) => ms.toFixed(2)).join(', ')}); target at most ${checkoutCpuTargetMs}: ${verdict(middle <= checkoutCpuTargetMs)}`,
    );
  }
  if (calm !== null)
    lines.push(
      `a calm shop, ${calm.orders} journeys at two per second: ${calm.answerCpuMs.toFixed(1)} ms of CPU until the answers of one, ${calm.afterCpuMs.toFixed(1)} ms after them (idle: ${calm.idleCpuMsPerSecond.toFixed(1)} ms per second); target at most ${calmTargetMs} after: ${verdict(calm.afterCpuMs <= calmTargetMs)}`,
    );
  if (codes !== null) lines.push(...codeSentences(codes));
  return lines;
}

function codeSentences({ makingSeconds, compared }: CodesReport): string[] {
  const [count, least] = [uniqueCodesTotal.toLocaleString('en'), makingTargetSeconds];
  return [
    `${count} unique codes are made in ${makingSeconds.toFixed(1)} s; target at most ${least} s: ${verdict(makingSeconds <= least)}`,
    ...compared.map(({ title, ordinary, unique }) => {
      const time = unique.p50Ms / ordinary.p50Ms - 1;
      const work = unique.cpuMs === null || ordinary.cpuMs === null ? null : unique.cpuMs / ordinary.cpuMs - 1;
      const workCost =
        work === null ? '' : `, ${percent(work)} of CPU (${cpu(unique.cpuMs)} : ${cpu(ordinary.cpuMs)} ms)`;
      const isMet = time <= codeCostMax && (work ?? 0) <= codeCostMax;
      return (
        `${title}: a unique one costs ${percent(time)} of time more than an ordinary one` +
        ` (${milliseconds(unique.p50Ms)} : ${milliseconds(ordinary.p50Ms)} ms)${workCost};` +
        ` target at most ${percent(codeCostMax)}: ${verdict(isMet)}`
      );
    }),
  ];
}

const keyCostMax = 0.1;
const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const verdict = (isMet: boolean | null) => (isMet === null ? '' : isMet ? 'met' : 'missed');

function baselineRows({ baselines, directBaselines }: Report): string[][] {
  const rows = Object.entries(baselineTitles).flatMap(([name, title]) => {
    const [usual, direct] = [baselines, directBaselines].map((measured) => measured[name as BaselineName]);
    return usual === undefined || direct === undefined
      ? []
      : [[title, ...measuredCells(usual), ...measuredCells(direct)]];
  });
  const columns = ['per second', 'p50 ms', 'p99 ms', 'CPU ms'];
  return [['the bare runtime', ...columns, ...columns.map((column) => `direct ${column}`)], ...rows];
}

function measuredCells(one: Measured): string[] {
  return [rate(one.perSecond), milliseconds(one.p50Ms), milliseconds(one.p99Ms), cpu(one.cpuMs)];
}

const cellHeader = [
  'the shop',
  'per second',
  'p50 ms',
  'p99 ms',
  'ratio',
  'to',
  'target',
  '',
  'direct',
  'CPU ms',
  'disk syncs/s',
];

function cellRow(report: CellReport): string[] {
  const cell = cells.find(({ name }) => name === report.name);
  if (cell === undefined) throw new Error(`There is no cell ${report.name}`);
  const { target } = cell;
  return [
    cell.title,
    rate(report.perSecond),
    milliseconds(report.p50Ms),
    milliseconds(report.p99Ms),
    percent(report.ratio),
    `${report.baseline} ${rate(report.baselinePerSecond)}`,
    target === null ? '' : 'share' in target ? percent(target.share) : `${target.perSecond}/s`,
    verdict(report.isOnTarget),
    percent(report.directRatio),
    `${cpu(report.cpuMs)} : ${cpu(report.baselineCpuMs)}`,
    report.syncsPerSecond.map(rate).join(', '),
  ];
}

function commitRows({ answered, quiet }: NonNullable<Report['commits']>): string[][] {
  const places = Object.keys(quiet).sort();
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  return [
    ['commits of one checkout', 'until the answer', 'until all is quiet'],
    ...places.map((place) => [place, String(answered[place] ?? 0), String(quiet[place] ?? 0)]),
    ['in all', String(sum(answered)), String(sum(quiet))],
  ];
}

const rate = (perSecond: number) => Math.round(perSecond).toLocaleString('en');
const cpu = (cpuMs: number | null) => cpuMs?.toFixed(3) ?? '';
const milliseconds = (duration: number) => duration.toFixed(1);

/** Rows as a Markdown table that is also readable in a terminal. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '')[column === 0 ? 'padEnd' : 'padStart'](width)).join(' | ')} |`;
  const [header = [], ...body] = rows;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(header), rule, ...body.map(line)].join('\n');
}
