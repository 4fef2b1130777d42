/** The parts of Cloudflare's answers that a deployment reads. */
import * as z from 'zod';

const Annotations = z.record(z.string(), z.string()).default({});

export const Consumer = z.object({
  consumer_id: z.string(),
  /** The Worker; lists and single answers name it differently. */
  script: z.string().optional(),
  script_name: z.string().optional(),
  service: z.string().optional(),
  dead_letter_queue: z.string().nullish(),
  settings: z.record(z.string(), z.unknown()).default({}),
});

export const Queue = z.object({
  queue_id: z.string(),
  queue_name: z.string(),
  consumers: z.array(Consumer).default([]),
});

export const Database = z.object({ uuid: z.string(), name: z.string() });

export const RemoteBinding = z.object({
  type: z.string(),
  name: z.string(),
  text: z.string().optional(),
  service: z.string().optional(),
  entrypoint: z.string().nullish(),
  id: z.string().optional(),
  database_id: z.string().optional(),
  queue_name: z.string().optional(),
  class_name: z.string().optional(),
});

export const Deployments = z.object({
  deployments: z.array(
    z.object({
      id: z.string(),
      created_on: z.string(),
      annotations: Annotations,
      versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
    }),
  ),
});

export const Versions = z.object({
  items: z.array(z.object({ id: z.string(), number: z.number(), annotations: Annotations })),
});

export const Version = z.object({
  id: z.string(),
  annotations: Annotations,
  resources: z.object({ bindings: z.array(RemoteBinding) }),
});
