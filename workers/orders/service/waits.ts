/** Waits that can be called off, so that no timer outlives what was waited for. */

export interface Wait {
  readonly over: Promise<void>;
  /** Ends the timer; `over` may never come then. */
  cancel(): void;
}

export type StartWait = (milliseconds: number) => Wait;

export const startWait: StartWait = (milliseconds) => {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return { over, cancel: () => clearTimeout(timer) };
};

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
