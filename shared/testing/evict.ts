/**
 * Evicts an object from memory, as the platform does when nobody needs it: what is asked next starts it from its storage. The
 * runtime waits a moment for calls that have not quite ended, which is too short on a busy machine, so it is asked again.
 */
import { evictDurableObject } from 'cloudflare:test';

const triesMax = 10;

export async function evictObject(stub: Parameters<typeof evictDurableObject>[0]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await evictDurableObject(stub);
    } catch (error) {
      const isInUse = error instanceof Error && error.message.includes('still has active references');
      if (!isInUse || tries === triesMax) throw error;
    }
  }
}
