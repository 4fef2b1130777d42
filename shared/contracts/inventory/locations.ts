/** The places where stock lies, over HTTP: named, ranked, and taken out of use when nothing lies there. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Page } from '../../http/pagination.ts';
import { filledText } from '../../values/text.ts';

export const LocationId = z.string().regex(/^loc_[a-z0-9]{1,40}$/, { error: 'Not the id of a location (loc_…).' });

/** The location with the lowest rank gives first; among equals the one with most available. */
const Rank = z.int().min(0).max(1_000);

export const LocationView = z.strictObject({ id: z.string(), name: z.string(), rank: Rank, isActive: z.boolean() });

export const listLocations = operation({
  id: 'listLocations',
  method: 'GET',
  path: '/admin/v1/locations',
  summary: 'The places where stock lies',
  answer: Page(LocationView),
});

export const createLocation = operation({
  id: 'createLocation',
  method: 'POST',
  path: '/admin/v1/locations',
  summary: 'Add a place where stock lies',
  body: z.strictObject({ id: LocationId, name: filledText(100) }),
  answer: LocationView,
  status: 201,
  refusals: ['location-taken'],
});

export const editLocation = operation({
  id: 'editLocation',
  method: 'PATCH',
  path: '/admin/v1/locations/:id',
  summary: 'Rename a location, rank it, or take it out of use when nothing lies there',
  params: z.strictObject({ id: LocationId }),
  body: z
    .strictObject({ name: filledText(100), rank: Rank, isActive: z.boolean() })
    .partial()
    .refine((changes) => Object.keys(changes).length > 0, { error: 'Nothing is changed.' }),
  answer: LocationView,
  refusals: ['location-in-use'],
});
