/** All routes of the catalog. */
import { createApp } from '../../../shared/http/app.ts';
import type { CatalogEnv } from '../context.ts';
import { serveCollectionAdmin, serveProductAdmin } from './admin.ts';
import { serveImports } from './imports.ts';
import { servePublic } from './public.ts';

export const app = createApp<CatalogEnv>();
servePublic(app);
serveProductAdmin(app);
serveCollectionAdmin(app);
serveImports(app);
