/**
 * A release as an operator has it: made, copied to another folder, read-only, started by another user. It sells, stops without
 * cutting anybody, and goes on with what it kept.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';
import { nextFreePort } from '../../scripts/lib/ports.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { patience } from '../../shared/testing/patience.ts';
import { type Client, createClient, expectStatus, newKey } from './client.ts';
import { address } from './shopping.ts';

const nobody = 65_534;
/** Only root may start a process as somebody else; everybody else starts it as themselves. */
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

let folder = '';
let releasePath = '';
let statePath = '';
let port = 0;
let shop: ChildProcess | undefined;
let log = '';

function release(to: string): Record<string, unknown> {
  const command = ['scripts/run.mjs', 'scripts/release.ts', '--to', to];
  execFileSync(process.execPath, command, { cwd: projectRoot, stdio: 'pipe' });
  return JSON.parse(readFileSync(path.join(to, 'release.json'), 'utf8'));
}

/** Nobody may write to it any more, not even its owner. */
function makeReadOnly(target: string): void {
  for (const entry of readdirSync(target, { withFileTypes: true, recursive: true })) {
    const name = path.join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || /\.sh$|\/bin\/[^/]+$/.test(name);
    chmodSync(name, isProgram ? 0o555 : 0o444);
  }
  chmodSync(target, 0o555);
}

function run(...given: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [path.join(releasePath, 'start.js'), '--production', ...given], {
    ...user,
    cwd: '/',
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.removeListener('exit', killWithUs));
  return child;
}

async function start(): Promise<Client> {
  port = await nextFreePort(19_400);
  log = '';
  shop = run('--state', statePath, '--port', String(port), '--unready', '1');
  for (const stream of [shop.stdout, shop.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(shop, 'exit').then(() => {
    throw new Error(`The shop ended. It printed:\n${log}`);
  });
  const ready = expect.poll(() => log, patience).toContain('"message":"ready http');
  await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  const { adminKey } = z
    .looseObject({ adminKey: z.string() })
    .parse(JSON.parse(readFileSync(path.join(statePath, 'secrets.json'), 'utf8')));
  expect(log).not.toContain(adminKey);
  return createClient({ url: `http://127.0.0.1:${port}`, adminKey });
}

async function stop(): Promise<number | null> {
  const ending = shop;
  shop = undefined;
  if (ending === undefined) return null;
  const ended = once(ending, 'exit');
  ending.kill('SIGTERM');
  const [code] = await ended;
  return code;
}

async function buy(client: Client): Promise<CheckoutView> {
  const admin = async (method: string, route: string, json: unknown, status: number) =>
    expectStatus(
      await client.send(method, `/admin/v1/${route}`, { json, isAdmin: true, idempotencyKey: newKey() }),
      status,
    );
  await admin('PATCH', 'payment-methods', { methods: [{ id: 'manual', isEnabled: true }] }, 200);
  const variants = [{ sku: 'ONE', price: { amount: 1990, currency: 'EUR' }, quantity: 5 }];
  await admin('POST', 'products', { handle: 'one', title: 'One', status: 'active', variants }, 201);
  const cart = expectStatus(
    await client.send('POST', '/v1/carts', { json: { country: 'DE', lines: [{ sku: 'ONE', quantity: 2 }] } }),
    201,
  ).as(z.looseObject({ id: z.string() }));
  const details = { email: 'ada@example.com', shippingAddress: address };
  expectStatus(await client.send('PATCH', `/v1/carts/${cart.id}`, { json: details }), 200);
  const json = { cartId: cart.id, payment: { provider: 'manual' } };
  return expectStatus(await client.send('POST', '/v1/checkouts', { json, idempotencyKey: newKey() }), 201).as(
    CheckoutView,
  );
}

async function statusOfOrder(client: Client, { order }: CheckoutView): Promise<number> {
  const headers = { authorization: `Bearer ${order?.accessToken ?? ''}` };
  return (await client.send('GET', `/v1/orders/${order?.id ?? ''}`, { headers })).status;
}

/** Asks for a cart, and tells when the question has left and what was answered. */
function askForCart(agent: Agent) {
  const headers = { 'content-type': 'application/json', 'content-length': 2 };
  const asked = request({ host: '127.0.0.1', port, path: '/v1/carts', method: 'POST', headers, agent });
  const answered = once(asked, 'response').then(([response]: IncomingMessage[]) => {
    response?.resume();
    return response?.statusCode;
  });
  const sent = once(asked, 'finish');
  asked.end('{}');
  return { sent, answered };
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-release-'));
  chmodSync(folder, 0o755);
  statePath = path.join(folder, 'state');
  mkdirSync(statePath, { mode: 0o777 });
  chmodSync(statePath, 0o777);
  releasePath = path.join(folder, 'copy');
});
afterAll(async () => {
  await stop();
  // What is read-only for its owner too cannot be removed before.
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a release', () => {
  it('comes out the same twice, and holds nothing of development', () => {
    const made = path.join(folder, 'made');
    const first = release(made);
    expect(release(made)).toEqual(first);
    const names = Object.keys(first.files ?? {});
    expect(names).toContain('workers/router.mjs');
    const ofDevelopment = /sandbox|(?:^|\/)(?:esbuild|wrangler|typescript|vitest)(?:\/|$)|^[^/]*\.ts$/;
    expect(names.filter((name) => ofDevelopment.test(name) && !name.startsWith('node_modules/miniflare/'))).toEqual([]);
    cpSync(made, releasePath, { recursive: true });
    rmSync(made, { recursive: true });
    makeReadOnly(releasePath);
  });

  it('sells, answers all that it was asked when it is stopped, and still has the order afterwards', async () => {
    const client = await start();
    expect((await client.send('GET', '/sandbox/ledger')).status).toBe(404);
    expect((await client.send('GET', '/readyz')).status).toBe(200);
    const bought = await buy(client);
    expect(await statusOfOrder(client, bought)).toBe(200);

    const agent = new Agent({ keepAlive: true });
    await Promise.all(Array.from({ length: 20 }, () => askForCart(agent).answered));
    const asked = Array.from({ length: 100 }, () => askForCart(agent));
    await Promise.all(asked.map(({ sent }) => sent));
    const stopped = stop();
    const answers = await Promise.all(asked.map(({ answered }) => answered));
    expect(answers.filter((status) => status !== 201)).toEqual([]);
    expect(await stopped).toBe(0);
    expect(readdirSync(statePath)).not.toContain('lock.json');
    expect(log).toContain('"message":"stopping"');
    const lines = log.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('{"time":"'))).toEqual([]);
    expect(lines.filter((line) => line.includes('"path":"/v1/carts"')).length).toBeGreaterThanOrEqual(100);
    client.close();
    agent.destroy();

    const again = await start();
    expect(await statusOfOrder(again, bought)).toBe(200);
    again.close();
    expect(await stop()).toBe(0);
  });

  it('does not start when a part of it is missing or another one', async () => {
    const failure = async (): Promise<string> => {
      const child = run('--state', statePath, '--port', '1');
      let printed = '';
      child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      await once(child, 'close');
      expect(child.exitCode).toBe(1);
      return printed;
    };
    const file = path.join(releasePath, 'workers', 'router.mjs');
    chmodSync(file, 0o644);
    const code = readFileSync(file, 'utf8');
    writeFileSync(file, code.replace(/.$/s, ' '));
    expect(await failure()).toMatch(/router\.mjs is not what was released/);
    writeFileSync(file, code.slice(0, -1));
    expect(await failure()).toMatch(/router\.mjs is missing or cut short/);
    writeFileSync(file, code);
    chmodSync(file, 0o444);
  });
});
