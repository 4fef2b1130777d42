/** What is to be written to a shop: one request each, with what a person reads of it before it is sent. */
import { formatDecimal } from '../../shared/values/money.ts';

/** The id of a market that an earlier write of the plan makes. */
export interface MadeMarket {
  readonly madeBy: string;
}

export interface Write {
  /** In a few words, such as "change the market Germany". */
  readonly what: string;
  /** What becomes different, a line each. */
  readonly changes: readonly string[];
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The version that the write was decided on; null for what is new. */
  readonly version: number | null;
  /** How later writes call the market that this one makes. */
  readonly makes?: string;
  /** The market of a shipping rate, where it is not there yet. */
  readonly market?: MadeMarket;
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of `wanted` that differ from what is there. Lists without an order of their own are compared as sets. */
export function differing(present: Fields, wanted: Fields, sets: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => {
      if (value === undefined) return false;
      return formOf(present[name], sets.includes(name)) !== formOf(value, sets.includes(name));
    }),
  );
}

function formOf(value: unknown, isSet: boolean): string {
  const form = sorted(value);
  return JSON.stringify(isSet && Array.isArray(form) ? form.map((one) => JSON.stringify(one)).sort() : form);
}

/** With the members of every object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** "field: before → after" of every field. */
export function changesBetween(present: Fields, wanted: Fields): string[] {
  return Object.entries(wanted).map(([name, value]) => `${name}: ${shown(present[name])} → ${shown(value)}`);
}

/** "field: value" of every field that says something. */
export function contentsOf(wanted: Fields): string[] {
  return Object.entries(wanted)
    .filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}: ${shown(value)}`);
}

const shownLengthMax = 100;

/** A value in one line. Control characters that came from a shop do nothing to the terminal. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : shortened(value.map(shown).join(', '));
  if (typeof value !== 'object') return shortened(String(value));
  if (
    'amount' in value &&
    'currency' in value &&
    typeof value.amount === 'number' &&
    typeof value.currency === 'string'
  )
    return `${formatDecimal(value.amount, value.currency)} ${value.currency}`;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return shortened(members.map(([name, member]) => `${name} ${shown(member)}`).join(', '));
}

function shortened(text: string): string {
  const plain = text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
  const characters = [...plain];
  return characters.length <= shownLengthMax ? plain : `${characters.slice(0, shownLengthMax).join('')}…`;
}
