/**
 * Digests without a thread: Web Crypto answers from a thread pool, at a moment that no seed decides. The same digest is made
 * at once here, so that its await is one microtask like all others.
 */
import { createHash } from 'node:crypto';

const names: Readonly<Record<string, string>> = { 'SHA-256': 'sha256' };

/** Importing this file does it, for all of the process: the digests are the same, only sooner. */
Object.defineProperty(crypto.subtle, 'digest', {
  value: async (algorithm: string, data: Uint8Array): Promise<ArrayBuffer> => {
    const name = names[algorithm];
    if (name === undefined) throw new Error(`The simulation makes no ${algorithm} digests`);
    return Uint8Array.from(createHash(name).update(data).digest()).buffer;
  },
});
