/**
 * Runs once before all journeys: empty databases, brought up to date as `npm start` does it. Every shop begins with a copy, which
 * takes half of the time from its start; the journeys about starting, and those that run alone, still begin with nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { databasesOf, readWorkers } from '../../scripts/configs.ts';
import { migrate } from '../../scripts/lib/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder to copy to a shop's state, in the place of its storage; absent where every shop begins with nothing. */
    readonly migratedStorage?: string;
  }
}

export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitrine-migrated-'));
  const environment = { ...process.env };
  await migrate(databasesOf(readWorkers()), folder);
  // A command ties its runtimes to itself; those of the other tests in this process are not ours.
  process.env = environment;
  project.provide('migratedStorage', folder);
  return () => rm(folder, { recursive: true, force: true });
}
