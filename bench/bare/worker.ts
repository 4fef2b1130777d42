/**
 * The least that a Worker can do, to measure the shop against in the same run: say hello, read one row of D1, join twenty,
 * insert a row in an object. No router before it, no checks, no events.
 */
import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';

interface BareEnv {
  readonly DB: D1Database;
  readonly OBJECTS: { getByName(name: string): { insert(text: string): Promise<number> } };
}

export class BareObject extends DurableObject<BareEnv> {
  constructor(ctx: DurableObjectState, env: BareEnv) {
    super(ctx, env);
    ctx.storage.sql.exec('create table if not exists rows (id integer primary key, body text not null)');
  }

  async insert(text: string): Promise<number> {
    return this.ctx.storage.sql.exec<{ id: number }>('insert into rows (body) values (?) returning id', text).one().id;
  }
}

const app = new Hono<{ Bindings: BareEnv }>();

app.get('/hello', (c) => c.text('hello'));

app.get('/read/:id', async (c) => {
  const row = await c.env.DB.prepare('select id, title, price from products where id = ?')
    .bind(Number(c.req.param('id')))
    .first();
  return c.json(row);
});

app.get('/join/:after', async (c) => {
  const { results } = await c.env.DB.prepare(
    `select p.id, p.title, p.price, s.available from products p join stock s on s.product_id = p.id
      where p.id > ? order by p.id limit 20`,
  )
    .bind(Number(c.req.param('after')))
    .all();
  return c.json(results);
});

app.post('/objects/:name', async (c) => {
  const id = await c.env.OBJECTS.getByName(c.req.param('name')).insert(await c.req.text());
  return c.json({ id }, 201);
});

/** Fills the database with as many products as the shop has. */
app.post('/seed/:count', async (c) => {
  const count = Number(c.req.param('count'));
  await c.env.DB.batch([
    c.env.DB.prepare('create table products (id integer primary key, title text not null, price integer not null)'),
    c.env.DB.prepare('create table stock (product_id integer primary key, available integer not null)'),
    c.env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
        insert into products select i, 'The product with the number ' || i, 1000 + i from n`,
    ).bind(count),
    c.env.DB.prepare('insert into stock select id, 100 from products'),
  ]);
  return c.json({ count }, 201);
});

export default app;
