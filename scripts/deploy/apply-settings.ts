/** Steps that set a value and are right when they set it twice: crons, addresses, what is observed. */
import * as z from 'zod';
import { type Api, ApiError } from './api.ts';
import type { Step } from './steps.ts';
import { readRoutes, zoneOf } from './world.ts';

const Anything = z.unknown();
const routeExists = 10020;

type SettingStep = Extract<
  Step,
  { kind: 'observe' | 'crons' | 'publish' | 'add-domain' | 'drop-domain' | 'add-route' | 'drop-route' }
>;

/** What is set to a value, and is right when it is set twice. */
export async function applySetting(api: Api, step: SettingStep): Promise<void> {
  const script = 'worker' in step ? `/workers/scripts/${step.worker}` : '';
  switch (step.kind) {
    case 'observe':
      await api.call('PATCH', `${script}/script-settings`, Anything, { body: { observability: step.observability } });
      return;
    case 'crons':
      await api.call('PUT', `${script}/schedules`, Anything, { body: step.crons.map((cron) => ({ cron })) });
      return;
    case 'publish':
      await api.call('POST', `${script}/subdomain`, Anything, {
        body: { enabled: step.isPublic, previews_enabled: false },
      });
      return;
    case 'add-domain': {
      const zone = await zoneFor(api, step.hostname);
      await api.call('PUT', '/workers/domains', Anything, {
        body: { environment: 'production', hostname: step.hostname, service: step.worker, zone_id: zone },
      });
      return;
    }
    case 'drop-domain':
      return remove(api, `/workers/domains/${step.id}`);
    case 'add-route':
      return addRoute(api, step);
    case 'drop-route':
      return remove(api, `/zones/${step.zone}/workers/routes/${step.id}`);
  }
}

async function addRoute(api: Api, { worker, pattern }: Extract<Step, { kind: 'add-route' }>): Promise<void> {
  const host = pattern.replace(/\/.*$/, '');
  const zone = await zoneFor(api, host);
  try {
    await api.call('POST', `/zones/${zone}/workers/routes`, Anything, { body: { pattern, script: worker } });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === routeExists)) throw error;
    const found = await readRoutes(api, { router: worker, host });
    if (!found.some((route) => route.kind === 'route' && route.pattern === pattern))
      throw new Error(`The route ${pattern} belongs to another Worker of the account. Free it first.`, {
        cause: error,
      });
  }
}

async function zoneFor(api: Api, host: string): Promise<string> {
  const zone = await zoneOf(api, host);
  if (zone === null) throw new Error(`The account has no zone for ${host}. Add the domain to Cloudflare first.`);
  return zone;
}

/** What is gone already is as good as removed. */
export async function remove(api: Api, path: string): Promise<void> {
  try {
    await api.call('DELETE', path, Anything);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
