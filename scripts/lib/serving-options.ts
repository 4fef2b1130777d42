/** The flags of `npm start` and of a release, and what a production shop is served with. */
import path from 'node:path';
import { parseNetwork } from '../../shared/values/networks.ts';
import { portOf, readFlagsAndSwitches, SettingError, UsageError } from './arguments.ts';
import { MetricsPage } from './metrics-page.ts';
import { productionSettings } from './production.ts';
import type { Serving } from './serve.ts';
import { isLoopback } from './shop.ts';
import { jsonLog } from './shop-log.ts';

export const productionUsage = `  --host           where to listen (127.0.0.1); 0.0.0.0 and :: are every interface
  --trust-proxy    addresses of proxies, such as 10.0.0.0/8,192.0.2.1: what they say in X-Forwarded-For and
                   X-Forwarded-Proto is believed, and nobody else's word is
  --access-log     on or off (on): one JSON line for each request
  --metrics        HOST:PORT of a page of its own for Prometheus, /metrics; none unless given
  --unready        seconds that /readyz says no before the port closes (3)`;

const productionNames = ['host', 'trust-proxy', 'access-log', 'metrics', 'unready'] as const;
const names = ['port', 'state', 'seed', ...productionNames] as const;
export type ServingFlags = Partial<Record<(typeof names)[number], string>>;

export function readServingFlags(given: readonly string[]) {
  return readFlagsAndSwitches(names, ['production'], given);
}

/** Development has none of these: it is for one machine, and for trying. */
export function refuseProductionFlags(flags: ServingFlags): void {
  const given = productionNames.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} needs --production.`);
}

/** The flags of a shop that sells for real. Throws a `UsageError` where they make no sense. */
export function productionServing(flags: ServingFlags, statePath: string): Serving {
  if (process.platform === 'win32') throw new SettingError('A production shop runs on Linux and macOS only.');
  if (flags.seed !== undefined && flags.seed !== 'none')
    throw new UsageError('--seed fills a shop for trying: leave it out with --production, and import your products.');
  const metricsAt = flags.metrics === undefined ? undefined : listenerOf(flags.metrics);
  const metrics = new MetricsPage(statePath);
  const hasAccessLog = switchOf('access-log', flags['access-log'] ?? 'on');
  const log = jsonLog((line) => metrics.count(line), hasAccessLog);
  const host = hostOf(flags.host ?? '127.0.0.1');
  const trustedProxies = networksOf(flags['trust-proxy']);
  let adminKeyIsIn = '';
  return {
    host,
    port: portOf(flags.port ?? '8787'),
    statePath,
    trustedProxies,
    // The measurements are made of it.
    hasAccessLog: hasAccessLog || metricsAt !== undefined,
    unreadySeconds: secondsOf('unready', flags.unready ?? '3'),
    log,
    variables: (url) => {
      const settings = productionSettings(statePath, url, process.env);
      for (const warning of settings.warnings) log.warn(warning);
      if (trustedProxies.length === 0 && !isLoopback(host))
        log.warn(
          '--trust-proxy is not given: behind a proxy nobody knows the addresses of shoppers, and quotas do not hold.',
        );
      adminKeyIsIn = settings.adminKeyIsIn;
      return settings.variables;
    },
    opened: async () => {
      if (metricsAt !== undefined) await startMetrics(metrics, metricsAt);
      log.say(`the admin key is in ${adminKeyIsIn}`);
      log.say(`state ${path.resolve(statePath)}`);
    },
  };
}

interface Listener {
  readonly host: string;
  readonly port: number;
}

async function startMetrics(metrics: MetricsPage, { host, port }: Listener): Promise<void> {
  await metrics.listen(host, port).catch((error: unknown) => {
    throw new SettingError(
      `--metrics cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}`,
    );
  });
}

function listenerOf(text: string): Listener {
  const colon = text.lastIndexOf(':');
  if (colon < 0) throw new UsageError(`--metrics must be HOST:PORT, not "${text}".`);
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const port = /^\d{1,5}$/.test(text.slice(colon + 1)) ? Number(text.slice(colon + 1)) : 0;
  if (host === '' || port < 1 || port > 65_535) throw new UsageError(`--metrics must be HOST:PORT, not "${text}".`);
  return { host, port };
}

function hostOf(text: string): string {
  if (/^[0-9A-Za-z.:-]+$/.test(text)) return text;
  throw new UsageError(`--host must be an address to listen on, such as 0.0.0.0, not "${text}".`);
}

function networksOf(text: string | undefined): readonly string[] {
  const ranges = text?.split(',').map((range) => range.trim()) ?? [];
  for (const range of ranges) {
    if (parseNetwork(range) === null)
      throw new UsageError(`--trust-proxy must be addresses such as 10.0.0.0/8,192.0.2.1; "${range}" is none.`);
  }
  return ranges;
}

function switchOf(name: string, value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new UsageError(`--${name} must be on or off, not "${value}".`);
}

/** More would leave no time for answers within the ten seconds that an end may take. */
const unreadySecondsMax = 8;

function secondsOf(name: string, value: string): number {
  if (/^\d$/.test(value) && Number(value) <= unreadySecondsMax) return Number(value);
  throw new UsageError(`--${name} must be a whole number from 0 to ${unreadySecondsMax}, not "${value}".`);
}
