/** The steps of a deployment, as a plan lists them and an application takes them. Each can be repeated. */
import type { Deployed } from './deployed.ts';
import type { WorkerSecrets } from './secrets.ts';
import type { ClassStep, Consumer, Migration, WantedWorker } from './wanted.ts';

export interface ClassChange {
  /** What the platform has; null before the first. */
  readonly from: string | null;
  readonly to: string;
  readonly steps: readonly ClassStep[];
}

export interface Upload {
  readonly worker: WantedWorker;
  readonly secrets: WorkerSecrets;
  readonly deployed: Deployed;
  /** Set when the upload answers at once: the first real version of a Worker, or a change of its classes. */
  readonly full: { readonly classes: ClassChange | null } | null;
}

export interface Share {
  /** The version uploaded by this plan, or one that is there. */
  readonly version: 'uploaded' | { readonly id: string };
  readonly percentage: number;
}

export type Step =
  | { readonly kind: 'create-queue'; readonly queue: string }
  | { readonly kind: 'create-database'; readonly database: string; readonly jurisdiction: string | null }
  | { readonly kind: 'stub'; readonly worker: string; readonly compatibilityDate: string }
  | { readonly kind: 'bookmark'; readonly database: string }
  | { readonly kind: 'migrate'; readonly database: string; readonly migration: Migration }
  | { readonly kind: 'upload'; readonly upload: Upload; readonly because: readonly string[] }
  | { readonly kind: 'flip'; readonly worker: string; readonly shares: readonly Share[] }
  | { readonly kind: 'observe'; readonly worker: string; readonly observability: WantedWorker['observability'] }
  | { readonly kind: 'attach'; readonly consumer: Consumer }
  | { readonly kind: 'detach'; readonly queue: string; readonly worker: string; readonly consumerId: string }
  | { readonly kind: 'crons'; readonly worker: string; readonly crons: readonly string[] }
  | { readonly kind: 'publish'; readonly worker: string; readonly isPublic: boolean }
  | { readonly kind: 'add-domain'; readonly worker: string; readonly hostname: string }
  | { readonly kind: 'drop-domain'; readonly hostname: string; readonly id: string }
  | { readonly kind: 'add-route'; readonly worker: string; readonly pattern: string }
  | { readonly kind: 'drop-route'; readonly pattern: string; readonly zone: string; readonly id: string };

/** One line for a person: + is new, ~ changes, - goes, ! cannot be taken back, > runs once. */
export function lineOf(step: Step): string {
  switch (step.kind) {
    case 'create-queue':
      return `+ queue ${step.queue}`;
    case 'create-database':
      return `+ database ${step.database}`;
    case 'stub':
      return `+ ${step.worker}: a placeholder, so that others can be bound to it`;
    case 'bookmark':
      return `> bookmark of ${step.database}`;
    case 'migrate':
      return `> migrate ${step.database}: ${step.migration.file}`;
    case 'upload':
      return `${step.upload.full?.classes ? '!' : '~'} upload ${step.upload.worker.name}: ${step.because.join(', ')}`;
    case 'flip':
      return `~ ${step.worker} answers with ${sharesOf(step.shares)}`;
    case 'observe':
      return `~ ${step.worker}: observability`;
    case 'attach':
      return `~ ${step.consumer.worker} consumes ${step.consumer.queue}`;
    case 'detach':
      return `- ${step.worker} no longer consumes ${step.queue}`;
    case 'crons':
      return `~ ${step.worker}: crons ${step.crons.join(', ') || 'none'}`;
    case 'publish':
      return `~ ${step.worker} is ${step.isPublic ? '' : 'not '}on workers.dev`;
    case 'add-domain':
      return `+ domain ${step.hostname} of ${step.worker}`;
    case 'drop-domain':
      return `- domain ${step.hostname}`;
    case 'add-route':
      return `+ route ${step.pattern} of ${step.worker}`;
    case 'drop-route':
      return `- route ${step.pattern}`;
  }
}

function sharesOf(shares: readonly Share[]): string {
  return shares
    .map(({ version, percentage }) => {
      const named = version === 'uploaded' ? 'the new version' : `version ${version.id.slice(0, 8)}`;
      return percentage === 100 ? named : `${named} for ${percentage} %`;
    })
    .join(' and ');
}
