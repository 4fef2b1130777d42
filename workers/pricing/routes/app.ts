/** All routes of pricing. */
import { type App, createApp } from '../../../shared/http/app.ts';
import { serveGiftCards } from '../allowances/routes.ts';
import { serveCodes } from '../codes/routes.ts';
import type { PricingEnv } from '../context.ts';
import { serveSettings } from './settings.ts';

export const app: App<PricingEnv> = createApp();
serveGiftCards(app);
serveCodes(app);
serveSettings(app);
