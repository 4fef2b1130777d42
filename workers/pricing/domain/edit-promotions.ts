/** Changes of promotions. The rule that holds after every one: no code belongs to two promotions, whatever its case. */
import type { Promotion, PromotionDraft } from '../../../shared/contracts/pricing/promotions.ts';
import { refuse } from '../../../shared/values/result.ts';
import { normalizedCode } from '../../../shared/values/typed-codes.ts';
import { type Edit, editsOf, invalid, refuseEmptySchedule, refuseUnknownMarket, saves } from './edit.ts';
import type { PricingSettings } from './settings.ts';

/** All of them are looked at for every quote. */
export const promotionsMax = 500;

export const promotionEdits = editsOf('promotions', ({ promotions }) => promotions, {
  max: promotionsMax,
  begin: (id, draft: PromotionDraft): Promotion => ({ id, ...draft, version: 1 }),
  save: savePromotion,
});

function savePromotion(settings: PricingSettings, named: Promotion): Edit<Promotion> {
  const codes = named.codes.map(normalizedCode);
  const twice = codes.findIndex((code, index) => codes.indexOf(code) !== index);
  if (twice >= 0) return invalid(`/codes/${twice}`, 'The code is listed twice.');
  const promotion = { ...named, codes };
  const refused =
    refuseEmptySchedule(promotion) ??
    refuseUnknownMarket(settings, promotion.conditions.marketIds, '/conditions/marketIds');
  if (refused !== null) return refused;
  for (const other of settings.promotions) {
    const taken = other.id === promotion.id ? undefined : codes.find((code) => other.codes.includes(code));
    if (taken !== undefined) return refuse({ code: 'code-taken', discountCode: taken, promotionId: other.id });
  }
  return saves(promotion, { promotions: [promotion] });
}
