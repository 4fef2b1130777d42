/** The part of the fake API that is about Workers. Keys are `METHOD /path/:parameter`, below the account. */
import * as z from 'zod';
import { type Account, type FakeVersion, type FakeWorker, refuse } from './account.ts';
import { type Asked, present, type Routes } from './routing.ts';
import { addVersion, deployVersions, secretsOf } from './uploads.ts';

const script = '/workers/scripts/:name';
const Body = {
  deployment: z.looseObject({
    versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  subdomain: z.object({ enabled: z.boolean(), previews_enabled: z.boolean().default(false) }),
  schedules: z.array(z.object({ cron: z.string() })),
  settings: z.looseObject({ observability: z.unknown().optional() }),
  domain: z.object({ hostname: z.string(), service: z.string(), zone_id: z.string() }),
};

export function workerRoutes(account: Account): Routes {
  const worker = ({ name = '' }: Asked['parameters']): FakeWorker =>
    account.workers.get(name) ?? refuse(404, 10007, 'This Worker does not exist on your account.');
  return {
    'GET /workers/services/:name': ({ parameters: { name = '' } }) => {
      const found = account.workers.get(name) ?? refuse(404, 10090, 'workers.api.error.service_not_found');
      const { tag, migrationTag } = found;
      const about = { id: name, tag, tags: [], migration_tag: migrationTag, last_deployed_from: 'wrangler' };
      return { id: name, default_environment: { environment: 'production', script: about } };
    },
    'GET /workers/workers/:name': ({ parameters }) => ({
      id: worker(parameters).tag,
      subdomain: worker(parameters).subdomain,
    }),
    'GET /workers/subdomain': () => ({ subdomain: 'fake' }),
    'GET /workers/scripts': () => [...account.workers.values()].map(({ name, tag }) => ({ id: name, tag })),
    [`PUT ${script}`]: ({ parameters: { name = '' }, upload }) => {
      const taken = addVersion(account, name, present(upload), 'full');
      deployVersions(taken.worker, [{ version_id: taken.version.id, percentage: 100 }], taken.version.annotations);
      return {
        id: name,
        tag: taken.worker.tag,
        startup_time_ms: 5,
        deployment_id: taken.version.id.replaceAll('-', ''),
      };
    },
    [`DELETE ${script}`]: ({ parameters }) => account.workers.delete(worker(parameters).name),
    [`GET ${script}/settings`]: ({ parameters }) => ({
      bindings: worker(parameters).versions.at(-1)?.bindings.map(withoutSecret),
      observability: worker(parameters).observability,
    }),
    [`PATCH ${script}/script-settings`]: ({ parameters, body }) => {
      worker(parameters).observability = Body.settings.parse(body).observability;
    },
    [`GET ${script}/versions`]: ({ parameters, query }) => ({
      items: worker(parameters)
        .versions.slice(query.has('deployable') ? -100 : -10)
        .reverse()
        .map(listed),
    }),
    [`POST ${script}/versions`]: ({ parameters, upload }) =>
      view(addVersion(account, worker(parameters).name, present(upload), 'version').version),
    [`GET ${script}/versions/:id`]: ({ parameters }) =>
      view(
        worker(parameters).versions.find(({ id }) => id === parameters.id) ?? refuse(404, 10216, 'Version not found'),
      ),
    [`GET ${script}/deployments`]: ({ parameters }) => ({ deployments: worker(parameters).deployments.slice(0, 10) }),
    [`POST ${script}/deployments`]: ({ parameters, body }) => {
      const { versions, annotations } = Body.deployment.parse(body);
      return deployVersions(worker(parameters), versions, annotations);
    },
    [`GET ${script}/subdomain`]: ({ parameters }) => worker(parameters).subdomain,
    [`POST ${script}/subdomain`]: ({ parameters, body }) => {
      worker(parameters).subdomain = Body.subdomain.parse(body);
      return worker(parameters).subdomain;
    },
    [`GET ${script}/schedules`]: ({ parameters }) => ({ schedules: worker(parameters).schedules }),
    [`PUT ${script}/schedules`]: ({ parameters, body }) => {
      worker(parameters).schedules = Body.schedules.parse(body);
      return { schedules: worker(parameters).schedules };
    },
    [`GET ${script}/secrets`]: ({ parameters }) =>
      secretsOf(worker(parameters)).map((name) => ({ name, type: 'secret_text' })),
    'GET /workers/domains': ({ query }) =>
      [...account.domains.values()].filter(({ service }) => service === (query.get('service') ?? service)),
    'PUT /workers/domains': ({ body }) => {
      const { hostname, service, zone_id } = Body.domain.parse(body);
      if (!account.workers.has(service)) refuse(404, 10007, 'This Worker does not exist on your account.');
      if (![...account.zones.values()].includes(zone_id)) refuse(404, 7003, 'Could not route to the zone');
      const domain = { id: `domain-${hostname}`, hostname, service };
      account.domains.set(domain.id, domain);
      return domain;
    },
    'DELETE /workers/domains/:id': ({ parameters: { id = '' } }) =>
      account.domains.delete(id) || refuse(404, 10007, 'There is no such domain.'),
  };
}

function withoutSecret({ type, text, ...binding }: FakeVersion['bindings'][number]) {
  return type === 'secret_text' ? { type, ...binding } : { type, text, ...binding };
}

function listed({ id, number, annotations, createdOn }: FakeVersion) {
  return { id, number, annotations, metadata: { created_on: createdOn, source: 'wrangler' } };
}

function view(version: FakeVersion) {
  return { ...listed(version), startup_time_ms: 5, resources: { bindings: version.bindings.map(withoutSecret) } };
}
