/** What is said of the first line of a CSV file whose columns cannot be told apart. */

/** What to do about it, as a sentence behind another one; empty where the separator is not what is wrong. */
export function separatorHint(header: string): string {
  const count = (sign: RegExp) => header.match(sign)?.length ?? 0;
  return count(/[;\t]/g) > count(/,/g) ? ' Columns are separated by commas.' : '';
}
