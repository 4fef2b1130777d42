/** The source files keep the rules on their text, and every rule can fail. */
import { describe, expect, it } from 'vitest';
import { brokenSourceRules, sourceRules } from './source-rules.ts';
import { readSources } from './sources.ts';

describe('the source files of the project', () => {
  it('break no rule', () => {
    expect(brokenSourceRules(readSources())).toEqual([]);
  });
});

describe('each rule refuses its planted violation', () => {
  it.each(sourceRules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(brokenSourceRules([rule.planted], [rule])).toHaveLength(1);
  });
});

describe('a comment', () => {
  it('may name what the code may not do', () => {
    expect(
      brokenSourceRules([
        { file: 'workers/cart/domain.ts', text: '/** No Date.now(), no await. */\n// crypto.randomUUID\n' },
      ]),
    ).toEqual([]);
  });
});
