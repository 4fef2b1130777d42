/**
 * The options of a product and the choice each variant makes. Every variant chooses exactly one value per option, and no
 * two variants choose the same.
 */
import type { ProductPatch, VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import {
  defaultOption,
  type Fault,
  hasOptions,
  type Option,
  type Product,
  type ProductRefusal,
  refuseFaults,
  type Variant,
} from './product.ts';

/** As many as a product may have values per option: see `productLimits`. */
const valuesMax = 2_048;
const optionsMax = 3;

interface Choices {
  readonly options: readonly Option[];
  /** Per variant, its values in the order of the options. */
  readonly chosen: readonly (readonly string[])[];
}

/** The choice of a variant as the map that merchants write. */
export function valuesOf(variant: Variant): Record<string, string> {
  return Object.fromEntries(variant.optionValues.map(({ name, value }) => [name, value]));
}

export function chooseOptions(
  before: Product | null,
  input: ProductPatch,
  sent: readonly VariantPatch[],
  matched: readonly (Variant | null)[],
): Result<Choices, ProductRefusal> {
  const faults: Fault[] = [];
  const choices = sent.map((patch, index) => choiceOf(patch, matched[index] ?? null, input));
  const mixed = optionsOfSome(before, input, sent, matched);
  if (mixed !== null) return refuseFaults('invalid-options', [mixed]);
  const options = listOptions(before, input, choices);
  checkOptions(options, faults);
  if (faults.length === 0) checkChoices(options, choices, sent, matched, faults);
  if (faults.length > 0) return refuseFaults('invalid-options', faults.slice(0, 20));
  return accept({ options, chosen: choices.map((choice) => options.map(({ name }) => choice[name] ?? '')) });
}

/** The first variant that brings options to a product without any, while the one that is there stays without. */
function optionsOfSome(
  before: Product | null,
  { options }: ProductPatch,
  sent: readonly VariantPatch[],
  matched: readonly (Variant | null)[],
): Fault | null {
  if (before === null || hasOptions(before) || options !== undefined) return null;
  const saidBy = (patch: VariantPatch) =>
    Object.keys(patch.options ?? {}).filter((name) => name !== defaultOption.name);
  const index = sent.findIndex((patch) => saidBy(patch).length > 0);
  const plain = matched.find((known, at) => known !== null && Object.keys(sent[at]?.options ?? {}).length === 0);
  const [name] = saidBy(sent[index] ?? {});
  if (index < 0 || name === undefined || plain === null || plain === undefined) return null;
  const detail = `The product has no options, so its variant "${plain.sku}" has no value for "${name}". Send all variants with their options in a PATCH of the product.`;
  return { pointer: `/variants/${index}/options`, detail };
}

/** What a variant chooses: the value in the request, else the one it had before, else the only value of the option. */
function choiceOf(patch: VariantPatch, known: Variant | null, input: ProductPatch): Readonly<Record<string, string>> {
  if (patch.options !== undefined && Object.keys(patch.options).length > 0) return patch.options;
  if (known !== null) return valuesOf(known);
  const isPlain =
    input.options === undefined || input.options.length === 0 || input.options[0]?.name === defaultOption.name;
  return isPlain ? { [defaultOption.name]: defaultOption.values[0] ?? '' } : {};
}

/** The options as sent, else those of the variants in the order in which they appear. */
function listOptions(
  before: Product | null,
  input: ProductPatch,
  choices: readonly Readonly<Record<string, string>>[],
): Option[] {
  const given =
    input.options ?? (before !== null && hasOptions(before) ? before.options.map(({ name }) => ({ name })) : []);
  const names =
    given.length > 0 ? given.map(({ name }) => name) : [...new Set(choices.flatMap((choice) => Object.keys(choice)))];
  return names.map((name, index) => {
    const stated: readonly string[] | undefined = input.options?.[index]?.values;
    const used = new Set(choices.flatMap((choice) => choice[name] ?? []));
    // Values keep their places as long as they are used; new ones come behind them.
    const kept = before?.options.find((option) => option.name === name)?.values.filter((value) => used.has(value));
    return { name, values: stated ?? [...new Set([...(input.options === undefined ? (kept ?? []) : []), ...used])] };
  });
}

function checkOptions(options: readonly Option[], faults: Fault[]): void {
  if (options.length > optionsMax)
    faults.push({ pointer: '/options', detail: `A product has at most ${optionsMax} options.` });
  const names = new Set<string>();
  for (const [index, { name, values }] of options.entries()) {
    if (names.has(name))
      faults.push({ pointer: `/options/${index}/name`, detail: `The option "${name}" is named twice.` });
    names.add(name);
    if (new Set(values).size !== values.length)
      faults.push({ pointer: `/options/${index}/values`, detail: `A value of "${name}" is listed twice.` });
    if (values.length > valuesMax)
      faults.push({ pointer: `/options/${index}/values`, detail: `An option has at most ${valuesMax} values.` });
  }
}

function checkChoices(
  options: readonly Option[],
  choices: readonly Readonly<Record<string, string>>[],
  sent: readonly VariantPatch[],
  matched: readonly (Variant | null)[],
  faults: Fault[],
): void {
  const seen = new Map<string, number>();
  const valuesBy = new Map(options.map(({ name, values }) => [name, new Set(values)]));
  const isSaid = (index: number) => Object.keys(sent[index]?.options ?? {}).length > 0;
  const skuOf = (index: number) => sent[index]?.sku ?? matched[index]?.sku;
  for (const [index, choice] of choices.entries()) {
    const pointer = `/variants/${index}/options`;
    // A choice that nobody has sent has no fields to point at.
    const at = (name: string) => (isSaid(index) ? `${pointer}/${escapePointer(name)}` : pointer);
    const sku = isSaid(index) ? undefined : matched[index]?.sku;
    for (const { name } of options) {
      const value = choice[name];
      if (value === undefined)
        faults.push({
          pointer,
          detail: `${sku === undefined ? 'The variant' : `"${sku}"`} chooses no value for "${name}".`,
        });
      else if (valuesBy.get(name)?.has(value) !== true)
        faults.push({ pointer: at(name), detail: `"${value}" is not a value of "${name}".` });
    }
    const isMadeUp = !isSaid(index) && matched[index] === null;
    for (const name of isMadeUp ? [] : Object.keys(choice)) {
      if (options.every((option) => option.name !== name))
        faults.push({ pointer: at(name), detail: `There is no option "${name}".` });
    }
    // What chooses nothing of an option is refused for that; it is like nothing else.
    if (options.some(({ name }) => choice[name] === undefined)) continue;
    const key = JSON.stringify(options.map(({ name }) => choice[name]));
    const first = seen.get(key);
    if (first !== undefined) {
      const isUnsaid = !isSaid(index) && options.length === 1 && options[0]?.name === defaultOption.name;
      // Of two alike, the one whose choice was sent is blamed, or the later one.
      const [blamed, other] = !isSaid(index) && isSaid(first) ? [first, index] : [index, first];
      const otherSku = skuOf(other);
      const named = options.map(({ name }) => `${name} ${choice[name]}`).join(', ');
      const detail = isUnsaid
        ? 'Several variants need options that tell them apart.'
        : `${otherSku === undefined ? 'Another variant' : `"${otherSku}"`} makes the same choice: ${named}.`;
      faults.push({ pointer: `/variants/${blamed}/options`, detail });
    }
    seen.set(key, first ?? index);
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
