/** Whatever is exported is imported somewhere, and a planted export that is not is found. */
import { describe, expect, it } from 'vitest';
import { unusedExports } from './exports.ts';
import { readSources } from './sources.ts';

describe('the exports of the project', () => {
  it('are all imported by somebody', () => {
    expect(unusedExports(readSources())).toEqual([]);
  });
});

describe('an export', () => {
  const owner = { file: 'workers/cart/domain.ts', text: 'export function one() {}\nexport type Two = 2;' };

  it('that nobody imports is found', () => {
    expect(unusedExports([owner])).toEqual(['workers/cart/domain.ts: one', 'workers/cart/domain.ts: Two']);
  });

  it('is used by name, also of a type and under another name', () => {
    const user = { file: 'workers/cart/service.ts', text: "import { one as first, type Two } from './domain.ts';" };
    expect(unusedExports([owner, user])).toEqual([]);
  });

  it('is used with its whole module', () => {
    const user = { file: 'workers/cart/service.ts', text: "import * as domain from './domain.ts';" };
    expect(unusedExports([owner, user])).toEqual([]);
  });
});
