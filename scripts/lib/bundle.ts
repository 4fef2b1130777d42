/**
 * Bundles every Worker into one ES module each, with the settings that wrangler uses. All Workers are built in one pass, so
 * a shared file is parsed once. The result is kept in `dist/` beside the hashes of everything it was made from, and is used
 * again only while all of those are unchanged.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import * as z from 'zod';
import { projectRoot, type WorkerConfig, type WorkerName } from '../configs.ts';
import { SettingError } from './arguments.ts';
import { prepareReference } from './reference.ts';

export interface Bundle {
  readonly name: WorkerName;
  readonly code: string;
  readonly sizeBytes: number;
}

/** The code does not build. The message names file and line. */
export class BuildError extends SettingError {}

/** The files that a bundle was made from, relative to the checkout, with their SHA-256. */
const Manifest = z.strictObject({ recipe: z.string(), inputs: z.record(z.string(), z.string()) });
type Manifest = z.infer<typeof Manifest>;

function recipeOf(workers: readonly WorkerConfig[], root: string): BuildOptions & { metafile: true } {
  return {
    absWorkingDir: root,
    entryPoints: Object.fromEntries(workers.map(({ name, mainPath }) => [name, mainPath])),
    outdir: path.join(root, 'dist', 'workers'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  };
}

/**
 * Answers the bundle of every Worker, from `dist/` when nothing changed. Throws a `BuildError` when the code does not
 * build.
 */
export async function bundleWorkers(
  workers: readonly WorkerConfig[],
  root: string = projectRoot,
): Promise<readonly Bundle[]> {
  await prepareReference();
  const recipe = recipeOf(workers, root);
  const recipeHash = hashOf(JSON.stringify(recipe));
  const cached = await readCached(workers, recipeHash, root);
  if (cached !== undefined) return cached;

  const esbuild = await import('esbuild');
  const result = await esbuild.build({ ...recipe, write: false }).catch((error: unknown) => {
    throw new BuildError(error instanceof Error ? error.message : String(error));
  });
  const bundles = workers.map(({ name }) => {
    const file = result.outputFiles.find((output) => path.basename(output.path) === `${name}.mjs`);
    if (file === undefined) throw new Error(`esbuild wrote no bundle for ${name}`);
    return { name, code: file.text, sizeBytes: file.contents.byteLength };
  });
  await writeCache(bundles, Object.keys(result.metafile.inputs), recipeHash, root);
  return bundles;
}

async function readCached(
  workers: readonly WorkerConfig[],
  recipe: string,
  root: string,
): Promise<readonly Bundle[] | undefined> {
  const folder = path.join(root, 'dist', 'workers');
  const manifest = await readManifest(path.join(folder, 'manifest.json'));
  if (manifest?.recipe !== recipe) return undefined;
  try {
    const inputs = Object.entries(manifest.inputs);
    const hashes = await Promise.all(inputs.map(([file]) => hashOfFile(path.resolve(root, file))));
    if (inputs.some(([, hash], index) => hash !== hashes[index])) return undefined;
    return await Promise.all(
      workers.map(async ({ name }) => {
        const code = await readFile(path.join(folder, `${name}.mjs`), 'utf8');
        return { name, code, sizeBytes: Buffer.byteLength(code) };
      }),
    );
  } catch {
    // An input or a bundle is gone: build again.
    return undefined;
  }
}

async function readManifest(file: string): Promise<Manifest | undefined> {
  try {
    return Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The manifest is written last: a build that was cut short leaves a cache that does not match and is not used. */
async function writeCache(
  bundles: readonly Bundle[],
  inputs: readonly string[],
  recipe: string,
  root: string,
): Promise<void> {
  const folder = path.join(root, 'dist', 'workers');
  await mkdir(folder, { recursive: true });
  const hashes = await Promise.all(
    inputs.map(async (file) => [file, await hashOfFile(path.resolve(root, file))] as const),
  );
  const manifestPath = path.join(folder, 'manifest.json');
  await writeAtomically(manifestPath, '{}');
  await Promise.all(bundles.map(({ name, code }) => writeAtomically(path.join(folder, `${name}.mjs`), code)));
  await writeAtomically(
    manifestPath,
    JSON.stringify({ recipe, inputs: Object.fromEntries(hashes) } satisfies Manifest),
  );
}

/** Two shops may start from one checkout at once; neither may see half a file of the other. */
async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

async function hashOfFile(file: string): Promise<string> {
  return hashOf(await readFile(file));
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
