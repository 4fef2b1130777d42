/** The compose file is whole and strict, and what it names is there: files, volumes, networks, secrets, flags of the shop. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';
import { readYaml } from './yaml.ts';

const Text = z.string().min(1);
const Size = z.string().regex(/^\d+[mg]$/);

/**
 * What the file uses of the compose specification, with what every service of ours must have.
 *
 * @see https://github.com/compose-spec/compose-spec/blob/main/spec.md
 */
const Service = z.strictObject({
  build: z.strictObject({ context: z.literal('.') }).optional(),
  image: z.string().regex(/^[\w./-]+:v?\d[\w.-]*$/, 'an image with a version'),
  command: z.array(Text).optional(),
  entrypoint: z.array(Text).optional(),
  depends_on: z.record(Text, z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(Text, z.string()).optional(),
  secrets: z.array(Text).optional(),
  volumes: z.array(Text).optional(),
  tmpfs: z.array(Text).optional(),
  networks: z.union([z.array(Text), z.record(Text, z.strictObject({}))]).optional(),
  network_mode: z.literal('none').optional(),
  ports: z.array(Text).optional(),
  pid: Text.optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  healthcheck: z.strictObject({ disable: z.literal(true) }).optional(),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.literal('NET_BIND_SERVICE')).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  logging: z.strictObject({ driver: z.literal('fluentd'), options: z.record(Text, z.string()) }).optional(),
  mem_limit: Size,
  pids_limit: z.int().positive(),
});

const Compose = z.strictObject({
  name: Text,
  'x-hardened': z.unknown(),
  'x-logged': z.unknown(),
  services: z.record(Text, Service),
  networks: z.record(
    Text,
    z.strictObject({
      internal: z.boolean().optional(),
      ipam: z.strictObject({ config: z.array(z.strictObject({ subnet: z.string() })) }).optional(),
    }),
  ),
  volumes: z.record(Text, z.strictObject({})),
  secrets: z.record(Text, z.strictObject({ file: z.string().startsWith('./secrets/') })),
});

const [compose] = readYaml('compose.yaml', Compose);
if (compose === undefined) throw new Error('compose.yaml is empty');
const services = Object.entries(compose.services);
const { shop, proxy, backup } = compose.services;
if (shop === undefined || proxy === undefined || backup === undefined) throw new Error('A service is missing');

const networksOf = ({ networks = [] }: z.infer<typeof Service>) =>
  Array.isArray(networks) ? networks : Object.keys(networks);

/** The names before a colon that are no paths. */
const namedVolumes = ({ volumes = [] }: z.infer<typeof Service>) =>
  volumes.flatMap((volume) => volume.match(/^[\w-]+(?=:)/) ?? []);

describe('what the services name', () => {
  test('is declared, and what is declared is used', () => {
    const used = (of: (service: z.infer<typeof Service>) => readonly string[]) =>
      [...new Set(services.flatMap(([, service]) => of(service)))].toSorted();
    expect(used(namedVolumes)).toEqual(Object.keys(compose.volumes).toSorted());
    expect(used(networksOf)).toEqual(Object.keys(compose.networks).toSorted());
    expect(used(({ secrets = [] }) => secrets)).toEqual(Object.keys(compose.secrets).toSorted());
  });

  test('is there, when it is a file of the project', () => {
    for (const [, { volumes = [] }] of services)
      for (const file of volumes.flatMap((volume) => volume.match(/^\.\/[^:]+/) ?? []))
        expect(existsSync(path.join(projectRoot, file)), file).toBe(true);
  });

  test('as a secret is read from where secrets are', () => {
    for (const [name, { secrets = [], environment = {}, command = [] }] of services) {
      const read = [...Object.values(environment), ...command].flatMap(
        (text) => text.match(/(?<=\/run\/secrets\/)\w+/g) ?? [],
      );
      expect(new Set(read), name).toEqual(new Set(secrets));
    }
  });
});

describe('from outside', () => {
  test('only the proxy is reached; what the operator reads is on this machine alone', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect(port.startsWith('127.0.0.1:') || name === 'proxy', `${name} ${port}`).toBe(true);
  });

  test("the shop takes a client's address from the proxy's network alone", () => {
    const trusted = shop.command?.[(shop.command.indexOf('--trust-proxy') ?? -1) + 1];
    const shared = networksOf(shop).filter((network) => networksOf(proxy).includes(network));
    expect(shared.flatMap((network) => compose.networks[network]?.ipam?.config.map(({ subnet }) => subnet))).toEqual([
      trusted,
    ]);
  });

  test('the proxy drops what a client claims about its address', () => {
    const caddyfile = readFileSync(path.join(projectRoot, 'ops/caddy/Caddyfile'), 'utf8');
    expect(caddyfile).toContain('header_up X-Forwarded-For {remote_host}');
    for (const header of ['Forwarded', 'X-Real-IP', 'CF-Connecting-IP'])
      expect(caddyfile).toContain(`header_up -${header}`);
  });
});

describe('the shop', () => {
  test('is called as the image calls it', () => {
    const dockerfile = readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8');
    const given = z.array(z.string()).parse(JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? 'null'));
    expect(shop.command?.slice(0, given.length)).toEqual(given);
  });

  test('and its backup are one image, of this version, and see the same processes and the same state', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
    expect([shop.image, backup.image]).toEqual([`vitrine:${version}`, `vitrine:${version}`]);
    expect(backup.pid).toBe('service:shop');
    expect(namedVolumes(backup)).toContain(namedVolumes(shop)[0]);
    expect(namedVolumes(shop)).not.toContain('backups');
  });

  test('has more time to stop than it needs', () => {
    expect(Number.parseInt(shop.stop_grace_period ?? '0', 10)).toBeGreaterThan(10);
  });
});
