/**
 * The form of VAT identification numbers. Whether a number belongs to anybody is a question for the tax office; a form that
 * cannot be right is refused here.
 *
 * @see https://ec.europa.eu/taxation_customs/vies/
 */

/** By country of ISO 3166-1, without the prefix. */
const forms: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  GR: /^\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(?:\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^\d{9}B\d{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  GB: /^(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
};

/** Greece writes its numbers with the prefix of its language. */
const prefixes: Readonly<Record<string, string>> = { GR: 'EL' };

/** Whether a VAT id has the form of the country's. Spaces, dots and hyphens do not count. */
export function isVatIdOf(country: string, vatId: string): boolean {
  const plain = vatId.replace(/[\s.-]+/g, '').toUpperCase();
  const prefix = prefixes[country] ?? country;
  const form = forms[country];
  return form !== undefined && plain.startsWith(prefix) && form.test(plain.slice(prefix.length));
}

/** Whether the numbers of a country have a form that is known here. */
export function hasVatIds(country: string): boolean {
  return Object.hasOwn(forms, country);
}
