/** How busy the disk is: how many times per second a small file on it can be written and synced. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

const probeMs = 250;

/** Synced writes of 4 KB per second. Other work on the same disk makes it fall; every commit of the shop needs one. */
export function syncsPerSecond(folder: string): number {
  const file = path.join(folder, `probe-${process.pid}`);
  const page = Buffer.alloc(4096, 1);
  const descriptor = openSync(file, 'w');
  const startedAt = performance.now();
  let count = 0;
  try {
    while (performance.now() - startedAt < probeMs) {
      writeSync(descriptor, page, 0, page.length, 0);
      fdatasyncSync(descriptor);
      count += 1;
    }
    return (count / (performance.now() - startedAt)) * 1000;
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}
