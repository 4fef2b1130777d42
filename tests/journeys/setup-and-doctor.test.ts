/**
 * A merchant sets up a real shop with `npm run setup`, and `npm run doctor` looks at it. Both commands run as one file in an empty
 * folder, as in a release. What a shopper then buys shows whether the answers have become the shop.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';
import { Answers } from '../../scripts/setup/answers.ts';
import { PublicShop, ShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
import { shippingRates } from '../../shared/contracts/pricing/http.ts';
import { patienceMs } from '../../shared/testing/patience.ts';
import { expectStatus } from './client.ts';
import { checkOut, journeyOfFile, manual, readCart, until } from './shopping.ts';

const shop = journeyOfFile();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vitrine-setup-'));
  await build({
    entryPoints: ['setup', 'doctor'].map((name) => path.join(projectRoot, 'scripts', `${name}.ts`)),
    ...{ outdir: folder, bundle: true, platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' } },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the commands without a terminal. The key is in the environment, where nobody else can read it. */
function run(
  command: 'setup' | 'doctor',
  given: readonly string[],
  {
    key = shop.shop.adminKey,
    onOutput,
  }: { readonly key?: string; readonly onOutput?: (text: string, kill: () => void) => void } = {},
): Promise<Ended> {
  const words = [path.join(folder, `${command}.mjs`), '--url', shop.shop.url, ...given];
  const child = spawn(process.execPath, words, {
    ...{ cwd: folder, timeout: patienceMs, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { PATH: process.env.PATH ?? '', VITRINE_ADMIN_KEY: key },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
    onOutput?.(stdout, () => child.kill('SIGKILL'));
  });
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

async function answersFile(name: string, answers: unknown): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, typeof answers === 'string' ? answers : JSON.stringify(answers));
  return file;
}

const francs = (amount: number) => ({ amount, currency: 'CHF' });
const swiss = {
  shop: { name: 'Blumen Müller 🌸', contactEmail: 'hallo@shop.example', storefrontUrl: 'https://shop.example' },
  markets: [
    {
      ...{ name: 'Schweiz', countries: ['CH', 'LI'], currencies: ['CHF'], pricesIncludeTax: true, taxRate: '0.081' },
      shipping: [{ name: 'Post', prices: [francs(790)], freeFrom: [francs(10_000)] }],
    },
  ],
  otherMarkets: 'close',
  taxes: [{ name: 'MWST reduziert', rate: '0.026', zone: { country: 'CH' }, taxClass: 'reduced' }],
  payment: [{ id: 'manual', isEnabled: true }],
  mail: { from: { address: 'bestellung@shop.example' }, replyTo: null },
};

const Report = z.object({
  counts: z.record(z.string(), z.int()),
  findings: z.array(z.object({ group: z.string(), level: z.string(), what: z.string() })),
});
const reportOf = ({ stdout }: Ended) => Report.parse(JSON.parse(stdout));
const found = (report: z.infer<typeof Report>, level: string): string[] =>
  report.findings.filter((finding) => finding.level === level).map(({ what }) => what);

describe('a set-up', () => {
  it('that is only tried shows its writes, and makes none', async () => {
    const { code, stdout } = await run('setup', ['--answers', await answersFile('a.json', swiss), '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('open the market Schweiz');
    expect(stdout).toContain('shipping rate Standard of Germany');
    const { name, version } = expectStatus(await shop.admin('GET', '/admin/v1/shop'), 200).as(ShopProfile);
    expect([name, version]).toEqual([null, 0]);
  });

  it('that is killed in the middle is finished by the next one, and a third finds nothing to do', async () => {
    const given = ['--answers', await answersFile('a.json', swiss)];
    const cut = await run('setup', given, {
      onOutput: (text, kill) => {
        if (text.includes('done: remove the shipping rate')) kill();
      },
    });
    expect([cut.code, cut.stdout.includes('set up')]).toEqual([null, false]);
    const again = await run('setup', given);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).not.toContain('done: open the market');
    const rates = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(shippingRates.list.answer);
    expect(rates.items.map(({ name }) => name)).toEqual(['Post']);
    expect((await run('setup', given)).stdout).toContain('nothing to write');
  });

  it('sells what it was told to: name, market, tax and shipping are what a shopper gets', async () => {
    const told = expectStatus(await shop.send('GET', '/v1/shop'), 200).as(PublicShop);
    expect(told).toMatchObject({ name: 'Blumen Müller 🌸', contactEmail: 'hallo@shop.example', vatId: null });
    const bulb = {
      title: 'Zwiebel',
      status: 'active',
      variants: [{ sku: 'BULB', price: francs(10_810), quantity: 5 }],
    };
    const rose = { sku: 'ROSE', price: francs(1_026), quantity: 5, taxClass: 'reduced' };
    expectStatus(await shop.admin('POST', '/admin/v1/products', bulb), 201);
    expectStatus(
      await shop.admin('POST', '/admin/v1/products', { title: 'Rose', status: 'active', variants: [rose] }),
      201,
    );
    const cartOf = async (sku: string) => {
      // No country: the home market is where a stranger shops.
      const json = { lines: [{ sku, quantity: 1 }] };
      const made = await until(
        () => shop.send('POST', '/v1/carts', { json }),
        ({ status }) => status === 201,
      );
      const { id } = z.object({ id: z.string() }).parse(JSON.parse(made.text));
      const shippingAddress = {
        firstName: 'Ada',
        lastName: 'Byron',
        address1: 'Weg 1',
        postalCode: '8001',
        city: 'Zürich',
        country: 'CH',
      };
      expectStatus(
        await shop.send('PATCH', `/v1/carts/${id}`, { json: { email: 'ada@example.com', shippingAddress } }),
        200,
      );
      return readCart(shop, id);
    };
    const dear = await cartOf('BULB');
    expect(dear.totals).toMatchObject({ shipping: francs(0), tax: francs(810), total: francs(10_810) });
    const small = await cartOf('ROSE');
    // 7.90 of shipping hold 8.1 % like standard goods, the rose 2.6 %.
    expect(small.totals).toMatchObject({ shipping: francs(790), tax: francs(26 + 59), total: francs(1_816) });
    const checkout = expectStatus(await checkOut(shop, small.id, manual), 201);
    expect(JSON.parse(checkout.text)).toMatchObject({ status: 'completed', order: { status: 'confirmed' } });
  });

  it('may be taken out as answers that change nothing', async () => {
    const { code, stdout } = await run('setup', ['--print-answers']);
    const answers = Answers.parse(JSON.parse(stdout));
    expect([code, answers.shop?.name, answers.markets?.[0]?.name]).toEqual([0, swiss.shop.name, 'Schweiz']);
    expect((await run('setup', ['--answers', await answersFile('b.json', stdout)])).stdout).toContain(
      'nothing to write',
    );
  });

  it('takes a rate back that somebody removed, although its key was used before', async () => {
    const again = {
      markets: [
        {
          ...swiss.markets[0],
          shipping: [...(swiss.markets[0]?.shipping ?? []), { name: 'Kurier', prices: [francs(2_900)] }],
        },
      ],
    };
    const given = ['--answers', await answersFile('c.json', again)];
    for (const round of [1, 2]) {
      expect([round, (await run('setup', given)).code]).toEqual([round, 0]);
      const { items } = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(
        shippingRates.list.answer,
      );
      const made = items.find(({ name }) => name === 'Kurier');
      expect([round, made?.name]).toEqual([round, 'Kurier']);
      expectStatus(await shop.admin('DELETE', `/admin/v1/shipping-rates/${made?.id}`), 204);
    }
  });

  it('that cannot be says why, with the field, and writes nothing', async () => {
    const before = (await run('setup', ['--print-answers'])).stdout;
    const faulty = {
      shop: { name: 'Other' },
      markets: [{ ...swiss.markets[0], countries: ['CH', 'DE'], taxRate: '0.9' }],
    };
    for (const [answers, words] of [
      [{ markets: [{ name: 'x' }] }, '/markets/0/countries'],
      [faulty, '/markets/0/countries/1'],
      ['{', 'not JSON'],
    ] as const) {
      const { code, stderr } = await run('setup', ['--answers', await answersFile('d.json', answers)]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
    }
    const unasked = await run('setup', []);
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('no terminal')]);
    const stranger = await run('setup', ['--print-answers'], { key: 'vak_wrong' });
    expect([stranger.code, stranger.stderr.trim()]).toEqual([1, 'The shop does not take this admin key.']);
    expect((await run('setup', ['--print-answers'])).stdout).toBe(before);
  });
});

describe('the doctor', () => {
  it('finds what keeps this shop from opening, and what is well', async () => {
    const ended = await run('doctor', ['--json', '--state', shop.shop.stateDir]);
    const report = reportOf(ended);
    expect([ended.code, ended.stderr]).toEqual([1, '']);
    const failed = ['The sandbox is on.', 'The admin key is one that others know.', 'No backup was ever made.'];
    expect(found(report, 'fail').sort()).toEqual(failed.sort());
    const well = found(report, 'ok').join('\n');
    for (const words of [
      '2 products',
      'way to ship in 1 markets: Schweiz',
      'Tax is charged in CH, LI',
      'can be paid in 1 markets',
    ])
      expect(well).toContain(words);
  });

  it('changes nothing that stays: stock, orders and settings are as they were', async () => {
    const places = ['inventory', 'orders', 'markets', 'shipping-rates', 'payment-methods', 'shop', 'price-lists'];
    const seen = async () => {
      const answers = await Promise.all(places.map((place) => shop.admin('GET', `/admin/v1/${place}`)));
      return answers.map((answer) => expectStatus(answer, 200).text);
    };
    const before = await seen();
    const { stdout } = await run('doctor', []);
    expect(stdout).toMatch(/^address\n/);
    expect(stdout).not.toContain('\u001b');
    expect(await seen()).toEqual(before);
  });

  it('says in one line that it could not look', async () => {
    const stranger = await run('doctor', [], { key: 'vak_wrong' });
    expect([stranger.code, stranger.stderr.trim()]).toEqual([2, 'The shop does not take this admin key.']);
    const nobody = await run('doctor', ['--url', 'http://127.0.0.1:9']);
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      expect.stringMatching(/^No shop answers at http:\/\/127\.0\.0\.1:9 .*\n$/),
    ]);
    const unknown = await run('doctor', ['--fix']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('--fix')]);
  });
});
