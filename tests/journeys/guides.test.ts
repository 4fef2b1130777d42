/**
 * The shell blocks of the guides, exactly as written and in their order, against the demo shop: pasted into bash, and into an
 * interactive zsh where there is one, and each guide twice. A fence without a language says what the blocks before it print.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from './server.ts';
import { isInstalled, runIn, shells } from './shells.ts';

const folder = 'docs/guides';
const guides = readdirSync(folder).flatMap((file) => {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const joined = (language: string): string =>
    blocks.flatMap(([, name, block = '']) => (name === language ? [block] : [])).join('');
  return joined('sh') === '' ? [] : [{ file, script: joined('sh'), promised: joined('').trim().split('\n') }];
});

describe('the shell blocks of the guides', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop({ seed: 'demo' });
  });
  afterAll(async () => {
    await shop?.stop();
  });

  it('are in the guides that work with a terminal', () => {
    expect(guides.length).toBeGreaterThanOrEqual(3);
    for (const { file, promised } of guides) expect(promised.length, file).toBeGreaterThanOrEqual(3);
  });

  describe.each(shells)('in $name', ({ name, options }) => {
    it.each(guides)('of $file print what it says they print, the second time too', async ({ script, promised }) => {
      // Not every machine has both; the line says which one was not tried.
      if (!isInstalled(name)) return console.warn(`${name} is not installed`);
      const own = script
        .replaceAll('http://127.0.0.1:8787', shop.url)
        .replaceAll('ADMIN_KEY=vak_…', `ADMIN_KEY=${shop.adminKey}`);
      expect(await runIn(name, options, own)).toEqual(promised);
      expect(await runIn(name, options, own)).toEqual(promised);
    });
  });
});
