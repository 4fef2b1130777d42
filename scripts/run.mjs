/**
 * Starts a script of this project: `node scripts/run.mjs scripts/start.ts --port 8787`. It checks the version of Node first,
 * and asks Nodes that do not yet strip types by themselves to do so. A signal reaches the script either way.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import './node-version.mjs';

const [script = '', ...options] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Node 24 strips types without a flag and without a warning, so no second process is needed.
  process.argv.splice(1, 1);
  import(pathToFileURL(resolve(script)).href);
} else {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, script, ...options], {
    stdio: 'inherit',
    env: { ...process.env, VITRINE_LAUNCHER: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}
