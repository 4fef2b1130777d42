/**
 * How the commands run workerd. They tie the processes that they start to themselves: a workerd whose parent was killed with -9
 * would go on serving and writing. Miniflare and wrangler start the program that `MINIFLARE_WORKERD_PATH` names, so a wrapper
 * goes there.
 */
import { createRequire } from 'node:module';
import path from 'node:path';

/** Makes every workerd that this process or its children start end with the process that started it. */
export function tieRuntimeToProcess(environment: NodeJS.ProcessEnv = process.env): void {
  if (process.platform === 'win32') return;
  const requireFromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
  const runtime: { readonly default: string } = requireFromMiniflare('workerd');
  const wrapper = path.join(import.meta.dirname, 'workerd.sh');
  const given = environment.MINIFLARE_WORKERD_PATH;
  // A wrapper that wraps itself would start itself for ever.
  environment.VITRINE_WORKERD_PATH ??= given === undefined || given === wrapper ? runtime.default : given;
  environment.MINIFLARE_WORKERD_PATH = wrapper;
}

/**
 * The garbage of a request owns up to six times as much memory outside of V8's heap (promises, contexts, bodies) as inside, goes
 * with a full collection only, and V8 counts the inside alone. Left to itself it lets each of the runtime's forty-five heaps grow
 * as in a browser, and hundreds of megabytes wait to be collected. Told so, it collects at 4 MB first, later when 15 percent or
 * 2 MB are new, keeps the young generation at 1 MB, and gives emptied pages back.
 */
const v8Flags = [
  '--optimize-for-size',
  '--initial-old-space-size=4',
  '--heap-growing-percent=15',
  '--compact-on-every-full-gc',
];

/** Makes every workerd that this process or its children start from now on collect its garbage early. Flags that are set win. */
export function collectGarbageEarly(environment: NodeJS.ProcessEnv = process.env): void {
  environment.MINIFLARE_WORKERD_V8_FLAGS ??= v8Flags.join(' ');
}

/** The environment of a workerd whose public socket is guarded (`public-socket.ts`). Windows has no wrapper to do it. */
export function guardOfPublicSocket(): Readonly<Record<string, string>> {
  if (process.platform === 'win32') return {};
  const isBundled = import.meta.filename.endsWith('.js');
  return {
    VITRINE_NODE_PATH: process.execPath,
    VITRINE_NODE_FLAGS: process.execArgv.join(' '),
    VITRINE_WORKERD_GUARD: path.join(import.meta.dirname, isBundled ? 'guard.js' : 'guard.ts'),
  };
}

/** With flags like these the runtime compiles its own scripts anew, once per start, and says so. */
export function isNoticeOfFlags(message: string): boolean {
  return message.includes('bootstrap compile cache failed its compatibility check');
}

/** A command that ends with this process, for `spawn`. Windows has no such wrapper; there it may outlive a hard kill. */
export function tied(program: string, given: readonly string[]): readonly [program: string, given: string[]] {
  if (process.platform === 'win32') return [program, [...given]];
  return [path.join(import.meta.dirname, 'with-parent.sh'), [program, ...given]];
}
