/** `npm start` as a process: one per state folder and port, stopped in order or killed, and started again on what it kept. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { patience } from '../../shared/testing/patience.ts';
import { startShop, type TestShop } from './server.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop({ isNew: true });
});
afterAll(() => shop.stop());

/** Runs the command to its end and answers what it printed to standard error. */
async function failingStart(...given: readonly string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['scripts/run.mjs', 'scripts/start.ts', ...given], {
    cwd: projectRoot,
  });
  const failure = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof Error && 'stderr' in failure) return String(failure.stderr);
  throw new Error('The command was expected to fail and did not.');
}

const answers = async (): Promise<number> => (await fetch(`${shop.url}/v1/products?limit=1`)).status;
const pidOf = ({ stateDir }: TestShop): number =>
  JSON.parse(readFileSync(path.join(stateDir, 'lock.json'), 'utf8')).pid;
/** Asks for a cart on a connection of its own, and tells when the question has left and what was answered. */
function askForCart(url: string) {
  const body = '{}';
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const asked = request(`${url}/v1/carts`, { method: 'POST', headers, agent: false });
  const answered = once(asked, 'response').then(([response]: IncomingMessage[]) => {
    response?.resume();
    return response?.statusCode;
  });
  const sent = once(asked, 'finish');
  asked.end(body);
  return { sent, answered };
}
const secrets = (): string => readFileSync(path.join(shop.stateDir, 'secrets.json'), 'utf8');

describe('a running shop', () => {
  it('refuses a second process on its state', async () => {
    expect(await failingStart('--port', '1', '--state', shop.stateDir)).toMatch(/is in use by process \d+/);
    expect(await answers()).toBe(200);
  });

  it('refuses a second process on its port', async () => {
    const other = path.join(shop.stateDir, 'other');
    expect(await failingStart('--port', new URL(shop.url).port, '--state', other)).toMatch(/Port \d+ is in use/);
  });

  it('leaves no runtime behind when it is killed, and starts again with the same keys', async () => {
    const before = secrets();
    await shop.kill9();
    await expect(fetch(shop.url)).rejects.toThrow();
    await shop.restart();
    expect(await answers()).toBe(200);
    expect(secrets()).toBe(before);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers all that it was asked before a %s, and then ends',
    async (signal) => {
      const stopped = await startShop();
      // A shop that stops has ten seconds for what it was asked, and a cold one may need them for its first answer.
      await askForCart(stopped.url).answered;
      const asked = Array.from({ length: 60 }, () => askForCart(stopped.url));
      await Promise.all(asked.map(({ sent }) => sent));
      process.kill(-pidOf(stopped), signal);
      expect(new Set(await Promise.all(asked.map(({ answered }) => answered)))).toEqual(new Set([201]));
      await expect.poll(() => readdirSync(stopped.stateDir), patience).not.toContain('lock.json');
      await expect(fetch(stopped.url)).rejects.toThrow();
      await stopped.stop();
    },
  );

  it('leaves no lock when it is stopped before it was ready', async () => {
    const stateDir = path.join(shop.stateDir, 'early');
    const given = ['scripts/run.mjs', 'scripts/start.ts', '--port', '1', '--state', stateDir];
    const early = spawn(process.execPath, given, { cwd: projectRoot, stdio: 'ignore' });
    const ended = once(early, 'exit');
    const files = (): readonly string[] => (existsSync(stateDir) ? readdirSync(stateDir) : []);
    await expect.poll(files, { ...patience, interval: 5 }).toContain('secrets.json');
    early.kill('SIGTERM');
    await ended;
    expect(files()).not.toContain('lock.json');
  });
});

describe('wrong flags', () => {
  it.each([
    [['--port', 'abc'], /--port must be a number/],
    [['--prot', '1'], /Unknown option '--prot'/],
    [['--seed', 'nowhere.csv'], /there is no file .*nowhere\.csv/],
    [['8787'], /Unexpected argument '8787'/],
  ])('%j are refused with the usage', async (given, message) => {
    const printed = await failingStart(...given);
    expect(printed).toMatch(message);
    expect(printed).toContain('Usage: npm start');
  });
});
