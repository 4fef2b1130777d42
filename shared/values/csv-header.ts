/** What is said of the first line of a CSV file whose columns cannot be told apart. */

/** What to do about it, as a sentence behind another one; empty where the separator is not what is wrong. */
export function separatorHint(header: string): string {
  return /[;\t]/.test(header) && !header.includes(',') ? ' Columns are separated by commas.' : '';
}
