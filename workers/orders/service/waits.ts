/** Waits that can be called off, so that nothing that was waited for outlives the waiting. */

export interface Wait {
  readonly over: Promise<void>;
  /** `over` may never come then. */
  cancel(): void;
}

export type StartWait = (milliseconds: number) => Wait;

interface OpenWait {
  readonly until: number;
  readonly end: () => void;
}

/**
 * The waits of one object, which share timers. The runtime keeps 280 bytes of a timer that is cleared until the object ends, and
 * nothing of one that rings. So none is cleared: one that nobody waits for any more rings once, and holds nothing until then.
 */
export class Waits {
  readonly #open = new Set<OpenWait>();
  /** When the next timer rings; null when none is set. */
  #ringsAt: number | null = null;

  readonly start: StartWait = (milliseconds) => {
    const until = Date.now() + milliseconds;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const wait = { until, end };
    this.#open.add(wait);
    this.#ringBy(until);
    return { over, cancel: () => void this.#open.delete(wait) };
  };

  #ringBy(at: number): void {
    if (this.#ringsAt !== null && this.#ringsAt <= at) return;
    this.#ringsAt = at;
    setTimeout(() => this.#ring(at), Math.max(0, at - Date.now()));
  }

  #ring(at: number): void {
    if (this.#ringsAt === at) this.#ringsAt = null;
    let nextAt: number | null = null;
    for (const wait of this.#open) {
      if (wait.until <= at) {
        this.#open.delete(wait);
        wait.end();
      } else nextAt = Math.min(nextAt ?? wait.until, wait.until);
    }
    if (nextAt !== null) this.#ringBy(nextAt);
  }
}

/** When work is over, whether it went well or not. */
export function endOf(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

/** What comes first: the end of the work, or that of the wait. The work goes on without the wait. */
export async function firstOf<Work, Late>(work: Promise<Work>, wait: Wait, onLate: () => Late): Promise<Work | Late> {
  try {
    return await Promise.race([work, wait.over.then(onLate)]);
  } finally {
    wait.cancel();
  }
}
