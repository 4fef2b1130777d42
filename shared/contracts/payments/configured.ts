/** Which payment providers a deployment has, as the Workers know it that hold no key of theirs. */
import { type ProviderName, providerNames } from './api.ts';

/** What a Worker is bound to. */
export interface ProvidersEnv {
  /** Names of providers beside `manual`, separated by commas. */
  readonly VITRINE_PROVIDERS?: string;
}

/** `manual` needs nobody and is always there. */
export function configuredProviders({ VITRINE_PROVIDERS: names = '' }: ProvidersEnv): readonly ProviderName[] {
  const named = new Set(names.split(',').map((name) => name.trim()));
  return providerNames.filter((name) => name === 'manual' || named.has(name));
}
