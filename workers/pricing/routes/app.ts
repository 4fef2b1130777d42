/** All routes of pricing. */
import { type App, createApp } from '../../../shared/http/app.ts';
import { serveGiftCards } from '../allowances/routes.ts';
import type { PricingEnv } from '../context.ts';
import { serveSettings } from './settings.ts';

export const app: App<PricingEnv> = createApp();
serveGiftCards(app);
serveSettings(app);
