/** How the people of a run ask an order: with one key until something final is heard, and sometimes once more than that. */

import { secondMs } from '../../shared/values/time.ts';
import type { CheckoutAnswer } from '../../workers/orders/service/requests.ts';
import type { Life } from './scheduler.ts';
import type { OrderInstance, Shop } from './shop.ts';

const triesMax = 400;

interface Question {
  readonly label: string;
  /** How long the first try is waited for; every further one a little longer. */
  readonly patienceMs: number;
  /** How long after the answer the same request may be sent once more. */
  readonly againMsMax: number;
  readonly ask: (attempt: number) => (order: OrderInstance) => Promise<CheckoutAnswer>;
  readonly hear: (answer: CheckoutAnswer, attempt: number) => void;
  readonly isFinal: (answer: CheckoutAnswer) => boolean;
}

/** The first final answer; null when there was none in all tries. */
export async function askUntilFinal(shop: Shop, life: Life, question: Question): Promise<CheckoutAnswer | null> {
  const { scheduler, orders } = shop;
  const { random } = scheduler;
  const { label, patienceMs, againMsMax, ask, hear, isFinal } = question;
  const send = async (attempt: number): Promise<CheckoutAnswer | null> => {
    const patience = scheduler.sleep(life, patienceMs * (1 + attempt)).then(() => null);
    const answer = await Promise.race([orders.ask(life, label, ask(attempt)).catch(() => null), patience]);
    if (answer === null) return null;
    hear(answer, attempt);
    return isFinal(answer) ? answer : null;
  };
  for (let attempt = 0; attempt < triesMax; attempt += 1) {
    const answer = await send(attempt);
    if (answer !== null) {
      if (random.chance(0.3)) void scheduler.sleep(life, random.between(0, againMsMax)).then(() => send(attempt));
      return answer;
    }
    await scheduler.sleep(life, random.between(100, 4 * secondMs));
  }
  return null;
}
