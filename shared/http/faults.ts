/** Reads what was sent with a schema, and names every fault: where it is and what to give instead. */
import type * as z from 'zod';
import { escapePointer, type FieldFault } from './problem.ts';
import { sentenceOf } from './sentences.ts';

type Read<Value> =
  | { readonly isRead: true; readonly value: Value }
  | { readonly isRead: false; readonly faults: readonly FieldFault[] };

/** Stands where a schema has no sentence of its own. */
const noSentence = '';

/** @param base the pointer to what is read, such as `/query` */
export function readWith<Schema extends z.ZodType>(schema: Schema, value: unknown, base = ''): Read<z.infer<Schema>> {
  const result = schema.safeParse(value, { error: () => noSentence, reportInput: true });
  if (result.success) return { isRead: true, value: result.data };
  return { isRead: false, faults: faultsOf(result.error.issues, base, []) };
}

/** The field of every fault as a JSON pointer; an unknown field is named itself, not its parent. */
function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  base: string,
  before: readonly PropertyKey[],
): readonly FieldFault[] {
  return issues.filter(isTelling).flatMap((issue) => {
    const path = [...before, ...issue.path];
    const pointer = base + path.map((part) => `/${escapePointer(String(part))}`).join('');
    if (issue.code === 'unrecognized_keys') {
      const detail = sentenceOf(issue, path);
      return issue.keys.map((key) => ({ pointer: `${pointer}/${escapePointer(key)}`, detail }));
    }
    // Of several forms the one that fits best was meant: one of the same type, with the fewest faults; at a draw the last, which
    // is the more general by custom.
    if (issue.code === 'invalid_union' && issue.input !== undefined) {
      const weightOf = (form: readonly z.core.$ZodIssue[]) => [form.some(isOtherType) ? 1 : 0, form.length] as const;
      const [closest] = issue.errors.toReversed().sort((one, other) => {
        const [type, total] = weightOf(one);
        const [otherType, otherTotal] = weightOf(other);
        return type - otherType || total - otherTotal;
      });
      if (closest !== undefined) return faultsOf(closest, base, path);
    }
    const own = issue.message === noSentence ? null : issue.message;
    const isMissing = issue.input === undefined && issue.code !== 'custom';
    const detail = isMissing
      ? [sentenceOf(issue, path), own].filter(Boolean).join(' ')
      : (own ?? sentenceOf(issue, path));
    return [{ pointer, detail }];
  });
}

const isOtherType = ({ code, path }: z.core.$ZodIssue) => code === 'invalid_type' && path.length === 0;

/** What has the wrong type is not also too long; and no number is also larger than numbers may be. */
function isTelling(issue: z.core.$ZodIssue, _at: number, all: readonly z.core.$ZodIssue[]): boolean {
  const isSafeLimit = issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER;
  const others = all.filter((other) => other !== issue && other.path.join('/') === issue.path.join('/'));
  if (isSafeLimit) return !others.some(({ code }) => code === 'too_big' || code === 'invalid_type');
  return issue.code === 'invalid_type' || !others.some(({ code }) => code === 'invalid_type');
}
