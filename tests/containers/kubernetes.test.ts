/** The manifests are whole, agree with each other and with the image, and keep what pod security asks for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectRoot } from '../../scripts/configs.ts';
import { Kustomization, Manifest } from './kubernetes-schema.ts';
import { readYaml } from './yaml.ts';

const base = 'ops/kubernetes/base';
const example = 'ops/kubernetes/example';

const kustomizationOf = (folder: string): Kustomization => {
  const [kustomization] = readYaml(`${folder}/kustomization.yaml`, Kustomization);
  if (kustomization === undefined) throw new Error(`${folder} has no kustomization`);
  return kustomization;
};

const manifestsOf = (folder: string): Manifest[] =>
  kustomizationOf(folder)
    .resources.filter((resource) => resource.endsWith('.yaml'))
    .flatMap((file) => readYaml(`${folder}/${file}`, Manifest));

const manifests = [...manifestsOf(base), ...manifestsOf(example)];

function theOnly<Kind extends Manifest['kind']>(kind: Kind): Extract<Manifest, { kind: Kind }> {
  const found = manifests.filter((one): one is Extract<Manifest, { kind: Kind }> => one.kind === kind);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of ${kind}`);
  return found[0];
}

const { spec } = theOnly('StatefulSet');
const pod = spec.template.spec;
const [shop, backup] = pod.containers;
if (shop === undefined || backup === undefined) throw new Error('There are two containers: shop and backup');

describe('the files', () => {
  test.each([base, example])('of %s are all listed, and all that are listed are there', (folder) => {
    const listed = kustomizationOf(folder).resources.filter((resource) => resource.endsWith('.yaml'));
    const there = readdirSync(path.join(projectRoot, folder)).filter((file) => file !== 'kustomization.yaml');
    expect(there.toSorted()).toEqual(listed.toSorted());
  });

  test('that the example builds upon are there', () => {
    const [resource] = kustomizationOf(example).resources;
    expect(existsSync(path.join(projectRoot, example, resource ?? '', 'kustomization.yaml'))).toBe(true);
  });

  test('name the version of the release, and no image by a tag that moves', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
    for (const folder of [base, example])
      expect(kustomizationOf(folder).images?.map(({ newTag }) => newTag)).toEqual([version]);
  });

  test('are all in one namespace, which refuses pods with rights', () => {
    const { metadata } = theOnly('Namespace');
    expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const others = manifests.filter(({ kind }) => kind !== 'Namespace');
    expect(new Set(others.map((one) => one.metadata.namespace))).toEqual(new Set([metadata.name]));
  });

  test('with a misspelled field or a field at the wrong place are found', () => {
    const right = theOnly('StatefulSet');
    expect(Manifest.safeParse(right).success).toBe(true);
    expect(Manifest.safeParse({ ...right, spec: { ...right.spec, replica: 2 } }).success).toBe(false);
  });
});

describe('the pod', () => {
  test('is selected by its set, its service, its budget and its policy', () => {
    const { labels } = spec.template.metadata;
    const policies = manifests.filter((one) => one.kind === 'NetworkPolicy').map((one) => one.spec.podSelector);
    for (const selector of [
      spec.selector.matchLabels,
      theOnly('Service').spec.selector,
      theOnly('PodDisruptionBudget').spec.selector.matchLabels,
    ])
      expect(labels).toMatchObject(selector);
    expect(policies).toEqual([{}, { matchLabels: labels }]);
  });

  test('mounts nothing that is not a volume, and has no volume that nobody mounts', () => {
    const volumes = [
      ...pod.volumes.map(({ name }) => name),
      ...spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ];
    const mounted = pod.containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
    expect([...new Set(mounted)].toSorted()).toEqual(volumes.toSorted());
  });

  test('has limits and requests of memory and disk in every container', () => {
    for (const { resources } of pod.containers) {
      expect(resources.limits).toMatchObject({ memory: expect.any(String), 'ephemeral-storage': expect.any(String) });
      expect(resources.requests).toMatchObject({ memory: expect.any(String), cpu: expect.any(String) });
    }
  });

  test('gives secrets as files that the example makes, never as variables', () => {
    const { configMapGenerator, secretGenerator } = kustomizationOf(example);
    const made = secretGenerator?.flatMap(({ files = [] }) => files.map((file) => file.split('=')[0] ?? '')) ?? [];
    const read = pod.containers.flatMap(({ env = [], args = [] }) =>
      [...env.map(({ value }) => value), ...args].flatMap(
        (text) => text.match(/(?<=\/run\/secrets\/vitrine\/)[\w-]+/g) ?? [],
      ),
    );
    expect([...new Set(read)].toSorted()).toEqual(made.toSorted());
    expect(secretGenerator?.map(({ name }) => name)).toEqual(
      pod.volumes.flatMap((volume) => ('secret' in volume ? [volume.secret.secretName] : [])),
    );
    expect(configMapGenerator?.map(({ name }) => name)).toEqual(shop.envFrom?.map((from) => from.configMapRef.name));
    for (const { name } of shop.env ?? []) expect(name).toMatch(/_FILE$/);
  });

  test('is told to stop by a readiness of its own, and has more time than the shop needs', () => {
    expect(shop.readinessProbe?.httpGet.path).not.toBe(shop.livenessProbe?.httpGet.path);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10);
  });

  test('lets the backup see the processes of the shop, which it stops for a moment', () => {
    expect(pod.shareProcessNamespace).toBe(true);
    const mounts = (one: typeof backup) => new Set(one.volumeMounts.map(({ name }) => name));
    expect(mounts(shop).has('state') && mounts(backup).has('state')).toBe(true);
    expect(mounts(shop).has('backups')).toBe(false);
  });

  test('has ports that the service and the policy name', () => {
    const ports = new Map(shop.ports?.map(({ name, containerPort }) => [name, containerPort]));
    for (const { targetPort } of theOnly('Service').spec.ports) expect(ports.has(String(targetPort))).toBe(true);
    const letIn = manifests.flatMap((one) => (one.kind === 'NetworkPolicy' ? (one.spec.ingress ?? []) : []));
    expect(letIn.flatMap((rule) => rule.ports.map(({ port }) => port)).toSorted()).toEqual(
      [...ports.values()].toSorted(),
    );
    const backends = theOnly('Ingress').spec.rules.flatMap(({ http }) =>
      http.paths.map(({ backend }) => backend.service),
    );
    const service = theOnly('Service');
    for (const { name, port } of backends) {
      expect(name).toBe(service.metadata.name);
      expect(service.spec.ports.map((one) => one.name)).toContain(port.name);
    }
  });

  test('runs with the user and the arguments of the image', () => {
    const dockerfile = readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8');
    expect(dockerfile).toContain(`USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`);
    const given = z.array(z.string()).parse(JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? 'null'));
    expect(shop.args).toEqual(given);
    const exposed = /^EXPOSE (.*)$/m.exec(dockerfile)?.[1]?.split(' ').map(Number);
    expect(shop.ports?.map(({ containerPort }) => containerPort)).toEqual(exposed);
  });
});

test('nobody is let in or out but by name: everything else is refused first', () => {
  const policies = manifests.filter((one) => one.kind === 'NetworkPolicy');
  expect(policies[0]?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
});
