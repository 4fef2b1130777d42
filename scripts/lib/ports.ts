/** Looks for ports that can be listened on. What it answers may change a moment later, so the caller still handles a clash. */
import { createServer } from 'node:net';

/** Whether a server could listen on this port now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Waits for a port that a process being killed may still hold. */
export async function waitForFreePort(port: number, timeoutMs: number, host?: string): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isPortFree(port, host))) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** The first free port from `first` on, looking at 100 at most. */
export async function nextFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 100 && port <= 65_535; port += 1) {
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No port is free between ${first} and ${Math.min(first + 99, 65_535)}.`);
}
