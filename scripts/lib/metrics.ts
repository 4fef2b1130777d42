/**
 * What a single node measures of itself, in the text format that Prometheus reads: answers by class and duration from the access
 * log, and what its two processes, its disk and its backups are at. Pure: the facts are read elsewhere.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** One answered request. */
export interface Answered {
  readonly status: number;
  readonly durationMs: number;
}

/** What holds at the moment of a reading. */
export interface NodeFacts {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly processes: readonly ProcessFacts[];
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number };
  /** Null before the first good one. Milliseconds since 1970. */
  readonly lastBackupAt: number | null;
}

export interface ProcessFacts {
  readonly name: 'node' | 'runtime';
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

/** From what a cache answers to what a shopper gives up on. */
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const families = {
  vitrine_info: ['gauge', 'The release that runs.'],
  vitrine_start_time_seconds: ['gauge', 'When the shop was started, in seconds since 1970.'],
  vitrine_http_requests_total: ['counter', 'Requests that were answered, by class of status.'],
  vitrine_http_request_duration_seconds: ['histogram', 'How long answers took, until their first byte.'],
  vitrine_process_resident_memory_bytes: [
    'gauge',
    'Memory of a process: node starts and watches, the runtime runs the shop.',
  ],
  vitrine_process_cpu_seconds_total: ['counter', 'Processor time of a process.'],
  vitrine_state_disk_free_bytes: ['gauge', 'What is free on the disk of the state.'],
  vitrine_state_disk_size_bytes: ['gauge', 'The size of the disk of the state.'],
  vitrine_backup_last_success_timestamp_seconds: ['gauge', 'When the last backup was taken and verified; 0 if never.'],
} as const satisfies Readonly<Record<string, readonly [type: string, help: string]>>;
export type MetricName = keyof typeof families;
export const metricNames = Object.keys(families).filter((name): name is MetricName => name in families);

type Labels = Readonly<Record<string, string>>;
interface Sample {
  /** Added to the name of the family: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number;
}

export class Metrics {
  readonly #byClass = new Map<string, number>(statusClasses.map((name) => [name, 0]));
  /** How many took no longer than each bound, not counted twice; the last one is for what took longer than all. */
  readonly #buckets = new Array<number>(bucketsSeconds.length + 1).fill(0);
  #sumMs = 0;

  observe({ status, durationMs }: Answered): void {
    const name = `${Math.floor(status / 100)}xx`;
    this.#byClass.set(name, (this.#byClass.get(name) ?? 0) + 1);
    const found = bucketsSeconds.findIndex((bound) => durationMs <= bound * 1000);
    const index = found === -1 ? bucketsSeconds.length : found;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#sumMs += durationMs;
  }

  text({ version, startedAt, processes, disk, lastBackupAt }: NodeFacts): string {
    const ofProcesses = (value: (facts: ProcessFacts) => number): Sample[] =>
      processes.map((facts) => ({ labels: { process: facts.name }, value: value(facts) }));
    const samples: Readonly<Record<MetricName, readonly Sample[]>> = {
      vitrine_info: [{ labels: { version }, value: 1 }],
      vitrine_start_time_seconds: [{ value: startedAt / 1000 }],
      vitrine_http_requests_total: [...this.#byClass].map(([status, value]) => ({ labels: { status }, value })),
      vitrine_http_request_duration_seconds: this.#durations(),
      vitrine_process_resident_memory_bytes: ofProcesses(({ residentBytes }) => residentBytes),
      vitrine_process_cpu_seconds_total: ofProcesses(({ cpuSeconds }) => cpuSeconds),
      vitrine_state_disk_free_bytes: [{ value: disk.freeBytes }],
      vitrine_state_disk_size_bytes: [{ value: disk.sizeBytes }],
      vitrine_backup_last_success_timestamp_seconds: [{ value: (lastBackupAt ?? 0) / 1000 }],
    };
    return metricNames.map((name) => familyText(name, samples[name])).join('');
  }

  #durations(): Sample[] {
    let count = 0;
    const buckets = this.#buckets.map((value, index) => {
      count += value;
      const bound = bucketsSeconds[index];
      return { suffix: '_bucket', labels: { le: bound === undefined ? '+Inf' : String(bound) }, value: count };
    });
    return [...buckets, { suffix: '_sum', value: this.#sumMs / 1000 }, { suffix: '_count', value: count }];
  }
}

function familyText(name: MetricName, samples: readonly Sample[]): string {
  const [type, help] = families[name];
  const lines = samples.map(({ suffix = '', labels = {}, value }) => `${name}${suffix}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (character: string): string => (character === '\n' ? '\\n' : `\\${character}`);
