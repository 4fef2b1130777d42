/**
 * Builds the Workers as `npm start` does, each behind a generated entry that imports the real one and puts meters into it. The
 * deployed code is not changed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkerConfig } from '../../scripts/configs.ts';
import { type Bundle, bundleWorkers } from '../../scripts/lib/bundle.ts';
import type { Shape } from './inside/bindings.ts';
import type { Description } from './inside/entries.ts';
import type { HopKind } from './inside/meter.ts';

/** The entries and their bundles are kept below this folder. */
export async function bundleMetered(workers: readonly WorkerConfig[], folder: string): Promise<readonly Bundle[]> {
  mkdirSync(folder, { recursive: true });
  const metered = workers.map((worker) => {
    const mainPath = path.join(folder, `${worker.name}.ts`);
    writeFileSync(mainPath, entryOf(worker));
    return { ...worker, mainPath };
  });
  return bundleWorkers(metered, folder);
}

function entryOf(worker: WorkerConfig): string {
  const { name, mainPath, wrangler } = worker;
  const description: Description = { worker: name, shape: shapeOf(worker), siblings: siblingsOf(worker) };
  const objects = wrangler.migrations.flatMap((migration) => migration.new_sqlite_classes);
  const others = Object.keys(wrangler.exports ?? {}).filter((entry) => entry !== 'default');
  return [
    `import * as real from ${JSON.stringify(mainPath)};`,
    `import * as meter from ${JSON.stringify(path.join(import.meta.dirname, 'inside', 'entries.ts'))};`,
    `const description = ${JSON.stringify(description)};`,
    'export default meter.meterEntrypoint(real.default, description);',
    ...objects.map((object) => `export const ${object} = meter.meterObject(real.${object}, description);`),
    ...others.map((entry) => `export const ${entry} = meter.meterEntrypoint(real.${entry}, description);`),
    '',
  ].join('\n');
}

function shapeOf({ wrangler }: WorkerConfig): Shape {
  const named = (kind: HopKind, bindings: readonly string[]) => bindings.map((binding) => [binding, kind] as const);
  return Object.fromEntries([
    ...named(
      'service',
      wrangler.services.map(({ binding }) => binding),
    ),
    ...named(
      'object',
      wrangler.durable_objects.bindings.map(({ name }) => name),
    ),
    ...named(
      'd1',
      wrangler.d1_databases.map(({ binding }) => binding),
    ),
    ...named(
      'queue',
      wrangler.queues.producers.map(({ binding }) => binding),
    ),
  ]);
}

/** The router reaches every Worker, so it can read out all meters. */
function siblingsOf({ name, wrangler }: WorkerConfig): readonly string[] {
  if (name !== 'router') return [];
  return wrangler.services.filter(({ entrypoint }) => entrypoint === undefined).map(({ binding }) => binding);
}
