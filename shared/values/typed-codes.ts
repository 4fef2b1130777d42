/** Codes as people type them, in the form in which they are compared. */

/** A discount code: case, width and spaces around it do not matter. */
export function normalizedCode(code: string): string {
  return code.normalize('NFKC').trim().toUpperCase();
}

/** A gift card's code, read off a card or copied from a message: spaces and dashes of any kind do not matter either. */
export function normalizedCardCode(code: string): string {
  return code
    .normalize('NFKC')
    .replaceAll(/[\s\p{Cf}\p{Pd}\u2212]/gu, '')
    .toUpperCase();
}
