/**
 * Shows how far an import is: a bar that redraws itself on a terminal, a line now and then elsewhere. Writes to the error
 * stream, so that the report on the output stream can be kept.
 */

const barWidth = 28;
const redrawMs = 100;
/** In a log file a line every few seconds is enough. */
const lineMs = 3_000;

export interface Step {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, such as "rows". */
  readonly unit: string;
}

export class Progress {
  readonly #out: NodeJS.WriteStream;
  #step = '';
  #startedAt = 0;
  #startedWith = 0;
  #shownAt = 0;
  #isLineOpen = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(step: Step, now: number): void {
    const isNew = step.name !== this.#step;
    if (isNew) {
      this.end();
      this.#step = step.name;
      this.#startedAt = now;
      this.#startedWith = step.done;
    }
    const isDone = step.done >= step.total;
    if (!isNew && !isDone && now - this.#shownAt < (this.#out.isTTY ? redrawMs : lineMs)) return;
    this.#shownAt = now;
    const seconds = (now - this.#startedAt) / 1_000;
    const rate = seconds > 0.2 ? (step.done - this.#startedWith) / seconds : null;
    this.#write(lineOf(step, rate, this.#out.isTTY === true));
  }

  /** Leaves the bar as it is and goes on below it. */
  end(): void {
    if (this.#isLineOpen) this.#out.write('\n');
    this.#isLineOpen = false;
  }

  #write(line: string): void {
    if (this.#out.isTTY !== true) {
      this.#out.write(`${line}\n`);
      return;
    }
    this.#out.write(`\r\u001b[2K${line.slice(0, Math.max(20, (this.#out.columns ?? 80) - 1))}`);
    this.#isLineOpen = true;
  }
}

/** One line: name, bar, percentage, count and speed. `rate` is null while it is not known yet. */
export function lineOf({ name, done, total, unit }: Step, rate: number | null, hasBar: boolean): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * barWidth);
  const bar = hasBar ? ` ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}` : '';
  const count =
    unit === 'bytes' ? `${megabytes(done)} of ${megabytes(total)} MB` : `${grouped(done)} of ${grouped(total)} ${unit}`;
  const speed = rate === null ? '' : unit === 'bytes' ? `, ${megabytes(rate)} MB/s` : `, ${grouped(rate)} ${unit}/s`;
  return `${name}${bar} ${Math.floor(part * 100)} %  ${count}${speed}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en');
}
