/** Writes a failure that will be retried where an operator finds it. */
export function reportDefect(message: string, error: unknown): void {
  console.error(
    JSON.stringify({ level: 'error', message, error: error instanceof Error ? error.message : String(error) }),
  );
}
