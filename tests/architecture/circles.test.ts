/** No circle of imports stands in the tree, and a planted one is found. */
import { describe, expect, it } from 'vitest';
import { circlesIn } from './circles.ts';
import { readSources } from './sources.ts';

const importing = (file: string, ...names: readonly string[]) => ({
  file,
  text: names.map((name) => `import type { A } from '${name}';`).join('\n'),
});

describe('the imports of the project', () => {
  it('form no circle', () => {
    expect(circlesIn(readSources())).toEqual([]);
  });
});

describe('a planted circle', () => {
  it.each([
    ['of a file with itself', [importing('shared/a.ts', './a.ts')], [['shared/a.ts']]],
    [
      'of two files, also where only types are imported',
      [importing('shared/a.ts', './b.ts'), importing('shared/b.ts', './a.ts')],
      [['shared/a.ts', 'shared/b.ts']],
    ],
    [
      'of three files over folders, beside a file that only looks on',
      [
        importing('workers/x/domain.ts', '../../shared/values/v.ts', './domain/part.ts'),
        importing('workers/x/domain/part.ts', './whole.ts'),
        importing('workers/x/domain/whole.ts', '../domain.ts'),
        importing('shared/values/v.ts'),
      ],
      [['workers/x/domain.ts', 'workers/x/domain/part.ts', 'workers/x/domain/whole.ts']],
    ],
  ])('%s is found', (_name, sources, circles) => {
    expect(circlesIn(sources)).toEqual(circles);
  });

  it('is not seen where two files import a third', () => {
    expect(circlesIn([importing('a.ts', './c.ts'), importing('b.ts', './c.ts', './a.ts'), importing('c.ts')])).toEqual(
      [],
    );
  });
});
