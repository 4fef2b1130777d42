/** What an import does, in the words of its report. A created product brings its variants along: they are not named one by one. */
export const changeKinds = [
  'product-created',
  'product-changed',
  'variant-added',
  'variant-changed',
  'variant-removed',
  'sku-changed',
  'stock-opened',
  'stock-set',
  'stock-added',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** So many of each kind are shown with an import; its file has all. */
export const examplesPerKind = 10;
