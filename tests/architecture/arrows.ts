/**
 * Which file may import which: the arrows of the design, as a table. Each rule carries a violation that it must catch, so a
 * rule that cannot fail is itself a failure.
 */
import { type Import, importsOf, isTest, type SourceFile } from './sources.ts';

export interface ArrowRule {
  readonly name: string;
  /** The files that the rule is about. A named group `owner` may be used in the other patterns as `{owner}`. */
  readonly from: RegExp;
  /** Imports that are refused, by path or package name. */
  readonly mayNotImport: string;
  /** Exceptions from `mayNotImport`. */
  readonly except?: string;
  /** Exceptions when only types are imported. */
  readonly exceptTypes?: string;
  /** Test files stand outside of most rules: they build the world that the rule keeps out. */
  readonly alsoTests?: true;
  /** A file and its import line that the rule must refuse. */
  readonly planted: readonly [file: string, line: string];
}

/** Whose rules an object runs. Jobs and an outbox relay have no rules of their own and serve several Workers. */
export const objectOwners: Readonly<Record<string, readonly string[]>> = {
  cart: ['cart'],
  stock: ['inventory'],
  order: ['orders'],
  allowance: ['pricing'],
  metrics: ['observer'],
  jobs: ['catalog', 'inventory'],
  'outbox-relay': ['catalog', 'payments'],
  'sandbox-ledger': ['sandbox'],
};

const anyProjectFile = '^(?:workers|durable-objects|shared|scripts|tests|bench)/';
const anything = '^';
const deployed = /^(?:workers|durable-objects|shared)\//;
const domain = /^workers\/(?<owner>[^/]+)\/(?:domain\.ts|domain\/.+)$/;

const generalRules: readonly ArrowRule[] = [
  {
    name: 'no Worker imports another Worker',
    from: /^workers\/(?<owner>[^/]+)\//,
    mayNotImport: '^workers/(?!{owner}/)',
    alsoTests: true,
    planted: ['workers/cart/service/carts.ts', "import { price } from '../../pricing/service/quotes.ts';"],
  },
  {
    name: 'a domain imports only values, holds, quoting and itself, and types of events and contracts',
    from: domain,
    mayNotImport: anything,
    except: '^(?:shared/(?:values|holds|quoting)/|workers/{owner}/domain(?:\\.ts$|/))',
    exceptTypes: '^(?:shared/(?:events|contracts|streams)/|zod$)',
    planted: ['workers/orders/domain/checkout/plan.ts', "import { drizzle } from 'drizzle-orm/d1';"],
  },
  {
    name: 'routes and events reach the store through the service only',
    from: /^workers\/(?<owner>[^/]+)\/(?:routes|events)(?:\.ts$|\/)/,
    mayNotImport: '^workers/{owner}/store(?:\\.ts$|/)',
    exceptTypes: '^workers/{owner}/store(?:\\.ts$|/)',
    planted: ['workers/catalog/routes.ts', "import { saveProduct } from './store.ts';"],
  },
  {
    name: 'a service knows neither routes nor events',
    from: /^workers\/(?<owner>[^/]+)\/service(?:\.ts$|\/)/,
    mayNotImport: '^workers/{owner}/(?:routes|events|index)(?:\\.ts$|/)',
    planted: ['workers/cart/service/carts.ts', "import { app } from '../routes/carts.ts';"],
  },
  {
    name: 'a store knows neither service nor routes nor events',
    from: /^workers\/(?<owner>[^/]+)\/store(?:\.ts$|\/)/,
    mayNotImport: '^workers/{owner}/(?:service|routes|events|index)(?:\\.ts$|/)',
    planted: ['workers/catalog/store.ts', "import { changeProduct } from './service.ts';"],
  },
  {
    name: 'the base of the objects knows no Worker and no object',
    from: /^durable-objects\/[^/]+\.ts$/,
    mayNotImport: '^(?:workers/|durable-objects/[^/]+/)',
    planted: ['durable-objects/aggregate.ts', "import { decide } from '../workers/cart/domain/cart.ts';"],
  },
  {
    name: 'shared code knows neither Workers nor objects',
    from: /^shared\//,
    mayNotImport: '^(?:workers|durable-objects|scripts|tests|bench)/',
    alsoTests: true,
    planted: ['shared/http/app.ts', "import { CartObject } from '../../durable-objects/cart/object.ts';"],
  },
  {
    name: 'streams know no platform and no object',
    from: /^shared\/streams\//,
    mayNotImport: anything,
    except: '^shared/(?:values|events|holds|messaging|streams)/',
    planted: ['shared/streams/streams.ts', "import { DurableObject } from 'cloudflare:workers';"],
  },
  {
    name: 'only the index of a Worker imports an object',
    from: /^workers\/[^/]+\/(?!index\.ts$)/,
    mayNotImport: '^durable-objects/',
    planted: [
      'workers/cart/service/carts.ts',
      "import type { CartObject } from '../../../durable-objects/cart/object.ts';",
    ],
  },
  {
    name: 'values import only values',
    from: /^shared\/values\//,
    mayNotImport: anyProjectFile,
    except: '^shared/values/',
    planted: ['shared/values/money.ts', "import { Envelope } from '../events/envelope.ts';"],
  },
  {
    name: 'holds import only holds and values',
    from: /^shared\/holds\//,
    mayNotImport: anything,
    except: '^shared/(?:values|holds)/',
    planted: ['shared/holds/holds.ts', "import { DurableObject } from 'cloudflare:workers';"],
  },
  {
    name: 'quoting imports only values, names of allowances, and types of contracts',
    from: /^shared\/quoting\//,
    mayNotImport: anything,
    except: '^shared/(?:(?:values|quoting|digest)/|contracts/pricing/allowances\\.ts$)',
    exceptTypes: '^shared/contracts/',
    planted: ['shared/quoting/priceable.ts', "import { serve } from '../http/app.ts';"],
  },
  {
    name: 'events import only values and each other',
    from: /^shared\/events\//,
    mayNotImport: anything,
    except: '^(?:shared/(?:values|events)/|zod$)',
    planted: ['shared/events/orders.ts', "import type { OrdersApi } from '../contracts/orders.ts';"],
  },
  {
    name: 'contracts know no platform and no messaging',
    from: /^shared\/contracts\//,
    mayNotImport: anything,
    except: '^(?:shared/(?:values|events|contracts|http)/|zod$)',
    planted: ['shared/contracts/cart/api.ts', "import { DurableObject } from 'cloudflare:workers';"],
  },
  {
    name: 'deployed code imports no tools and no tests',
    from: deployed,
    mayNotImport:
      '^(?:(?:scripts|tests|bench|shared/testing|workers/[^/]+/testing)/|(?:vitest|fast-check|miniflare|wrangler|esbuild|smol-toml)(?:$|/))|\\.test\\.ts$',
    planted: ['workers/catalog/service.ts', "import * as fc from 'fast-check';"],
  },
];

/** For every object folder: what it may import, and which Workers may import it. */
const objectRules: readonly ArrowRule[] = Object.entries(objectOwners).flatMap(([object, owners]) => {
  const owner = owners[0] ?? '';
  return [
    {
      name: `the ${object} object imports only its owner's rules and use cases, and shared code`,
      from: new RegExp(`^durable-objects/${object}/`),
      mayNotImport: '^(?:workers|durable-objects|scripts|tests|bench)/',
      except: `^(?:workers/(?:${owners.join('|')})/(?:context\\.ts$|(?:[a-z-]+/)?(?:domain|service)(?:\\.ts$|/)|(?:checkout|operations)/)|durable-objects/(?:${object}/|[^/]+\\.ts$))`,
      planted: [`durable-objects/${object}/object.ts`, `import { save } from '../../workers/${owner}/store.ts';`],
    },
    {
      name: `only ${owners.join(' and ')} import the ${object} object`,
      from: new RegExp(`^workers/(?!(?:${owners.join('|')})/)`),
      mayNotImport: `^durable-objects/${object}/`,
      alsoTests: true,
      planted: ['workers/router/gateway.ts', `import { Something } from '../../durable-objects/${object}/object.ts';`],
    },
  ];
});

export const arrowRules: readonly ArrowRule[] = [...generalRules, ...objectRules];

/** Every import that a rule refuses, one sentence each. */
export function brokenArrows(
  sources: readonly SourceFile[],
  rules: readonly ArrowRule[] = arrowRules,
): readonly string[] {
  return sources.flatMap((source) => {
    const applying = rules.flatMap((rule) => {
      const match = rule.from.exec(source.file);
      return match === null || (isTest(source.file) && rule.alsoTests !== true)
        ? []
        : [{ rule, owner: match.groups?.owner ?? '' }];
    });
    return importsOf(source).flatMap((line) =>
      applying
        .filter(({ rule, owner }) => isRefused(line, rule, owner))
        .map(({ rule }) => `${line.from} imports ${line.to}: ${rule.name}`),
    );
  });
}

function isRefused({ to, isTypeOnly }: Import, rule: ArrowRule, owner: string): boolean {
  const matches = (pattern: string | undefined): boolean =>
    pattern !== undefined && new RegExp(pattern.replaceAll('{owner}', owner)).test(to);
  return matches(rule.mayNotImport) && !matches(rule.except) && !(isTypeOnly && matches(rule.exceptTypes));
}
