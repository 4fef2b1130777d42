/** What a Worker's `settings.json` says that it reads is what the code that it runs reads, no less and no more. */
import { describe, expect, it } from 'vitest';
import { configFileOf, projectRoot, readWorkers, type WorkerName, workerNames } from '../../scripts/configs.ts';
import { previousNameOf, workerSettingsOf } from '../../scripts/lib/worker-settings.ts';
import { importsOf, readSources, type SourceFile } from '../architecture/sources.ts';

const sources = new Map(readSources().map((source) => [source.file, source]));
const setting = /\b(?:VITRINE|STRIPE|SANDBOX)_[A-Z][A-Z_]*\b/g;
/** The pages of the reference are texts about settings. */
const isText = (file: string): boolean => file.endsWith('.generated.ts');

function filesOf(name: WorkerName): readonly SourceFile[] {
  const main = readWorkers().find((worker) => worker.name === name)?.mainPath ?? '';
  const reached = new Map<string, SourceFile>();
  const waiting = [main.slice(projectRoot.length + 1)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const source = sources.get(file);
    if (source === undefined || reached.has(file) || isText(file)) continue;
    reached.set(file, source);
    waiting.push(
      ...importsOf(source)
        .filter(({ isTypeOnly }) => !isTypeOnly)
        .map(({ to }) => to),
    );
  }
  return [...reached.values()];
}

/** Comments speak about settings that are read elsewhere. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

/** `SANDBOX` followed by a name is also how a step of a checkout could be called; only settings are read from `env`. */
function readBy(name: WorkerName): ReadonlySet<string> {
  return new Set(filesOf(name).flatMap(({ text }) => withoutComments(text).match(setting) ?? []));
}

describe.each(workerNames)('the settings of %s', (name) => {
  const { secrets, vars } = workerSettingsOf(name);
  const declared = [...Object.keys(secrets), ...vars];

  it('are all that its code reads', () => {
    expect(filesOf(name).length, configFileOf(name)).toBeGreaterThan(3);
    const known = new Set([...declared, ...Object.keys(secrets).map(previousNameOf)]);
    expect([...readBy(name)].filter((found) => !known.has(found))).toEqual([]);
  });

  it('are read', () => {
    expect(declared.filter((known) => !readBy(name).has(known))).toEqual([]);
  });
});
