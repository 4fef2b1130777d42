/**
 * The README's blocks, exactly as written and in their order, against the demo shop: pasted into bash, and into an interactive
 * zsh where there is one, and each twice.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from './server.ts';
import { isInstalled, runIn, shells } from './shells.ts';

const readme = readFileSync('README.md', 'utf8');

/** The first fenced block of a language below a heading. */
function blockAfter(heading: string, language: string): string {
  const section = readme.slice(readme.indexOf(`\n## ${heading}\n`));
  const blocks = [...section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.find(([, name]) => name === language)?.[2] ?? '';
}

const purchase = blockAfter('A first purchase', 'sh');
const promise = /^It prints (.*?)\. Try/m.exec(readme)?.[1] ?? '';
const promised = [...promise.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
const refund = blockAfter('A code, a gift card, a refund', 'sh');
const refundPromised = blockAfter('A code, a gift card, a refund', '').trim().split('\n');

describe('the blocks of the README', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop({ seed: 'demo', isNew: true });
  });
  afterAll(async () => {
    await shop?.stop();
  });

  it.each(shells)('print in $name what the README says they print, the second time too', async ({ name, options }) => {
    // Not every machine has both; the line says which one was not tried.
    if (!isInstalled(name)) return console.warn(`${name} is not installed`);
    const script = `${purchase}\n${refund}`
      .replace('http://127.0.0.1:8787', shop.url)
      .replace('ADMIN_KEY=vak_…', `ADMIN_KEY=${shop.adminKey}`);
    const expected = [...promised, ...refundPromised];
    expect(promised.length).toBeGreaterThan(3);
    expect(refundPromised.length).toBeGreaterThan(5);
    expect(await runIn(name, options, script)).toEqual(expected);
    expect(await runIn(name, options, script)).toEqual(expected);
  });
});
