/** What the shop says of itself: what was told of it, what a change makes of that, and what everybody may see. */
import type { PublicShop, ShopPatch, ShopProfile } from '../../../shared/contracts/notifications/shop-http.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { hasVatIds, isVatIdOf } from '../../../shared/values/vat-id.ts';

/** Of a shop that was never told anything. */
const untold: ShopProfile = {
  ...{ name: null, contactEmail: null, phone: null, storefrontUrl: null, legalName: null, address: null, vatId: null },
  ...{ mailFrom: null, mailReplyTo: null, version: 0 },
};

/** A profile from what is stored of it. */
export function profileOf(stored: { readonly profile: Partial<ShopProfile>; readonly version: number } | null) {
  return stored === null ? untold : { ...untold, ...stored.profile, version: stored.version };
}

export type ShopRefusal =
  | { readonly code: 'precondition-failed'; readonly version: number }
  | {
      readonly code: 'invalid-input';
      readonly detail: string;
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    };

/** The next version of the profile: what the patch does not name stays. */
export function changeProfile(
  profile: ShopProfile,
  patch: ShopPatch,
  isExpected: (version: number) => boolean,
): Result<ShopProfile, ShopRefusal> {
  const { version } = profile;
  if (!isExpected(version)) return refuse({ code: 'precondition-failed', version });
  const named = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const changed: ShopProfile = { ...profile, ...named, version: version + 1 };
  const country = changed.address?.country;
  if (changed.vatId !== null && country !== undefined && !isTaxNumberIn(country, changed.vatId)) {
    const detail = `A VAT id of ${country} looks otherwise. Give it with its prefix, and the address of the business with it.`;
    return refuse({ code: 'invalid-input', detail, errors: [{ pointer: '/vatId', detail }] });
  }
  return accept(changed);
}

/** Northern Ireland has VAT ids like the rest of the United Kingdom, and a prefix of its own. */
function isTaxNumberIn(country: string, vatId: string): boolean {
  const plain = country === 'GB' ? vatId.replace(/^\s*XI/i, 'GB') : vatId;
  return !hasVatIds(country) || isVatIdOf(country, plain);
}

export function publicViewOf({
  mailFrom: _from,
  mailReplyTo: _to,
  version: _version,
  ...shown
}: ShopProfile): PublicShop {
  return shown;
}

/** How a message names whom it comes from and where answers go. */
export function senderOf({ name, mailFrom, mailReplyTo }: ShopProfile) {
  const from = mailFrom === null ? null : { ...mailFrom, name: mailFrom.name ?? name };
  return { from, replyTo: mailReplyTo };
}
