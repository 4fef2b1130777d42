/**
 * A collection: a described list of products, kept by hand or by rules. Giving rules makes it rule-based, giving products
 * makes it manual, and giving neither leaves it as it is.
 */
import type {
  CollectionPatch,
  CollectionRule,
  Collection as CollectionView,
} from '../../../shared/contracts/catalog/collections.ts';
import { cleanHtml } from '../../../shared/values/html.ts';
import type { Metafield } from '../../../shared/values/metafields.ts';
import { toHandle } from '../../../shared/values/text.ts';

export interface Collection
  extends Readonly<Pick<CollectionView, 'id' | 'handle' | 'title' | 'descriptionHtml' | 'image' | 'seo' | 'version'>> {
  readonly kind: 'manual' | 'rules';
  readonly match: 'all' | 'any';
  readonly rules: readonly CollectionRule[];
  readonly metafields: readonly Metafield[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function composeCollection(
  before: Collection | null,
  input: CollectionPatch,
  facts: { readonly now: number; readonly id: string },
): Collection {
  const title = input.title ?? before?.title ?? '';
  const isRuled = input.rules !== undefined || (input.products === undefined && before?.kind === 'rules');
  return {
    id: before?.id ?? facts.id,
    handle: input.handle ?? before?.handle ?? toHandle(title),
    title,
    descriptionHtml:
      input.descriptionHtml === undefined ? (before?.descriptionHtml ?? '') : cleanHtml(input.descriptionHtml),
    image: input.image === undefined ? (before?.image ?? null) : input.image,
    seo: input.seo === undefined ? (before?.seo ?? null) : input.seo,
    metafields: input.metafields ?? before?.metafields ?? [],
    kind: isRuled ? 'rules' : 'manual',
    match: input.match ?? before?.match ?? 'all',
    rules: isRuled ? (input.rules ?? before?.rules ?? []).map(inLowerCase) : [],
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? facts.now,
    updatedAt: facts.now,
  };
}

/** Whether the rules have to be applied to all products again, or the products that earlier rules found have to be removed. */
export function changesRules(before: Collection | null, after: Collection): boolean {
  if (after.kind === 'manual') return before?.kind === 'rules';
  if (before?.kind !== 'rules' || before.match !== after.match) return true;
  return JSON.stringify(before.rules) !== JSON.stringify(after.rules);
}

/** Rules ignore case: they are compared with facts in lower case. */
function inLowerCase(rule: CollectionRule): CollectionRule {
  return rule.field === 'price' ? rule : { ...rule, value: rule.value.toLowerCase() };
}
