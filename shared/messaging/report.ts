/** Writes a failure that will be retried where an operator finds it. */
export function reportDefect(message: string, error: unknown): void {
  console.error(entry('error', message, error));
}

/** Writes that something comes later, by another way: a busy shop may do so, and nobody has to act. */
export function reportDelay(message: string, error: unknown): void {
  console.warn(entry('warn', message, error));
}

function entry(level: 'error' | 'warn', message: string, error: unknown): string {
  return JSON.stringify({ level, message, error: error instanceof Error ? error.message : String(error) });
}
