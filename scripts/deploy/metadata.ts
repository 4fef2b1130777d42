/** What is uploaded with a module: the metadata of Cloudflare's upload, as wrangler would write it. */
import { deployedName } from './deployed.ts';
import type { Upload } from './steps.ts';
import type { Binding } from './wanted.ts';

/**
 * Busy objects end what they do first, for so long at most; the platform's own default is five minutes, in which two versions of an
 * object's rules would be at work. A rollback does not wait.
 */
export const codeUpdate = { mode: 'deferred', max_delay: 30 } as const;
export const codeUpdateAtOnce = { mode: 'immediate' } as const;

export function metadataOf(
  { worker, secrets, deployed, full }: Upload,
  release: string,
  databaseId: (name: string) => string,
): Readonly<Record<string, unknown>> {
  return {
    main_module: worker.module.file,
    bindings: [
      ...worker.bindings.map((binding) => bindingOf(binding, databaseId)),
      { type: 'plain_text', name: deployedName, text: JSON.stringify(deployed) },
      ...Object.entries(secrets.sent).map(([name, text]) => ({ type: 'secret_text', name, text })),
      ...secrets.kept.map((name) => ({ type: 'inherit', name })),
    ],
    compatibility_date: worker.compatibilityDate,
    compatibility_flags: worker.compatibilityFlags,
    ...(worker.exports === null ? {} : { exports: worker.exports }),
    ...(worker.cache === null ? {} : { cache_options: worker.cache }),
    annotations: annotationsOf('release', release),
    ...(full === null
      ? {}
      : { code_update_strategy: codeUpdate, observability: worker.observability ?? { enabled: false } }),
    ...(full?.classes ? { migrations: classesOf(full.classes) } : {}),
  };
}

function classesOf({ from, to, steps }: NonNullable<NonNullable<Upload['full']>['classes']>) {
  return {
    ...(from === null ? {} : { old_tag: from }),
    new_tag: to,
    steps: steps.map(({ tag: _, ...step }) => step),
  };
}

function bindingOf(binding: Binding, databaseId: (name: string) => string): Readonly<Record<string, unknown>> {
  switch (binding.type) {
    case 'd1':
      return { type: 'd1', name: binding.name, id: databaseId(binding.database) };
    case 'queue':
      return { type: 'queue', name: binding.name, queue_name: binding.queue };
    case 'durable_object_namespace':
      return { type: 'durable_object_namespace', name: binding.name, class_name: binding.className };
    case 'plain_text':
    case 'service':
      return binding;
  }
}

/** What the platform shows beside a version or a deployment; `release` is read back by `releases.ts`. */
export function annotationsOf(what: 'release' | 'rollback to', release: string): Readonly<Record<string, string>> {
  return { 'workers/message': `${what} ${release}`, 'workers/tag': release };
}

export function formOf(metadata: unknown, file: string, code: string): FormData {
  const form = new FormData();
  form.set('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
  form.set(file, new Blob([code], { type: 'application/javascript+module' }), file);
  return form;
}
