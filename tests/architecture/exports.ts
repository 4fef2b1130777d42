/**
 * Exports that nobody imports. Such a name is either dead or private to its file; both mislead a reader who looks for its
 * users. A Worker's `index.ts` exports for the runtime, and a contract for whatever generates documents from it.
 */
import { importsOf, type SourceFile } from './sources.ts';

const forOthers = /^workers\/[^/]+\/index\.ts$|^shared\/contracts\/|\.generated\.ts$/;
const checked = /^(?:workers|durable-objects|shared)\//;
const exportLine =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function|const|class|interface|type|let) (?<name>[A-Za-z0-9_]+)/gm;
const importLine = /(?:import|export)\s+(?:type\s+)?(?<what>[^'";]*?)\s*from\s*'(?<from>[^']+)'/g;

/** Every export that no file of the project imports, as `file: name`. */
export function unusedExports(sources: readonly SourceFile[]): readonly string[] {
  const used = new Set(sources.flatMap(importedNames));
  return sources
    .filter(({ file }) => checked.test(file) && !forOthers.test(file) && !file.endsWith('.test.ts'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(exportLine)]
        .map(({ groups }) => groups?.name ?? '')
        .filter((name) => !used.has(`${file}: ${name}`) && !used.has(`${file}: *`))
        .map((name) => `${file}: ${name}`),
    );
}

/** What a file imports, as `file: name`; a whole module is `file: *`. */
function importedNames(source: SourceFile): readonly string[] {
  return [...source.text.matchAll(importLine)].flatMap(({ groups = {} }) => {
    const [line] = importsOf({ file: source.file, text: `import { x } from '${groups.from}';` });
    const what = groups.what ?? '';
    if (what.includes('*')) return [`${line?.to}: *`];
    const names = /\{(?<names>[^}]*)\}/.exec(what)?.groups?.names ?? '';
    return names
      .split(',')
      .map(
        (name) =>
          name
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0]
            ?.trim() ?? '',
      )
      .filter((name) => name !== '')
      .map((name) => `${line?.to}: ${name}`);
  });
}
