/**
 * Which markets to change, to make, and to take countries from. A country is in one market only, a market with countries never
 * loses its last one, and none is ever removed: the shop keeps to that after every write, so the order of the writes does too.
 */
import type { Market } from '../../shared/contracts/pricing/markets.ts';
import type { FieldFault } from '../../shared/http/problem.ts';
import type { MarketAnswer } from './answers.ts';
import type { ShopState } from './state.ts';
import { changesBetween, contentsOf, differing, type Write } from './writes.ts';

/** An answered market with the one of the shop that it is; null where it is new. */
export interface Matched {
  readonly answer: MarketAnswer;
  readonly market: Market | null;
}

/** The market of the shop that each answer means: the one of its first country, or the fallback. Nobody's twice. */
export function matchMarkets({ markets }: Pick<ShopState, 'markets'>, answers: readonly MarketAnswer[]): Matched[] {
  const taken = new Set<string>();
  return answers.map((answer) => {
    const [first] = answer.countries;
    const isIt = (market: Market): boolean =>
      first === undefined ? market.isFallback : market.countries.includes(first);
    const market = markets.find((one) => isIt(one) && !taken.has(one.id)) ?? null;
    if (market !== null) taken.add(market.id);
    return { answer, market };
  });
}

/** Fields that are compared whatever their order. */
const sets = ['countries', 'orderMinimums'];

export function planMarkets(
  { markets }: Pick<ShopState, 'markets'>,
  matched: readonly Matched[],
): { readonly writes: readonly Write[]; readonly faults: readonly FieldFault[] } {
  const writes: Write[] = [];
  const faults: FieldFault[] = [];
  // How each market stands after the writes so far: a write is decided on the version that it will meet.
  const present = new Map(markets.map((market) => [market.id, market]));
  const owners = ownersAfter(matched);

  for (const market of markets) {
    const kept = market.countries.filter((country) => !owners.has(country) || owners.get(country) === market.id);
    if (kept.length === market.countries.length) continue;
    if (kept.length === 0 && (market.isDefault || !market.isFallback)) {
      faults.push(...strandedFaults(market, matched));
      continue;
    }
    const gone = market.countries.filter((country) => !kept.includes(country));
    writes.push(changeOf(market, { countries: kept }, `take ${gone.join(', ')} out of the market ${market.name}`));
    present.set(market.id, { ...market, countries: kept, version: market.version + 1 });
  }
  // The home market last, and the fallback before it: either takes a mark from another market, which then has a new version.
  const order = matched
    .map((one, at) => ({ ...one, isHome: at === 0 }))
    .sort((one, other) => rankOf(one) - rankOf(other));
  for (const { answer, market, isHome } of order) {
    const { shipping: _shipping, ...fields } = answer;
    const wanted = { ...fields, ...(isHome ? { isDefault: true } : {}) };
    const before = market === null ? undefined : present.get(market.id);
    if (before === undefined) {
      const what = `open the market ${answer.name}`;
      const changes = contentsOf(wanted);
      const request = { method: 'POST', path: '/admin/v1/markets', body: wanted, version: null } as const;
      writes.push({ what, changes, ...request, makes: answer.name });
      if (isHome) unmark(present, 'isDefault');
      if (answer.isFallback === true) unmark(present, 'isFallback');
      continue;
    }
    const difference = differing(before, wanted, sets);
    if (Object.keys(difference).length === 0) continue;
    writes.push(changeOf(before, difference, `change the market ${before.name}`));
    if (difference.isDefault === true) unmark(present, 'isDefault');
    if (difference.isFallback === true) unmark(present, 'isFallback');
    present.set(before.id, { ...before, ...difference, version: before.version + 1 });
  }
  return { writes, faults };
}

const rankOf = ({ isHome, answer }: { readonly isHome: boolean; readonly answer: MarketAnswer }): number =>
  isHome ? 2 : answer.isFallback === true ? 1 : 0;

/** Which market each answered country belongs to afterwards; a new one has no id yet. */
function ownersAfter(matched: readonly Matched[]): ReadonlyMap<string, string | null> {
  return new Map(
    matched.flatMap(({ answer, market }) => answer.countries.map((country) => [country, market?.id ?? null] as const)),
  );
}

function changeOf(market: Market, body: Readonly<Record<string, unknown>>, what: string): Write {
  const path = `/admin/v1/markets/${market.id}`;
  return { what, changes: changesBetween(market, body), method: 'PATCH', path, body, version: market.version };
}

function unmark(present: Map<string, Market>, mark: 'isDefault' | 'isFallback'): void {
  for (const [id, market] of present)
    if (market[mark]) present.set(id, { ...market, [mark]: false, version: market.version + 1 });
}

function strandedFaults(stranded: Market, matched: readonly Matched[]): FieldFault[] {
  return matched.flatMap(({ answer }, at) =>
    answer.countries.flatMap((country, index) => {
      if (!stranded.countries.includes(country)) return [];
      const detail = `${country} is all that the market "${stranded.name}" has, and no market can be removed. Leave it there, as a market of its own.`;
      return [{ pointer: `/markets/${at}/countries/${index}`, detail }];
    }),
  );
}
