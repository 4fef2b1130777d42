/**
 * Ties the processes that a command starts to the command: a workerd whose parent was killed with -9 would go on serving and
 * writing. Miniflare and wrangler start the program that `MINIFLARE_WORKERD_PATH` names, so a wrapper goes there.
 */
import { createRequire } from 'node:module';
import path from 'node:path';

/** Makes every workerd that this process or its children start end with the process that started it. */
export function tieRuntimeToProcess(): void {
  if (process.platform === 'win32') return;
  const requireFromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
  const runtime: { readonly default: string } = requireFromMiniflare('workerd');
  process.env.VITRINE_WORKERD_PATH ??= process.env.MINIFLARE_WORKERD_PATH ?? runtime.default;
  process.env.MINIFLARE_WORKERD_PATH = path.join(import.meta.dirname, 'workerd.sh');
}

/** A command that ends with this process, for `spawn`. Windows has no such wrapper; there it may outlive a hard kill. */
export function tied(program: string, given: readonly string[]): readonly [program: string, given: string[]] {
  if (process.platform === 'win32') return [program, [...given]];
  return [path.join(import.meta.dirname, 'with-parent.sh'), [program, ...given]];
}
