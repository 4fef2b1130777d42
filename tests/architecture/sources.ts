/** The project's TypeScript files and the import lines in them, as the architecture rules look at them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/configs.ts';

export interface SourceFile {
  /** Relative to the checkout, with slashes. */
  readonly file: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** A file of the project, relative to the checkout, or the name of a package. */
  readonly to: string;
  /** True when nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
}

const folders = ['workers', 'durable-objects', 'shared', 'scripts', 'tests', 'bench'];

/** What tools leave behind while they run: wrangler keeps such folders beside the file it was given. */
const generated = /(?:^|[\\/])(?:\.[^\\/]+|dist|node_modules)[\\/]/;

/** Every TypeScript file of the project. */
export function readSources(): readonly SourceFile[] {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !generated.test(name))
      .map((name) => `${folder}/${name.split(path.sep).join('/')}`),
  );
  return [...files, 'vitest.config.ts']
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(projectRoot, file), 'utf8') }));
}

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || /^(?:tests|shared\/testing|workers\/[^/]+\/testing)\//.test(file);
}

const importLine =
  /^[ \t]*(?:import|export)\s+(?<what>[^'"`;]*?)\s*from\s*['"](?<named>[^'"]+)['"]|^[ \t]*import\s*['"](?<bare>[^'"]+)['"]|\bimport\(\s*['"](?<dynamic>[^'"]+)['"]/gm;

/** The imports and re-exports of a file. */
export function importsOf({ file, text }: SourceFile): readonly Import[] {
  return [...text.matchAll(importLine)].map(({ groups = {} }) => {
    const specifier = groups.named ?? groups.bare ?? groups.dynamic ?? '';
    return {
      from: file,
      to: resolve(file, specifier),
      isTypeOnly: groups.named !== undefined && isTypeOnly(groups.what ?? ''),
    };
  });
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.')
    ? path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
    : specifier;
}

/** `type X`, `type { X }` and `{ type X, type Y }` vanish; anything else is loaded. */
function isTypeOnly(what: string): boolean {
  if (/^type\b/.test(what)) return true;
  const names = /^\{(?<names>[^}]*)\}$/.exec(what.trim())?.groups?.names?.split(',') ?? [''];
  return (
    names.every((name) => name.trim() === '' || /^type\b/.test(name.trim())) && names.some((name) => name.trim() !== '')
  );
}
