/**
 * The part of Kubernetes' API that the manifests use, strictly: a field that is misspelled, or stands at the wrong place, is a
 * fault here, while a cluster would drop it silently or refuse the whole on the day of its use.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/
 */
import * as z from 'zod';

const Text = z.string().min(1);
const Labels = z.record(Text, z.string());
/** A DNS label. */
const Name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const Quantity = z.string().regex(/^\d+(m|Ki|Mi|Gi|Ti)?$/);
const Port = z.int().min(1).max(65_535);
const Protocol = z.enum(['TCP', 'UDP', 'SCTP']);
const Mode = z.int().min(0).max(0o777);

const Metadata = z.strictObject({
  name: Name,
  namespace: Name.optional(),
  labels: Labels.optional(),
  annotations: Labels.optional(),
});
const Selector = z.strictObject({ matchLabels: Labels });

const Probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.union([Name, Port]) }),
  initialDelaySeconds: z.int().optional(),
  periodSeconds: z.int().positive(),
  timeoutSeconds: z.int().positive().optional(),
  failureThreshold: z.int().positive(),
});

export const Container = z.strictObject({
  name: Name,
  image: Text,
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  command: z.array(Text).optional(),
  args: z.array(Text).optional(),
  env: z.array(z.strictObject({ name: Text, value: Text })).optional(),
  envFrom: z.array(z.strictObject({ configMapRef: z.strictObject({ name: Name }) })).optional(),
  ports: z.array(z.strictObject({ name: Name, containerPort: Port, protocol: Protocol })).optional(),
  startupProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  resources: z.strictObject({ requests: z.record(Text, Quantity), limits: z.record(Text, Quantity) }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(
    z.strictObject({ name: Name, mountPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }),
  ),
});
export type Container = z.infer<typeof Container>;

/** Pod security "restricted" is written out: it is what the namespace enforces. */
const PodSpec = z.strictObject({
  serviceAccountName: Name,
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  shareProcessNamespace: z.boolean(),
  terminationGracePeriodSeconds: z.int().positive(),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.int().positive(),
    runAsGroup: z.int().positive(),
    fsGroup: z.int().positive(),
    fsGroupChangePolicy: z.enum(['OnRootMismatch', 'Always']),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.array(Container).min(1),
  volumes: z.array(
    z.union([
      z.strictObject({ name: Name, emptyDir: z.strictObject({ sizeLimit: Quantity }) }),
      z.strictObject({ name: Name, secret: z.strictObject({ secretName: Name, defaultMode: Mode }) }),
    ]),
  ),
});

const VolumeClaim = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata: Metadata,
  spec: z.strictObject({
    accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadWriteOncePod'])).length(1),
    resources: z.strictObject({ requests: z.strictObject({ storage: Quantity }) }),
  }),
});

export const StatefulSet = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('StatefulSet'),
  metadata: Metadata,
  spec: z.strictObject({
    replicas: z.literal(1),
    serviceName: Name,
    selector: Selector,
    updateStrategy: z.strictObject({ type: z.enum(['RollingUpdate', 'OnDelete']) }),
    persistentVolumeClaimRetentionPolicy: z.strictObject({
      whenDeleted: z.literal('Retain'),
      whenScaled: z.literal('Retain'),
    }),
    template: z.strictObject({
      metadata: z.strictObject({ labels: Labels, annotations: Labels.optional() }),
      spec: PodSpec,
    }),
    volumeClaimTemplates: z.array(VolumeClaim),
  }),
});
export type StatefulSet = z.infer<typeof StatefulSet>;

const Namespace = z.strictObject({ apiVersion: z.literal('v1'), kind: z.literal('Namespace'), metadata: Metadata });

const ServiceAccount = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ServiceAccount'),
  metadata: Metadata,
  automountServiceAccountToken: z.literal(false),
});

const Service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata: Metadata,
  spec: z.strictObject({
    type: z.literal('ClusterIP'),
    selector: Labels,
    ports: z.array(z.strictObject({ name: Name, port: Port, targetPort: z.union([Name, Port]), protocol: Protocol })),
  }),
});

const DisruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata: Metadata,
  spec: z.strictObject({ maxUnavailable: z.int().min(0), selector: Selector }),
});

const Peer = z.union([
  z.strictObject({ namespaceSelector: Selector, podSelector: Selector.optional() }),
  z.strictObject({ ipBlock: z.strictObject({ cidr: Text, except: z.array(Text).optional() }) }),
]);
const PolicyPort = z.strictObject({ protocol: Protocol, port: Port });

export const NetworkPolicy = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata: Metadata,
  spec: z.strictObject({
    podSelector: z.union([Selector, z.strictObject({})]),
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(z.strictObject({ from: z.array(Peer).min(1), ports: z.array(PolicyPort).min(1) })).optional(),
    egress: z.array(z.strictObject({ to: z.array(Peer).min(1), ports: z.array(PolicyPort).min(1) })).optional(),
  }),
});

const Ingress = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('Ingress'),
  metadata: Metadata,
  spec: z.strictObject({
    ingressClassName: Name,
    tls: z.array(z.strictObject({ hosts: z.array(Text).min(1), secretName: Name })).min(1),
    rules: z.array(
      z.strictObject({
        host: Text,
        http: z.strictObject({
          paths: z.array(
            z.strictObject({
              path: z.string().startsWith('/'),
              pathType: z.enum(['Prefix', 'Exact']),
              backend: z.strictObject({
                service: z.strictObject({ name: Name, port: z.strictObject({ name: Name }) }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});

const Image = z.strictObject({
  name: Text,
  newName: Text.optional(),
  newTag: Text.optional(),
  digest: Text.optional(),
});
const Generator = z.strictObject({
  name: Name,
  literals: z.array(z.string().includes('=')).optional(),
  files: z.array(z.string().includes('=')).optional(),
});

export const Kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: Name.optional(),
  resources: z.array(Text).min(1),
  labels: z.array(z.strictObject({ pairs: Labels })).optional(),
  images: z.array(Image).optional(),
  configMapGenerator: z.array(Generator).optional(),
  secretGenerator: z.array(Generator).optional(),
  patches: z.array(z.strictObject({ target: z.strictObject({ kind: Text, name: Name }), patch: Text })).optional(),
});
export type Kustomization = z.infer<typeof Kustomization>;

export const Manifest = z.discriminatedUnion('kind', [
  Namespace,
  ServiceAccount,
  StatefulSet,
  Service,
  DisruptionBudget,
  NetworkPolicy,
  Ingress,
]);
export type Manifest = z.infer<typeof Manifest>;
