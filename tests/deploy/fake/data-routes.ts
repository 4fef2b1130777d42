/** The part of the fake API that is about databases, queues and zones. D1 is a real SQLite in memory. */
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { type Account, type FakeDatabase, type FakeQueue, hexId, refuse } from './account.ts';
import { type Asked, page, type Routes } from './routing.ts';

const Body = {
  database: z.object({ name: z.string(), jurisdiction: z.string().optional() }),
  query: z.object({ sql: z.string() }),
  queue: z.object({ queue_name: z.string() }),
  consumer: z.looseObject({
    script_name: z.string(),
    dead_letter_queue: z.string().optional(),
    settings: z.unknown().optional(),
  }),
  route: z.object({ pattern: z.string(), script: z.string() }),
};

export function dataRoutes(account: Account): Routes {
  return { ...databaseRoutes(account), ...queueRoutes(account), ...zoneRoutes(account) };
}

function databaseRoutes({ databases }: Account): Routes {
  const database = ({ id = '' }: Asked['parameters']): FakeDatabase =>
    databases.get(id) ?? refuse(404, 7404, `The database ${id} could not be found`);
  const bookmark = (): string => `00000001-${hexId().slice(0, 8)}-00004e0b-${hexId()}`;
  return {
    'GET /d1/database': ({ query }) =>
      page([...databases.values()].filter(({ name }) => name === (query.get('name') ?? name)).map(about), query),
    'POST /d1/database': ({ body }) => {
      const { name, jurisdiction } = Body.database.parse(body);
      if ([...databases.values()].some((other) => other.name === name))
        refuse(400, 7502, `database with name '${name}' already exists`);
      const created = { uuid: randomUUID(), name, jurisdiction, db: new DatabaseSync(':memory:'), history: [] };
      databases.set(created.uuid, created);
      return about(created);
    },
    'DELETE /d1/database/:id': ({ parameters }) => databases.delete(database(parameters).uuid),
    'POST /d1/database/:id/query': ({ parameters, body }) => query(database(parameters), Body.query.parse(body).sql),
    'GET /d1/database/:id/time_travel/bookmark': ({ parameters }) => {
      database(parameters);
      return { bookmark: bookmark() };
    },
  };
}

function about({ db: _, history: __, ...rest }: FakeDatabase) {
  return rest;
}

/** One statement gives its rows; several are one transaction. */
function query({ db, history }: FakeDatabase, sql: string) {
  const statements = sql.split(/;\s*(?:\r?\n|$)/).filter((text) => text.trim() !== '');
  try {
    const [only, ...others] = statements;
    if (only !== undefined && others.length === 0) {
      const rows = db.prepare(only).all();
      if (!only.startsWith('SELECT')) history.push(sql);
      return [{ results: rows.map((row) => ({ ...row })), success: true }];
    }
    db.exec(`BEGIN; ${sql.trim().replace(/;?$/, ';')} COMMIT;`);
    history.push(sql);
    return [{ results: [], success: true }];
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    return refuse(400, 7500, `${error instanceof Error ? error.message : error}: SQLITE_ERROR`);
  }
}

function queueRoutes({ queues, workers }: Account): Routes {
  const queue = ({ id = '' }: Asked['parameters']): FakeQueue =>
    queues.get(id) ?? refuse(404, 11000, 'queue not found');
  const isQueue = (name: string): boolean => [...queues.values()].some(({ queue_name }) => queue_name === name);
  const checked = (body: unknown): z.infer<typeof Body.consumer> => {
    const consumer = Body.consumer.parse(body);
    if (!workers.has(consumer.script_name)) refuse(404, 10007, 'This Worker does not exist on your account.');
    const dead = consumer.dead_letter_queue;
    if (dead !== undefined && !isQueue(dead)) refuse(400, 11000, `Dead letter queue '${dead}' does not exist.`);
    return consumer;
  };
  return {
    'GET /queues': ({ query }) =>
      page(
        [...queues.values()].filter(
          ({ queue_name }) => !query.has('name') || query.getAll('name').includes(queue_name),
        ),
        query,
      ),
    'POST /queues': ({ body }) => {
      const { queue_name } = Body.queue.parse(body);
      if (isQueue(queue_name)) refuse(409, 11009, `Queue name '${queue_name}' is already taken.`);
      const created = { queue_id: hexId(), queue_name, consumers: [] };
      queues.set(created.queue_id, created);
      return created;
    },
    'DELETE /queues/:id': ({ parameters }) => queues.delete(queue(parameters).queue_id),
    'GET /queues/:id/consumers': ({ parameters }) => queue(parameters).consumers,
    'POST /queues/:id/consumers': ({ parameters, body }) => {
      const { script_name, dead_letter_queue, settings = {} } = checked(body);
      const { consumers } = queue(parameters);
      if (consumers.length > 0) refuse(400, 11004, 'workers.api.error.consumer_exists');
      const added = { consumer_id: hexId(), script: script_name, dead_letter_queue, settings };
      consumers.push(added);
      return added;
    },
    'PUT /queues/:id/consumers/:consumer': ({ parameters, body }) => {
      const { script_name, dead_letter_queue, settings = {} } = checked(body);
      const found =
        queue(parameters).consumers.find(({ consumer_id }) => consumer_id === parameters.consumer) ??
        refuse(404, 11001, 'consumer not found');
      return Object.assign(found, { script: script_name, dead_letter_queue, settings });
    },
    'DELETE /queues/:id/consumers/:consumer': ({ parameters }) => {
      const found = queue(parameters);
      found.consumers = found.consumers.filter(({ consumer_id }) => consumer_id !== parameters.consumer);
    },
  };
}

function zoneRoutes({ zones, routes, workers }: Account): Routes {
  return {
    'GET /zones': ({ query }) =>
      [...zones].map(([name, id]) => ({ id, name })).filter(({ name }) => name === (query.get('name') ?? name)),
    'GET /zones/:zone/workers/routes': () => [...routes.values()],
    'POST /zones/:zone/workers/routes': ({ body }) => {
      const { pattern, script } = Body.route.parse(body);
      if (!workers.has(script)) refuse(404, 10007, 'This Worker does not exist on your account.');
      if ([...routes.values()].some((route) => route.pattern === pattern))
        refuse(409, 10020, 'A route with the same pattern already exists.');
      const route = { id: `route-${pattern.replaceAll('/', '_')}`, pattern, script };
      routes.set(route.id, route);
      return route;
    },
    'DELETE /zones/:zone/workers/routes/:id': ({ parameters: { id = '' } }) => routes.delete(id),
  };
}
