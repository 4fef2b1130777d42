/**
 * The regions of a country as one list: those of ISO 3166-2, with the names that ISO, Unicode and the post of the country give
 * them, and what the post names beyond ISO.
 */
import { partsOf, plainName } from '../../shared/values/region-names.ts';
import { otherNames, shownNames } from './other-names.ts';
import { type IsoRegion, type PostalCountry, presentIsoId } from './sources.ts';

export interface TableRegion {
  /** ISO 3166-2, or the post's own name where ISO has none. */
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** As its post writes it, or else ISO; null where that is the same. */
  readonly localName: string | null;
  /** Whatever else it is called and was coded; none that is spelled like another. */
  readonly otherNames: readonly string[];
  /** The code of the region that it lies in. */
  readonly parent: string | null;
  /** Whether addresses of its country name it. */
  readonly isInAddresses: boolean;
}

/** What the post of a country calls a region: the name that it writes first. */
interface PostalRegion {
  readonly key: string;
  readonly isoId: string;
  readonly names: readonly string[];
}

export function regionsOf(
  country: string,
  iso: readonly IsoRegion[],
  rules: PostalCountry | undefined,
  english: ReadonlyMap<string, string>,
): readonly TableRegion[] {
  const postal = postalRegionsOf(country, rules);
  const known = new Map(iso.map((region) => [region.code, namesOfIso(region, english)]));
  const matched = new Map<string, PostalRegion>();
  const beyondIso: PostalRegion[] = [];
  for (const one of postal) {
    const code = isoCodeOf(country, one, known);
    if (code === undefined) beyondIso.push(one);
    else matched.set(code, one);
  }
  const all = [
    ...iso.map((region): TableRegion => {
      const post = matched.get(region.code);
      const [name = region.name, ...isoNames] = known.get(region.code) ?? [];
      const formerId = post === undefined || post.isoId === '' ? [] : [post.isoId];
      const parent = region.parent === country ? null : region.parent;
      const names = [...(post?.names ?? []), ...isoNames, ...formerId];
      return {
        code: region.code,
        name,
        ...calledBeside(name, region.code, names, region.former),
        parent,
        isInAddresses: post !== undefined,
      };
    }),
    ...beyondIso.map(({ key, names }): TableRegion => {
      const name = [...names, key].find((one) => /^[\p{Script=Latin}\p{P}\p{N}\s]+$/u.test(one)) ?? key;
      const code = /^[A-Z0-9]{1,3}$/.test(key) ? `${country}-${key}` : name;
      return { code, name, ...calledBeside(name, code, names), parent: null, isInAddresses: true };
    }),
  ];
  return distinctlyShown(all.map(withWrittenNames));
}

/** With what was written by hand, which comes before what the packages say. */
function withWrittenNames(region: TableRegion): TableRegion {
  const { code } = region;
  const shown = shownNames[code];
  const written = otherNames[code]?.split('|') ?? [];
  if (shown === undefined && written.length === 0) return region;
  const name = shown?.name ?? region.name;
  const localName = shown === undefined ? region.localName : (shown.localName ?? null);
  const replaced = shown === undefined ? [] : [region.name, region.localName ?? ''].filter((one) => one !== '');
  const others = [...region.otherNames, ...replaced, ...written];
  return { ...region, name, ...calledBeside(name, code, [localName ?? name, ...others]) };
}

/**
 * Two regions that a form offers are not shown under one name: the one whose English name says of what kind it is, such as
 * `Sofia District` beside `Sofia`, is shown by that alone.
 */
function distinctlyShown(regions: readonly TableRegion[]): readonly TableRegion[] {
  const shown = Map.groupBy(
    regions.flatMap(({ code, name, localName }) =>
      [...new Set([name, localName ?? name].map(plainName))].map((form) => ({ form, code })),
    ),
    ({ form }) => form,
  );
  return regions.map((region) => {
    const { name, localName } = region;
    const isAlone = localName === null || shown.get(plainName(localName))?.length === 1;
    const saysKind = partsOf(name).kind !== null && plainName(localName ?? '') !== plainName(name);
    if (isAlone || !saysKind) return region;
    return { ...region, localName: null, otherNames: [localName, ...region.otherNames] };
  });
}

/**
 * English first, where Unicode has one. ISO puts what kind of region it is behind a comma, and translations into brackets; some
 * names carry the number of a footnote.
 */
function namesOfIso({ code, name }: IsoRegion, english: ReadonlyMap<string, string>): readonly string[] {
  const plain = name.replace(/\s*[[(].*$/, '').replace(/\*$/, '');
  const [proper = plain, kind] = plain.split(', ');
  const names = kind === undefined ? [proper] : [proper, `${kind} ${proper}`];
  const known = english.get(code);
  return [...(known === undefined ? [] : [known]), ...names].map((one) => one.replace(/[\u00b2\u00b3]/g, ''));
}

/** Numbers of the Chinese standard, which the data gives instead of ISO's letters where the names differ too. */
const isoIdsOfPost: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CN: { 内蒙古自治区: 'NM', 新疆维吾尔自治区: 'XJ', 台湾: 'TW', 香港: 'HK', 澳门: 'MO' },
};

/** What ISO lists below another country. */
const elsewhere: Readonly<Record<string, readonly string[]>> = { RU: ['Автономна Республіка Крим', 'Севастополь'] };

function postalRegionsOf(country: string, rules: PostalCountry | undefined): readonly PostalRegion[] {
  if (rules === undefined) return [];
  const [first, ...others] = rules;
  const [isoIds, names, latinNames] = [listOf(first.sub_isoids), listOf(first.sub_names), listOf(first.sub_lnames)];
  return listOf(first.sub_keys)
    .map((key, index) => {
      // Another language has an order of its own.
      const translated = others.map((one) => listOf(one.sub_names)[listOf(one.sub_keys).indexOf(key)]);
      const written = [names[index], key, latinNames[index], ...translated].filter((name) => name !== undefined);
      const isoId = isoIdsOfPost[country]?.[key] ?? presentIsoId(country, isoIds[index] ?? '');
      return { key, isoId, names: written.filter((name) => name !== '') };
    })
    .filter(({ key }) => elsewhere[country]?.includes(key) !== true);
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split('~');
}

/** Kept, because each name is compared with every region of its country. */
function kept(form: (name: string) => string): (name: string) => string {
  const forms = new Map<string, string>();
  return (name) => {
    const found = forms.get(name) ?? form(name);
    forms.set(name, found);
    return found;
  };
}

const plainOf = kept(plainName);
const stemOf = kept((name) => partsOf(name).stem);

function isoCodeOf(
  country: string,
  { key, isoId, names }: PostalRegion,
  known: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const byId = [isoId, key].map((id) => `${country}-${id}`).find((code) => known.has(code));
  // Codes were given to other regions since the post noted them, so a name counts more than a code of another name.
  const named = [plainOf, stemOf].flatMap((form) => {
    const forms = new Set(names.map(form));
    return [...known].filter(([, isoNames]) => isoNames.some((name) => forms.has(form(name)))).map(([code]) => code);
  });
  return byId !== undefined && (named.length === 0 || named.includes(byId)) ? byId : named[0];
}

/** The first of the names as the local one, and of the others those that are not spelled like one before. */
function calledBeside(
  name: string,
  code: string,
  [local, ...others]: readonly string[],
  former: readonly string[] = [],
): Pick<TableRegion, 'localName' | 'otherNames'> {
  const localName = local === undefined || local === name ? null : local;
  const seen = new Set([name, code, code.slice(3), localName ?? ''].map(plainName));
  const otherNames = [...others, ...former].filter((one) => {
    const isNew = !seen.has(plainName(one));
    seen.add(plainName(one));
    return isNew;
  });
  return { localName, otherNames };
}
