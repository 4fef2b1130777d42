/** The bindings of the sandbox, and the one ledger that its use cases are given. */
import type { NotificationsApi } from '../../shared/contracts/notifications/api.ts';
import type { Ledger } from './service.ts';

export interface SandboxEnv {
  readonly LEDGER: { getByName(name: string): Ledger };
  readonly NOTIFICATIONS: Pick<NotificationsApi, 'lastMessages'>;
  readonly VITRINE_ENV?: string;
  readonly VITRINE_PUBLIC_URL: string;
  readonly SANDBOX_SECRET_KEY: string;
}

interface Sandbox {
  readonly ledger: Ledger;
}

export function contextOf(env: SandboxEnv): Sandbox {
  return { ledger: env.LEDGER.getByName('ledger') };
}
