/** Codes as shoppers type them: case, width and spaces around them do not matter. */

export function normalizedCode(code: string): string {
  return code.normalize('NFKC').trim().toUpperCase();
}
