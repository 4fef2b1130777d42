/**
 * Counts commits where they happen: in the write-ahead logs of the databases below a state folder. The last frame of a commit
 * says how large the database is after it, every other frame says zero.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseConfig } from '../scripts/configs.ts';

/** Commits by place: an object class, the name of a D1 database, or the alarms of a class. */
export type CommitCounts = ReadonlyMap<string, number>;

const walHeaderBytes = 32;
const frameHeaderBytes = 24;

interface Wal {
  readonly salt: string;
  readonly commits: number;
}

/** The state of every log; two of them make a count. */
export type WalSnapshot = ReadonlyMap<string, Wal>;

export function snapshotWals(storagePath: string): WalSnapshot {
  const files = readdirSync(storagePath, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('-wal'));
  return new Map(files.map((file) => [file, readWal(readFileSync(path.join(storagePath, file)))]));
}

export function readWal(bytes: Buffer): Wal {
  if (bytes.length < walHeaderBytes) return { salt: '', commits: 0 };
  const frameBytes = frameHeaderBytes + bytes.readUInt32BE(8);
  const salt = bytes.toString('hex', 16, 24);
  let commits = 0;
  // Frames after the end of the log are left from before its last restart and carry another salt.
  for (let at = walHeaderBytes; at + frameBytes <= bytes.length; at += frameBytes) {
    if (bytes.toString('hex', at + 8, at + 16) !== salt) break;
    if (bytes.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return { salt, commits };
}

/** The commits between two snapshots. A log that was restarted in between counts from its restart. */
export function commitsBetween(
  before: WalSnapshot,
  after: WalSnapshot,
  databases: readonly DatabaseConfig[],
): CommitCounts {
  const counts = new Map<string, number>();
  for (const [file, { salt, commits }] of after) {
    const known = before.get(file);
    const count = commits - (known?.salt === salt ? known.commits : 0);
    if (count <= 0) continue;
    const place = placeOf(file, databases);
    counts.set(place, (counts.get(place) ?? 0) + count);
  }
  return counts;
}

function placeOf(file: string, databases: readonly DatabaseConfig[]): string {
  const folder = path.basename(path.dirname(file));
  const name = path.basename(file, '.sqlite-wal');
  if (name === 'metadata') return `alarms of ${folder}`;
  const database = databases.find(({ databaseId }) => objectIdOf('miniflare-D1DatabaseObject', databaseId) === name);
  return database === undefined ? folder : `D1 ${database.databaseName}`;
}

/** The file name of an object that has a name, as workerd derives it. */
function objectIdOf(uniqueKey: string, name: string): string {
  const key = createHash('sha256').update(uniqueKey).digest();
  const nameHash = createHmac('sha256', key).update(name).digest().subarray(0, 16);
  const seal = createHmac('sha256', key).update(nameHash).digest().subarray(0, 16);
  return Buffer.concat([nameHash, seal]).toString('hex');
}
