/**
 * How far apart the parts of the shop are, in milliseconds for the way there and back. Workers that call each other run on one
 * machine; an object is somewhere in its region; D1 is where its primary is.
 */
import type { Delays } from './inside/meter.ts';

const sameColoMs = 1;
const objectInRegionMs = 15;
const d1PrimaryMs = 25;
const anotherContinentMs = 120;

/** The shopper, the goods and the databases are in one region. */
export const near: Delays = {
  service: sameColoMs,
  queue: sameColoMs,
  object: objectInRegionMs,
  d1: d1PrimaryMs,
};

/** The shopper's cart and order are near the shopper; the goods, the limited codes and every D1 are on another continent. */
export const far: Delays = {
  ...near,
  d1: anotherContinentMs,
  'object:STOCK': anotherContinentMs,
  'object:ALLOWANCE': anotherContinentMs,
};

export const hopTableText =
  `same colo ${sameColoMs} ms, object in region ${objectInRegionMs} ms, D1 primary ${d1PrimaryMs} ms, ` +
  `another continent ${anotherContinentMs} ms`;
