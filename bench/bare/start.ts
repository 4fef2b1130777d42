/**
 * Runs the bare Worker, bundled, in a Miniflare of its own. It listens on two ports: Miniflare's proxy, behind which Workers
 * usually run locally and for which the targets were set, and a direct socket of workerd, like the shop's.
 */
import path from 'node:path';
import { build } from 'esbuild';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { tieRuntimeToProcess } from '../../scripts/lib/runtime.ts';
import type { Shop } from '../../scripts/lib/shop.ts';

export interface BarePorts {
  readonly usualPort: number;
  readonly directPort: number;
}

export async function startBare(
  { usualPort, directPort }: BarePorts,
  storagePath: string,
): Promise<Pick<Shop, 'stop'>> {
  tieRuntimeToProcess();
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    external: ['cloudflare:*'],
  });
  const contents = bundle.outputFiles[0]?.text ?? '';
  const host = '127.0.0.1';
  const miniflare = new Miniflare({
    host,
    port: usualPort,
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: storagePath,
    workers: [
      {
        config: {
          name: 'bare',
          compatibilityDate: '2026-11-01',
          manifest: { mainModule: 'bare.mjs', modulesRoot: '/', modules: { 'bare.mjs': { type: 'esm', contents } } },
          env: {
            DB: { type: 'd1', id: 'bare' },
            OBJECTS: { type: 'durable-object', worker: 'bare', exportName: 'BareObject' },
          },
          exports: { BareObject: { type: 'durable-object', storage: 'sqlite' } },
        },
        dev: { unsafeRegisterWorker: false, unsafeDirectSockets: [{ host, port: directPort }] },
      },
    ],
  });
  await miniflare.ready;
  return { stop: () => miniflare.dispose() };
}
