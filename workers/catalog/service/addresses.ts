/**
 * Chooses addresses where nobody states one, and finds where former ones lead. An address that is taken gets a number, so two
 * things never share one.
 */
import type { Refusal, Result } from '../../../shared/values/result.ts';
import { toHandle } from '../../../shared/values/text.ts';
import { collectionMovedTo, type Placed, productMovedTo, takenHandles } from '../store/addresses.ts';
import type { Catalog } from './catalog.ts';

/** Numbers asked for at once, at first; each further time ten times as many, up to what one parameter of a statement takes. */
const numbersFirst = 2;
const numbersMax = 5_000;
/** Far more things than a shop has. */
const timesMax = 400;

/**
 * A free handle for each that is wished for, in the same order; no two are alike. Another request may take one before it is
 * used: the commit decides.
 */
export async function freeHandles(
  takenAmong: (candidates: readonly string[]) => Promise<ReadonlySet<string>>,
  wishes: readonly string[],
): Promise<readonly string[]> {
  const given = new Set<string>();
  const found = wishes.map(() => '');
  let open = [...wishes.keys()];
  let from = 0;
  let count = numbersFirst;
  for (let time = 0; open.length > 0; time += 1) {
    if (time === timesMax) throw new Error(`Every number behind "${wishes[open[0] ?? 0]}" is taken`);
    const numbers = [...Array(count).keys()].map((index) => numbered(from + index));
    const bases = new Set(open.map((index) => wishes[index] ?? ''));
    const candidates = [...bases].flatMap((wish) => numbers.map((number) => wish + number));
    const taken = new Set([...(await takenAmong(candidates)), ...given]);
    open = open.filter((index) => {
      const wish = wishes[index] ?? '';
      const number = numbers.find((candidate) => !taken.has(wish + candidate));
      if (number === undefined) return true;
      found[index] = wish + number;
      given.add(wish + number);
      taken.add(wish + number);
      return false;
    });
    from += count;
    count = Math.min(numbersMax, count * 10);
  }
  return found;
}

/** How often an address that was free is taken by somebody else before it is used. Each time another one of them is done. */
const rivalsMax = 25;

/**
 * Makes something at the address that is stated. Where none is, at a free one like the title: when somebody else takes it
 * meanwhile, at the next one.
 */
export async function placeAt<Value, No extends Refusal>(
  { db }: Catalog,
  placed: Placed,
  { handle, title }: { readonly handle?: string | undefined; readonly title?: string | undefined },
  make: (handle: string) => Promise<Result<Value, No>>,
): Promise<Result<Value, No>> {
  if (handle !== undefined) return make(handle);
  for (let rivals = 0; ; rivals += 1) {
    const [free = ''] = await freeHandles(
      (candidates) => takenHandles(db, placed, candidates),
      [toHandle(title ?? '')],
    );
    const made = await make(free);
    if (made.ok || made.refusal.code !== 'handle-taken' || rivals === rivalsMax) return made;
  }
}

const numbered = (number: number) => (number === 0 ? '' : `-${number}`);

/** Where the product or collection is that had this handle before; null when none had it. */
export function movedTo({ db }: Catalog, placed: Placed, handle: string, isMerchant: boolean): Promise<string | null> {
  return placed === 'product' ? productMovedTo(db, handle, isMerchant) : collectionMovedTo(db, handle);
}
