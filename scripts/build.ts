/** `npm run build`: bundles every Worker into `dist/workers`, as `npm start` runs them, and prints their sizes. */
import { readWorkers } from './configs.ts';
import { BuildError, bundleWorkers } from './lib/bundle.ts';

async function build(): Promise<void> {
  const startedAt = performance.now();
  const bundles = await bundleWorkers(readWorkers());
  for (const { name, sizeBytes } of bundles) {
    console.log(`${name.padEnd(16)}${String(Math.round(sizeBytes / 1024)).padStart(6)} KiB`);
  }
  console.log(`built ${bundles.length} Workers in ${Math.round(performance.now() - startedAt)} ms`);
}

try {
  await build();
} catch (error) {
  console.error(error instanceof BuildError ? error.message : error);
  process.exit(1);
}
