/**
 * Stands between Miniflare and workerd (`workerd.sh`): reads the configuration that Miniflare wrote, guards the sockets that the
 * shop opens to others, and writes it on. Changes nothing without success, so workerd never starts unguarded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { guardSockets } from './public-socket.ts';

/** As Miniflare calls the sockets of `unsafeDirectSockets`. */
const publicPrefix = 'direct:';

const configuration = readFileSync(0);
if (guardSockets(configuration, publicPrefix) === 0)
  throw new Error(`The configuration of workerd has no socket "${publicPrefix}…" to guard. Is this another Miniflare?`);
writeFileSync(1, configuration);
