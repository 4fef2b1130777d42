/** Changes of price lists and of their entries. */
import type { ListPricesPatch, PriceList, PriceListDraft } from '../../../shared/contracts/pricing/price-lists.ts';
import { accept } from '../../../shared/values/result.ts';
import {
  type Edit,
  editsOf,
  expectRow,
  type IsExpected,
  invalid,
  patched,
  refuseEmptySchedule,
  refuseUnknownMarket,
  saves,
} from './edit.ts';
import type { PricingSettings } from './settings.ts';

/** A shopper's lists are asked one after the other. */
const priceListsMax = 100;

export const priceListEdits = editsOf('priceLists', ({ priceLists }) => priceLists, {
  max: priceListsMax,
  begin: (id, draft: PriceListDraft): PriceList => ({ id, ...draft, pricesVersion: 0, version: 1 }),
  save(settings, list) {
    const refused = refuseEmptySchedule(list) ?? refuseUnknownMarket(settings, list.marketIds, '/marketIds');
    return refused ?? saves(list, { priceLists: [list] });
  },
});

/** Sets and removes entries. An entry named twice is refused, for nobody can say which one was meant. */
export function changeListPrices(
  settings: PricingSettings,
  id: string,
  { set, remove }: ListPricesPatch,
  isExpected: IsExpected,
): Edit<PriceList> {
  const found = expectRow(settings.priceLists, 'priceLists', id, isExpected);
  if (!found.ok) return found;
  const seen = new Set<string>();
  for (const [field, entries] of Object.entries({ set, remove })) {
    for (const [index, { variantId, currency }] of entries.entries()) {
      const key = `${variantId} ${currency}`;
      if (seen.has(key)) return invalid(`/${field}/${index}`, 'The variant is named twice in this currency.');
      seen.add(key);
    }
  }
  const list = { ...patched(found.value, {}), pricesVersion: settings.version + 1 };
  const listPrices = { listId: id, set, remove };
  return accept({ value: list, saved: { priceLists: [list] }, removedIds: {}, listPrices });
}
