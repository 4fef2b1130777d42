/**
 * A model of an object's output gate: neither an answer nor a call leaves an object before everything that it wrote is persisted.
 * This gate also counts commits and can be made slow.
 *
 * This is a model: what is written within one turn of the event loop is taken for one commit, as the runtime does.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { count, delayOf, sleep } from './meter.ts';

export class Gate {
  /** True from the first write of a commit until the end of its turn. */
  #isFilling = false;
  #persisted: Promise<unknown> = Promise.resolve();
  #running = 0;
  #busySince = 0;

  wrote(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    count('object commits');
    const commit = sleep(0).then(() => {
      this.#isFilling = false;
      const delay = delayOf('commit');
      return delay === undefined ? undefined : sleep(delay);
    });
    this.#persisted = Promise.all([this.#persisted, commit]);
  }

  /** Resolves when everything that was written until now is on disk. */
  async opened(): Promise<void> {
    // The rows of a statement are counted a microtask after it; a write just before this call must be seen.
    await Promise.resolve();
    await this.#persisted;
  }

  /** True for what runs inside of this object already. */
  isCurrent(): boolean {
    return inObject.getStore() === this;
  }

  /** Runs something that the object does for others. While anything runs, the object is billed for its time. */
  async run<Value>(work: () => Value): Promise<Awaited<Value>> {
    if (this.#running === 0) this.#busySince = Date.now();
    this.#running += 1;
    try {
      const value = await inObject.run(this, work);
      await this.opened();
      return value;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) count('object busy ms', Date.now() - this.#busySince);
    }
  }
}

const inObject = new AsyncLocalStorage<Gate>();

/** The gate of the object in which the caller runs; undefined outside of objects. */
export const currentGate = (): Gate | undefined => inObject.getStore();
