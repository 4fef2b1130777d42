/**
 * Runs the seeds of a range one after the other, shows how far it came, and counts what ran: also when it is stopped on the way,
 * so that the part that ran is not lost.
 */

/** What one seed came to. */
interface Outcome {
  readonly violations: readonly string[];
  readonly stepCount: number;
  readonly paidCount: number;
  readonly deedCount: number;
}

export interface RangePorts {
  run(seed: number): Promise<Outcome>;
  /** Where progress goes: redrawn on a terminal, in lines elsewhere. */
  readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  /** Milliseconds of a clock that only goes on. */
  now(): number;
  /** Asked after each seed. */
  isStopped(): boolean;
  log(line: string): void;
}

/** What the seeds of a range came to, as far as they ran. */
export interface RangeReport {
  readonly from: number;
  /** How many seeds ran, failed ones among them. */
  readonly ran: number;
  readonly failed: number;
  readonly steps: number;
  readonly paid: number;
  readonly deeds: number;
  readonly elapsedMs: number;
}

const failuresMax = 10;
const violationsShownMax = 5;
const redrawMs = 2_000;
/** In a log file a line now and then is enough: what comes first. */
const lineMs = 60_000;
const seedsPerLine = 10_000;

/** Runs them until the end, until it is stopped, or until so many have failed that more say nothing new. */
export async function runRange(from: number, count: number, ports: RangePorts): Promise<RangeReport> {
  const { out, now, log } = ports;
  const startedAt = now();
  const isTerminal = out.isTTY === true;
  let shown = { at: startedAt, ran: 0 };
  let [ran, failed, steps, paid, deeds] = [0, 0, 0, 0, 0];
  while (ran < count && failed < failuresMax && !ports.isStopped()) {
    const seed = from + ran;
    const { violations, stepCount, paidCount, deedCount } = await ports.run(seed);
    ran += 1;
    steps += stepCount;
    paid += paidCount;
    deeds += deedCount;
    if (violations.length > 0) {
      failed += 1;
      log(`seed ${seed} breaks a promise; see it with: npm run simulate -- --seed ${seed} --trace`);
      for (const violation of violations.slice(0, violationsShownMax)) log(`  ${violation}`);
    }
    const sinceMs = now() - shown.at;
    const isDue = isTerminal ? sinceMs >= redrawMs : sinceMs >= lineMs || ran - shown.ran >= seedsPerLine;
    if (!isDue) continue;
    shown = { at: now(), ran };
    const line = progressLine({ ran, count, failed, elapsedMs: now() - startedAt });
    out.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
  }
  if (isTerminal && shown.ran > 0) out.write('\n');
  return { from, ran, failed, steps, paid, deeds, elapsedMs: now() - startedAt };
}

interface Progress {
  readonly ran: number;
  readonly count: number;
  readonly failed: number;
  readonly elapsedMs: number;
}

/** How far it is, how fast, and how long it still takes at that speed. */
export function progressLine({ ran, count, failed, elapsedMs }: Progress): string {
  const left = durationOf(((count - ran) * elapsedMs) / ran);
  return `${ran} of ${count} seeds, ${failed} failed, ${rateOf(ran, elapsedMs)} seeds/s, ${left} left`;
}

/** Which seeds ran: what a range that was stopped may be counted as. */
export function rangeLine({ from, ran, failed }: Pick<RangeReport, 'from' | 'ran' | 'failed'>): string {
  return ran === 0 ? 'no seed ran' : `seeds ${from} to ${from + ran - 1} ran, ${failed} failed`;
}

/** What all of them did, and how fast. */
export function sumLine({ ran, steps, paid, deeds, elapsedMs }: RangeReport): string {
  const speed = `${(elapsedMs / 1_000).toFixed(1)} s, ${rateOf(ran, elapsedMs)} seeds/s`;
  return `${ran} seeds, ${steps} steps, ${paid} orders paid, ${deeds} deeds of merchants\n${speed}`;
}

function rateOf(ran: number, elapsedMs: number): string {
  return elapsedMs > 0 ? ((ran * 1_000) / elapsedMs).toFixed(1) : '–';
}

/** To the minute from an hour on, and to the second below that. */
function durationOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
