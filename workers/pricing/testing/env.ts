/** The bindings of pricing in a test that runs over a real database, without the objects and Workers around it. */
import type { PricingEnv } from '../context.ts';

export function pricingEnv(db: D1Database): PricingEnv {
  const absent = () => {
    throw new Error('No test here reaches an object or another Worker');
  };
  return {
    DB: db,
    ALLOWANCE: { getByName: absent },
    ORDERS: { hasOrdered: absent },
    NOTIFICATIONS: { send: absent },
    VITRINE_SECRET: 'secret',
  };
}
