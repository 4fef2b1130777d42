/**
 * `npm run release`: makes `dist/release`, a folder that runs a production shop with Node and workerd alone. It needs no sources,
 * no bundler and no registry, may be read-only, and comes out the same from the same sources.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { databasesOf, productionWorkers, projectRoot, readWorkers, type WorkerConfig } from './configs.ts';
import { answerHelp, readFlags, sayFailure } from './lib/arguments.ts';
import { BuildError, bundleWorkers } from './lib/bundle.ts';
import { readMigrations, toApply } from './lib/migrate.ts';
import { release } from './lib/release.ts';
import { manifestFile, type ReleaseManifest, workersFile } from './release/contents.ts';
import { copyPackages } from './release/packages.ts';

const usage = `Usage: npm run release -- [--to FOLDER]

  --to  where the release is made (dist/release); what is there is replaced

Then: node dist/release/start.js --production --state FOLDER`;

/** Commands of a release, and the sources of each. Those that a checkout does not have are left out. */
const commands: Readonly<Record<string, string>> = {
  start: 'scripts/release/start.ts',
  backup: 'scripts/backup.ts',
  restore: 'scripts/restore.ts',
  doctor: 'scripts/doctor.ts',
  setup: 'scripts/setup.ts',
};

async function makeRelease(to: string): Promise<void> {
  const draft = `${to}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const workers = productionWorkers(readWorkers());
  await writeWorkers(workers, draft);
  await writeMigrations(workers, draft);
  await writeCommands(draft);
  copyPackages(path.join(projectRoot, 'node_modules'), path.join(draft, 'node_modules'));
  const manifest = { version: release, ...sourceOf(), files: describe(draft) } satisfies ReleaseManifest;
  writeJson(path.join(draft, manifestFile), manifest);
  makeWritable(to);
  rmSync(to, { recursive: true, force: true });
  renameSync(draft, to);
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  console.log(
    `released ${release} to ${path.relative(process.cwd(), to) || to}: ${Object.keys(manifest.files).length} files, ${Math.round(bytes / 1_000_000)} MB`,
  );
}

async function writeWorkers(workers: readonly WorkerConfig[], to: string): Promise<void> {
  const bundles = await bundleWorkers(readWorkers());
  mkdirSync(path.join(to, 'workers'));
  for (const { name } of workers) {
    const bundle = bundles.find((candidate) => candidate.name === name);
    if (bundle === undefined) throw new Error(`There is no bundle of ${name}`);
    writeFileSync(path.join(to, 'workers', `${name}.mjs`), bundle.code);
  }
  const runnable = workers.map(({ name, isDevelopmentOnly, wrangler }) => ({ name, isDevelopmentOnly, wrangler }));
  writeJson(path.join(to, workersFile), runnable);
}

async function writeMigrations(workers: readonly WorkerConfig[], to: string): Promise<void> {
  for (const database of databasesOf(workers)) {
    const folder = path.join(to, 'migrations', path.basename(database.migrationsPath));
    mkdirSync(folder, { recursive: true });
    const { migrations } = toApply(await readMigrations(database));
    for (const { file, hash, statements } of migrations)
      writeJson(path.join(folder, file.replace(/\.sql$/, '.json')), { hash, statements: await statements() });
  }
}

async function writeCommands(to: string): Promise<void> {
  const present = Object.entries(commands).filter(([, source]) => existsSync(path.join(projectRoot, source)));
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: projectRoot,
    entryPoints: {
      guard: 'scripts/lib/guard.ts',
      ...Object.fromEntries(present.map(([name, source]) => [`${name}.main`, source])),
    },
    outdir: to,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Found at run time where they are there; wrangler cuts migrations into statements in a checkout only.
    external: ['miniflare', 'wrangler', 'esbuild'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new BuildError(error instanceof Error ? error.message : String(error));
  });
  for (const [name] of present)
    cpSync(path.join(projectRoot, 'scripts/release/launcher.mjs'), path.join(to, `${name}.js`));
  for (const script of ['workerd.sh', 'with-parent.sh']) {
    cpSync(path.join(projectRoot, 'scripts/lib', script), path.join(to, script));
    chmodSync(path.join(to, script), 0o755);
  }
  writeJson(path.join(to, 'package.json'), {
    name: 'vitrine-release',
    version: release,
    private: true,
    type: 'module',
  });
}

/** A release that was made read-only is replaced like any other. */
function makeWritable(folder: string): void {
  if (!existsSync(folder)) return;
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(path.join(folder, entry.name));
}

/** The commit and its time. Sources that were changed since are no commit. */
function sourceOf(): Pick<ReleaseManifest, 'commit' | 'builtAt'> {
  try {
    const git = (...given: readonly string[]): string =>
      execFileSync('git', given, { cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    const commit = `${git('rev-parse', 'HEAD')}${isChanged ? '+changed' : ''}`;
    return { commit, builtAt: new Date(git('log', '-1', '--format=%cI')).toISOString() };
  } catch {
    return { commit: null, builtAt: new Date(0).toISOString() };
  }
}

function describe(folder: string): ReleaseManifest['files'] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(
    names.map((name) => {
      const content = readFileSync(path.join(folder, name));
      return [name, { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength }];
    }),
  );
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}

answerHelp(process.argv.slice(2), usage);
try {
  const { to } = readFlags(['to'], process.argv.slice(2));
  await makeRelease(path.resolve(to ?? path.join(projectRoot, 'dist', 'release')));
} catch (error) {
  sayFailure(error, usage);
  process.exit(1);
}
