/**
 * A workerd whose parent was killed with -9 goes on serving and writing. Miniflare and wrangler start the program that
 * `MINIFLARE_WORKERD_PATH` names, so a wrapper that ends with its parent goes there.
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
