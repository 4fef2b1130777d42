/**
 * Every file of a Worker belongs to a layer. The table says which files each layer has, so that a newcomer finds a rule by
 * its name, and a file that belongs nowhere is a fault. What is not like the others stands in `deviations`, with its reason.
 */

export interface Layer {
  readonly name: string;
  /** The part of a path after `workers/<owner>/`. */
  readonly files: RegExp;
}

/** A room is a folder for one use case of a large owner, with the same layers inside. */
const room = '(?:(?:checkout|operations|allowances|codes)/)?';

export const layers: readonly Layer[] = [
  { name: 'index: what the Worker serves and exports', files: /^index\.ts$/ },
  { name: 'context: its bindings, and what its use cases are given', files: /^context\.ts$/ },
  { name: 'domain: pure rules', files: new RegExp(`^${room}domain(?:\\.ts$|/)`) },
  { name: 'service: use cases', files: new RegExp(`^${room}service(?:\\.ts$|/)`) },
  { name: 'store: SQL', files: new RegExp(`^${room}store(?:\\.ts$|/)`) },
  { name: 'routes: HTTP', files: new RegExp(`^${room}routes(?:\\.ts$|/)`) },
  { name: 'events: the inbox', files: /^events\.ts$/ },
  { name: 'view: what is shown outside', files: new RegExp(`^${room}view\\.ts$`) },
  { name: 'testing: what only tests use', files: /^testing\// },
];

export interface Deviation {
  readonly files: RegExp;
  readonly reason: string;
}

export const deviations: readonly Deviation[] = [
  {
    files: /^workers\/router\/[^/]+\.ts$/,
    reason: 'The router owns no data and no rules of the shop: it is one pipeline, and each file is a stage of it.',
  },
  {
    files: /^workers\/payments\/providers\/[^/]+\.ts$/,
    reason: 'Adapters to payment providers, one interface each; only payments speaks to the outside.',
  },
  {
    files: /^workers\/orders\/(?:checkout|operations)\/[^/]+\.ts$/,
    reason: 'The two rooms of the saga hold use cases only, which the Order object runs; their rules are in domain/.',
  },
];

/** The files under `workers/` that no layer and no deviation knows. */
export function filesWithoutLayer(files: readonly string[]): readonly string[] {
  return files.filter((file) => {
    const within = /^workers\/[^/]+\/(.+)$/.exec(file)?.[1];
    if (within === undefined || file.endsWith('.test.ts') || file.endsWith('.d.ts')) return false;
    return !layers.some((layer) => layer.files.test(within)) && !deviations.some((one) => one.files.test(file));
  });
}
