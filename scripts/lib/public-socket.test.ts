/** The configuration that Miniflare writes for workerd, as it leaves the guard. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Miniflare } from 'miniflare';
import { describe, expect, it } from 'vitest';
import { nextFreePort } from './ports.ts';
import { guardSockets } from './public-socket.ts';
import { guardOfPublicSocket, tieRuntimeToProcess } from './runtime.ts';

const echo = `export default { fetch: (request) =>
  Response.json({ cf: request.cf ?? null, forged: request.headers.get('mf-cf-blob') }) };`;

/** What a Worker on a direct socket sees of a client that says where it comes from. */
async function seenOf(environment: Readonly<Record<string, string>>) {
  const before = { ...process.env };
  tieRuntimeToProcess();
  const port = await nextFreePort(19_200);
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    unsafeRuntimeEnv: { ...environment },
    workers: [
      {
        config: {
          name: 'echo',
          compatibilityDate: '2026-11-01',
          manifest: {
            mainModule: 'echo.mjs',
            modulesRoot: '/',
            modules: { 'echo.mjs': { type: 'esm', contents: echo } },
          },
        },
        dev: { unsafeRegisterWorker: false, unsafeDirectSockets: [{ host: '127.0.0.1', port }] },
      },
    ],
  });
  try {
    await miniflare.ready;
    const headers = { 'mf-cf-blob': '{"clientIp":"203.0.113.1:1","country":"XX"}' };
    return await (await fetch(`http://127.0.0.1:${port}/`, { headers })).json();
  } finally {
    await miniflare.dispose();
    process.env = before;
  }
}

describe('the public socket', () => {
  it('lets a client say anything as Miniflare opens it, which is why there is a guard', async () => {
    expect(await seenOf({})).toMatchObject({ cf: { country: 'XX' } });
  });

  it('names the peer of the connection once it is guarded, and believes no header', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-guard-'));
    try {
      const pid = { VITRINE_WORKERD_PID_PATH: path.join(folder, 'pid') };
      const seen = await seenOf({ ...pid, ...guardOfPublicSocket() });
      expect(seen).toEqual({
        cf: { clientIp: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
        forged: expect.stringContaining('203.0.113.1'),
      });
      // The configuration, which holds secrets, is gone.
      expect(() => readFileSync(path.join(folder, 'pid.config'))).toThrow(/ENOENT/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('does not open at all when there is nothing to guard', () => {
    expect(guardSockets(new Uint8Array(minimal), 'direct:')).toBe(0);
    expect(() => guardSockets(new Uint8Array(24), 'direct:')).toThrow();
  });
});

/** A message with one struct of two null pointers and a list of no sockets: header, root, pointers, the tag of the list. */
const minimal = [
  [0, 0, 0, 0, 4, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 2, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [1, 0, 0, 0, 7, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
].flat();
