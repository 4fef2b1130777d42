/** Every file of a Worker has a layer, and no entry of the table is idle. */
import { describe, expect, it } from 'vitest';
import { deviations, filesWithoutLayer, layers } from './layers.ts';
import { readSources } from './sources.ts';

const files = readSources()
  .map(({ file }) => file)
  .filter((file) => file.startsWith('workers/'));

describe('the files of the Workers', () => {
  it('belong to a layer each', () => {
    expect(filesWithoutLayer(files)).toEqual([]);
  });

  it('have a layer in one form: a file or a folder, never both', () => {
    const both = files.filter((file) => files.some((other) => other.startsWith(`${file.replace(/\.ts$/, '')}/`)));
    expect(both).toEqual([]);
  });

  it.each(layers.map((layer) => [layer.name, layer] as const))('need the layer %s', (_name, layer) => {
    expect(files.some((file) => layer.files.test(file.replace(/^workers\/[^/]+\//, '')))).toBe(true);
  });

  it.each(deviations.map((one) => [one.files.source, one] as const))('need the deviation %s', (_name, deviation) => {
    expect(files.some((file) => deviation.files.test(file))).toBe(true);
  });
});

describe('a planted file without a layer', () => {
  it.each(['workers/cart/answers.ts', 'workers/catalog/csv/reader.ts', 'workers/pricing/quotes.ts'])(
    '%s is found',
    (file) => {
      expect(filesWithoutLayer([file])).toEqual([file]);
    },
  );
});
