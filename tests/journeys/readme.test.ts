/** The README's first purchase, exactly as written, against the demo shop. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShop, type TestShop } from './server.ts';

const readme = readFileSync('README.md', 'utf8');

describe('the first purchase of the README', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await startShop({ seed: 'demo' });
  });
  afterAll(async () => {
    await shop?.stop();
  });

  it('prints what the README says it prints', async () => {
    const script = /^## A first purchase$[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? '';
    const promise = /^It prints (.*?)\. Try/m.exec(readme)?.[1] ?? '';
    const promised = [...promise.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const { stdout } = await promisify(execFile)('bash', ['-c', script.replace('http://127.0.0.1:8787', shop.url)]);
    expect(promised.length).toBeGreaterThan(3);
    expect(stdout.trim().split('\n')).toEqual(promised);
  });
});
