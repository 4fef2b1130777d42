/** What the fake Cloudflare keeps of one account. Time goes on by a millisecond with everything that is made, so order is never a tie. */
import { createHash, randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

export interface FakeBinding {
  readonly type: string;
  readonly name: string;
  readonly text?: string | undefined;
  readonly [property: string]: unknown;
}

export interface FakeVersion {
  readonly id: string;
  readonly number: number;
  /** As they took effect: what was inherited is written out. */
  readonly bindings: readonly FakeBinding[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** SHA-256 by module. */
  readonly modules: Readonly<Record<string, string>>;
  readonly createdOn: string;
}

export interface FakeDeployment {
  readonly id: string;
  readonly created_on: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

export interface FakeWorker {
  readonly name: string;
  readonly tag: string;
  classes: ReadonlySet<string>;
  migrationTag: string | undefined;
  readonly versions: FakeVersion[];
  /** Newest first. */
  readonly deployments: FakeDeployment[];
  schedules: readonly { readonly cron: string }[];
  subdomain: { enabled: boolean; previews_enabled: boolean };
  observability: unknown;
}

export interface FakeConsumer {
  readonly consumer_id: string;
  script: string;
  dead_letter_queue?: string | undefined;
  settings: unknown;
}

export interface FakeQueue {
  readonly queue_id: string;
  readonly queue_name: string;
  consumers: FakeConsumer[];
}

export interface FakeDatabase {
  readonly uuid: string;
  readonly name: string;
  readonly jurisdiction: string | undefined;
  readonly db: DatabaseSync;
  /** What was run with success, so that a copy can be made. */
  readonly history: string[];
}

export interface Account {
  readonly workers: Map<string, FakeWorker>;
  readonly databases: Map<string, FakeDatabase>;
  readonly queues: Map<string, FakeQueue>;
  readonly domains: Map<string, { readonly id: string; readonly hostname: string; readonly service: string }>;
  readonly routes: Map<string, { readonly id: string; readonly pattern: string; readonly script: string }>;
  /** Ids by name. */
  readonly zones: ReadonlyMap<string, string>;
}

/** What the real API is known to answer where it refuses. */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly { readonly code: number; readonly message: string }[];

  constructor(status: number, ...problems: readonly (readonly [code: number, message: string])[]) {
    super(problems.map(([code, message]) => `${message} [${code}]`).join('; '));
    this.status = status;
    this.problems = problems.map(([code, message]) => ({ code, message }));
  }
}

export function refuse(status: number, code: number, message: string): never {
  throw new Refusal(status, [code, message]);
}

export function createAccount(zones: Readonly<Record<string, string>>): Account {
  return {
    ...{ workers: new Map(), databases: new Map(), queues: new Map(), domains: new Map(), routes: new Map() },
    zones: new Map(Object.entries(zones)),
  };
}

/** Another account in the same state. */
export function copyAccount(account: Account): Account {
  const { databases, ...others } = account;
  const copies = [...databases].map(([id, { uuid, name, jurisdiction, history }]): [string, FakeDatabase] => {
    const db = new DatabaseSync(':memory:');
    for (const sql of history) db.exec(sql);
    return [id, { uuid, name, jurisdiction, db, history: [...history] }];
  });
  return { ...structuredClone(others), databases: new Map(copies) };
}

let lastMs = Date.UTC(2026, 10, 1);

export function nextMoment(): string {
  lastMs += 1;
  return new Date(lastMs).toISOString();
}

export function hexId(): string {
  return randomUUID().replaceAll('-', '');
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
