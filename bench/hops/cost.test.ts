/** Dollars follow from counts and the price list, and from nothing else. */
import { describe, expect, it } from 'vitest';
import { dollarsPerThousand, type Prices, readPrices, usageOf } from './cost.ts';

const prices: Prices = {
  ...readPrices(),
  objectGigabytes: 0.128,
  perMillion: {
    workerRequests: 0.3,
    workerCpuMs: 0.02,
    objectRequests: 0.15,
    objectGigabyteSeconds: 12.5,
    objectRowsRead: 0.001,
    objectRowsWritten: 1,
    d1RowsRead: 0.001,
    d1RowsWritten: 1,
    queueOperations: 0.4,
  },
};

describe('what a request uses', () => {
  it('is one request of a Worker and its processor time when it makes no calls', () => {
    const usage = usageOf({}, prices, 2);
    expect(usage).toMatchObject({ workerRequests: 1, workerCpuMs: 2, objectRequests: 0, queueOperations: 0 });
  });

  it('is not more for calls between Workers', () => {
    expect(usageOf({ service: 12 }, prices, 2)).toEqual(usageOf({}, prices, 2));
  });

  it('is a request for every call to an object, every alarm and every batch from a queue', () => {
    const usage = usageOf({ object: 4, alarms: 3, 'queue deliveries': 2 }, prices, 0);
    expect(usage).toMatchObject({ objectRequests: 7, workerRequests: 3 });
  });

  it('is the memory of an object for as long as it is busy', () => {
    expect(usageOf({ 'object busy ms': 500 }, prices, 0).objectGigabyteSeconds).toBeCloseTo(0.064);
  });
});

describe('dollars for a thousand', () => {
  it('are a thousandth of the price of a million', () => {
    expect(dollarsPerThousand(usageOf({}, prices, 0), prices)).toBeCloseTo(0.0003, 10);
  });

  it.each([
    ['object rows written', 0.001],
    ['D1 rows written', 0.001],
    ['D1 rows read', 0.000001],
    ['queue operations', 0.0004],
    ['object', 0.00015],
  ])('grow with %s by its price', (what, dollars) => {
    const without = dollarsPerThousand(usageOf({}, prices, 0), prices);
    expect(dollarsPerThousand(usageOf({ [what]: 1 }, prices, 0), prices) - without).toBeCloseTo(dollars, 10);
  });
});

describe('the price list', () => {
  it('is complete, and says of when and where from it is', () => {
    const { asOf, sources, perMillion } = readPrices();
    expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(sources.length).toBeGreaterThan(0);
    for (const price of Object.values(perMillion)) expect(price).toBeGreaterThan(0);
  });
});
