/**
 * Runs wrangler so that it touches nothing outside the checkout: its registry of running Workers, its logs and its usage
 * reports would otherwise be shared by all checkouts of a user, where equally named Workers collide.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { projectRoot } from '../configs.ts';
import { tied } from './runtime.ts';

export interface WranglerOptions {
  readonly stdio: 'inherit' | 'pipe';
  readonly root?: string;
}

/** Starts wrangler itself, without the second process of its command, so that a signal reaches it. */
export function startWrangler(given: readonly string[], { stdio, root = projectRoot }: WranglerOptions): ChildProcess {
  const packagePath = createRequire(import.meta.url).resolve('wrangler/package.json');
  const cli = path.join(path.dirname(packagePath), 'wrangler-dist', 'cli.js');
  return spawn(...tied(process.execPath, ['--no-warnings', cli, ...given]), {
    cwd: root,
    stdio: ['ignore', stdio, stdio],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_REGISTRY_PATH: path.join(root, '.wrangler', 'registry'),
      WRANGLER_LOG_PATH: path.join(root, '.wrangler', 'logs'),
      // Offline the fallback for `request.cf` does, without a warning per start.
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      // Trace capture costs more than half of the throughput.
      X_LOCAL_OBSERVABILITY: process.env.X_LOCAL_OBSERVABILITY ?? 'false',
    },
  });
}
