import { expect } from 'chai';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { cdnPurge } from '../../../src/modules/library/delivery/delivery.jobs.ts';
import { signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { PurgeRepository } from '../../../src/modules/library/delivery/purge.repository.ts';
import { silentLog } from '../../../src/platform/log.ts';
import type { JobQueue } from '../../../src/platform/queue/queue.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { quadrants } from '../../support/fixtures/pixels.ts';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';

type World = Awaited<ReturnType<typeof startDelivery>>;

const noise = () =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
    .jpeg()
    .toBuffer();

describe('what caches in front of delivery are told', () => {
  let world: World;
  before(async () => {
    world = await startDelivery({ saveData: true, purged: true });
    world.add('a.jpg', await noise());
    world.add('b.jpg', await noise());
    world.add('mark.png', await quadrants(40, 30), { mime: 'image/png', width: 40, height: 30 });
    world.add('free.bin', Buffer.from('stored'), { mime: 'application/x-thing', kind: 'other', releaseOriginal: true });
  });
  after(() => world?.close());

  const tags = async (target: string) => String((await world.get(target)).headers['surrogate-key']).split(' ');
  const WEBP = { accept: 'image/webp' };
  const SAVING = { ...WEBP, 'save-data': 'on' };

  it('tags every answer with asset, version, folder and workspace, and with what lies on top', async () => {
    const [plain, other, mark] = await Promise.all([tags('/cdn/a.jpg?tr=w-10'), tags('/cdn/b.jpg?tr=w-10'), tags('/cdn/mark.png')]);
    expect(plain.map((tag) => tag.slice(0, 2))).to.deep.equal(['a-', 'v-', 'f-', 'w-']);
    expect(plain[3]).to.equal(other[3]);
    expect(plain[0]).not.to.equal(other[0]);
    expect(await tags('/cdn/a.jpg?tr=w-99,f-png'), 'all derivatives are one').to.deep.equal(plain);
    const composed = await tags('/cdn/a.jpg?tr=l-image,i-mark.png,w-20,l-end');
    expect(composed).to.deep.equal([...plain, mark[0]]);
    const fresh = await world.get('/cdn/a.jpg?tr=w-10');
    const same = await world.get('/cdn/a.jpg?tr=w-10', { 'if-none-match': String(fresh.headers.etag) });
    expect([same.status, same.headers['cache-tag']]).to.deep.equal([304, plain.join(',')]);
    expect((await world.get('/cdn/free.bin')).headers['cache-tag']).to.match(/^a-/);
    expect((await world.get('/cdn/none.jpg')).headers).not.to.have.any.keys('surrogate-key', 'cache-tag');
  });

  it('let a CDN keep pinned answers only, and only when it is told of changes', async () => {
    const pinned = await world.get('/cdn/a.jpg?tr=w-10&ik-obj-version=1');
    expect(pinned.headers['surrogate-control']).to.equal('max-age=31536000');
    expect(pinned.headers['cache-control']).to.equal('public, max-age=86400, immutable');
    expect((await world.get('/cdn/a.jpg?tr=w-10')).headers).not.to.have.property('surrogate-control');
    const without = await startDelivery();
    try {
      without.add('a.jpg', await noise());
      expect((await without.get('/cdn/a.jpg?ik-obj-version=1')).headers).not.to.have.property('surrogate-control');
    } finally {
      await without.close();
    }
  });

  it('let nobody keep for long what a signature gives, or what lives elsewhere now', async () => {
    const signed = await startDelivery({ purged: true, keys: ['k'] });
    try {
      signed.add('own.jpg', await noise(), { public: { now: false, until: null } });
      const rest = '/own.jpg?tr=w-10&ik-obj-version=1';
      const { status, headers } = await signed.get(`/cdn${rest}&ik-s=${signDeliveryUrl(rest, 'k', null)}`);
      expect([status, headers['surrogate-control']], 'its key may be revoked').to.deep.equal([200, undefined]);
      signed.add('old.jpg', await noise(), { formerly: true });
      const moved = await signed.get('/cdn/old.jpg?tr=w-10&ik-obj-version=1');
      expect([moved.status, moved.headers['surrogate-control']]).to.deep.equal([200, undefined]);
      expect(moved.headers['cache-control']).to.equal('public, max-age=60, stale-while-revalidate=30');
    } finally {
      await signed.close();
    }
  });

  describe('while an answer is being made for longer than its decision holds', () => {
    /** Asks, lets `meanwhile` happen 8 s into the work, and gives the answer. */
    async function slowly(target: string, meanwhile: () => void) {
      let open = (): void => undefined;
      world.mediaCalls.gate = new Promise((resolve) => {
        open = resolve;
      });
      const renders = world.mediaCalls.render;
      const asked = world.get(target);
      await eventually(async () => world.mediaCalls.render > renders, { what: 'work on it' });
      world.seen.now += 8_000;
      meanwhile();
      open();
      const answer = await asked;
      expect(world.mediaCalls.render - renders, 'made once').to.equal(1);
      return answer;
    }

    it('gives nothing of what was unpublished, and keeps what is still public as long as ever', async () => {
      world.add('slow.jpg', await noise());
      const kept = await slowly('/cdn/slow.jpg?tr=w-31&ik-obj-version=1', () => undefined);
      expect([kept.status, kept.headers['surrogate-control']]).to.deep.equal([200, 'max-age=31536000']);
      const gone = await slowly('/cdn/slow.jpg?tr=w-32&ik-obj-version=1', () =>
        world.change('slow.jpg', { public: { now: false, until: null } }),
      );
      expect([gone.status, gone.headers['cache-control'], gone.headers['surrogate-control']]).to.deep.equal([404, 'no-store', undefined]);
    });

    it('counts max-age from the moment of the answer', async () => {
      world.add('ends.jpg', await noise(), { public: { now: true, until: new Date(world.seen.now + 30_000) } });
      const answer = await slowly('/cdn/ends.jpg?tr=w-33&ik-obj-version=1', () => undefined);
      expect([answer.headers['cache-control'], answer.headers['surrogate-control']]).to.deep.equal(['public, max-age=22', 'max-age=22']);
    });

    it('answers with what the address means by then', async () => {
      const asset = world.add('swap.jpg', await noise(), { mime: 'image/jpeg', width: 300, height: 200 });
      const before = await slowly('/cdn/swap.jpg?tr=w-34', () => world.change('swap.jpg', { name: 'other.jpg' }));
      expect([before.status, before.headers['content-disposition']]).to.deep.equal([200, 'inline; filename=other.jpg']);
      expect(asset.name).to.equal('swap.jpg');
    });
  });

  it('heeds Save-Data where no quality is named, and says so exactly there', async () => {
    for (const round of ['made', 'hot']) {
      const full = await world.get('/cdn/a.jpg?tr=w-200', WEBP);
      const less = await world.get('/cdn/a.jpg?tr=w-200', SAVING);
      expect(less.body.length, round).to.be.lessThan(full.body.length * 0.9);
      expect([full.headers.vary, less.headers.vary], round).to.deep.equal(['Accept, Save-Data', 'Accept, Save-Data']);
      expect((await world.get('/cdn/a.jpg?tr=w-200', WEBP)).headers.etag, round).to.equal(full.headers.etag);
      expect((await world.get('/cdn/a.jpg?tr=w-200', { ...WEBP, 'save-data': 'off' })).headers.etag, round).to.equal(full.headers.etag);
      expect((await world.get('/cdn/a.jpg?tr=w-200,q-60', WEBP)).headers.etag, '80 x 0.75').to.equal(less.headers.etag);
    }
    expect(world.delivery.stats().hits).to.be.at.least(4);
    for (const [tr, vary] of [
      ['w-200,q-70', 'Accept'],
      ['w-200,f-png', undefined],
      ['w-200,f-jpg', 'Save-Data'],
      ['w-200,f-webp,lo-true', undefined],
    ] as const) {
      const full = await world.get(`/cdn/a.jpg?tr=${tr}`, WEBP);
      const less = await world.get(`/cdn/a.jpg?tr=${tr}`, SAVING);
      expect([full.headers.vary, less.headers.vary], tr).to.deep.equal([vary, vary]);
      expect(full.headers.etag === less.headers.etag, tr).to.equal(vary !== 'Save-Data');
    }
  });

  it('leaves Save-Data alone by default', async () => {
    const without = await startDelivery();
    try {
      without.add('a.jpg', await noise());
      const [full, less] = await Promise.all([without.get('/cdn/a.jpg?tr=w-50', WEBP), without.get('/cdn/a.jpg?tr=w-50', SAVING)]);
      expect([full.headers.vary, less.headers.etag]).to.deep.equal(['Accept', full.headers.etag]);
    } finally {
      await without.close();
    }
  });
});

describe('the purge hook', function () {
  this.timeout(60_000);
  let server: TestServer;
  let cdn: Server;
  const posts: { keys: string[]; authorization: string | undefined; url: string | undefined }[] = [];
  let refuse = 0;
  let held = Promise.resolve();

  before(async () => {
    const hear = async (req: IncomingMessage, res: ServerResponse) => {
      const body = JSON.parse((await text(req)) || '{}') as { keys?: string[] };
      await held;
      const failing = refuse > 0;
      if (failing) refuse--;
      else posts.push({ keys: body.keys ?? [], authorization: req.headers.authorization, url: req.url });
      // A redirect counts as a failure: it is not followed.
      res.writeHead(failing ? 307 : 204, failing ? { Location: '/elsewhere' } : {}).end();
    };
    cdn = createServer((req, res) => void hear(req, res));
    await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
    const { port } = cdn.address() as AddressInfo;
    server = await startServer({ env: { CDN_PURGE_URL: `http://127.0.0.1:${port}/forget?zone=7`, CDN_PURGE_TOKEN: 'let-me-purge' } });
  });
  after(async () => {
    await server?.close();
    await new Promise((resolve) => cdn.close(resolve));
  });

  const tagOf = async (id: string) => {
    const answer = await server.raw(`/cdn/@${id}/x.jpg?tr=w-20`);
    expect(answer.status).to.equal(200);
    return answer.headers.get('surrogate-key')?.split(' ')[0] ?? '';
  };
  /** As somebody who has just looked at it. */
  async function patch(path: string, rowVersion: number | undefined, body: unknown): Promise<void> {
    const headers = { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` };
    const answer = await server.api(path, { method: 'PATCH', headers, body: JSON.stringify(body) });
    expect(answer.status, await answer.text()).to.equal(200);
  }

  it('posts the tags of what has changed, with the token, until it is heard', async () => {
    const { body } = await upload(server.api, 'hero.jpg', await noise(), { publish: 'true' });
    await settled(server.api, body.id);
    const tag = await tagOf(body.id);
    await eventually(async () => posts.some((post) => post.keys.includes(tag)), { what: 'a purge after ingest' });
    expect(posts[0]).to.include({ authorization: 'Bearer let-me-purge', url: '/forget?zone=7' });
    posts.length = 0;
    refuse = 2;
    const { rowVersion } = (await (await server.api(`/api/v1/assets/${body.id}`)).json()) as { rowVersion: number };
    await patch(`/api/v1/assets/${body.id}`, rowVersion, { title: 'Changed' });
    await eventually(async () => posts.some((post) => post.keys.includes(tag)), { what: 'a purge after two failures', ms: 30_000 });
    expect(refuse).to.equal(0);
    expect(new Set(posts.map((post) => post.url))).to.deep.equal(new Set(['/forget?zone=7']));
  });

  it('keeps one place of the queue while the hook hangs, and tells all that waited in few calls then', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      const { body } = await upload(server.api, `slow-${i}.jpg`, await noise(), { publish: 'true' });
      await settled(server.api, body.id);
      ids.push(body.id);
    }
    const wanted = await Promise.all(ids.map(tagOf));
    const told = () => wanted.every((tag) => posts.some((post) => post.keys.includes(tag)));
    await eventually(async () => told(), { ms: 20_000 });
    posts.length = 0;
    const bulk = async (tag: string) => {
      const answer = await server.api('/api/v1/assets/bulk', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ action: 'addTags', ids, tags: [tag] }),
      });
      const { jobId } = (await answer.json()) as { jobId: string };
      const state = async () => ((await (await server.api(`/api/v1/jobs/${jobId}`)).json()) as { state: string }).state;
      await eventually(async () => (await state()) === 'done', { what: `the end of ${tag}`, ms: 8_000 });
    };
    let open = (): void => undefined;
    held = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await bulk('first');
      const waiting = async () =>
        (
          await server.container.database.sql.query<{ n: number }>(
            {},
            `select count(*)::int as n from outbox where topic = 'delivery.purge' and state <> 'done'`,
          )
        )[0]?.n;
      await eventually(async () => (await waiting()) === 1, { what: 'all jobs but the one that tells being done', ms: 8_000 });
      await bulk('second');
      expect(posts).to.deep.equal([]);
    } finally {
      open();
      held = Promise.resolve();
    }
    await eventually(async () => told(), { what: 'all of them told', ms: 20_000 });
    expect(posts.length).to.be.at.most(6);
    await eventually(async () => (await server.container.database.sql.query({}, 'select 1 from cdn_purge')).length === 0, { ms: 20_000 });
  });

  it('tells of everything in the workspace when its metadata policy changes, and only then', async () => {
    const { body } = await upload(server.api, 'policy.jpg', await noise(), { publish: 'true' });
    await settled(server.api, body.id);
    const tag = (await server.raw('/cdn/policy.jpg?tr=w-20')).headers.get('surrogate-key')?.split(' ')[3] ?? '';
    expect(tag).to.match(/^w-/);
    const { api } = await server.as('admin', ['assets:read', 'workspace:manage']);
    const policy = async (metadata: string) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await api('/api/v1/delivery-settings', { method: 'PUT', headers, body: JSON.stringify({ metadata }) });
      expect(answer.status).to.equal(200);
    };
    const noted = () => server.container.database.sql.query({}, 'select from cdn_purge where tag = $1', [tag]);
    await policy('rights');
    expect(await noted(), 'it was that before').to.have.length(0);
    await policy('strip');
    await eventually(async () => posts.some((post) => post.keys.includes(tag)), { what: 'a purge of the workspace' });
  });

  it('tells what jobs of an earlier version had to tell', async () => {
    const { body } = await upload(server.api, 'older.jpg', await noise(), { publish: 'true' });
    await settled(server.api, body.id);
    const tag = await tagOf(body.id);
    await eventually(async () => posts.some((post) => post.keys.includes(tag)), { what: 'a purge after ingest' });
    const { sql } = server.container.database;
    await eventually(async () => (await sql.query({}, 'select from cdn_purge')).length === 0);
    posts.length = 0;
    await sql.query(
      {},
      `insert into outbox (id, workspace_id, topic, payload, available_at) values (gen_random_uuid(), $1, 'delivery.purge', $2, now())`,
      [server.ctx.workspaceId, JSON.stringify({ assetIds: [body.id] })],
    );
    await eventually(async () => posts.some((post) => post.keys.includes(tag)), { what: 'a purge of what was left' });
  });

  it('has no job before what it is to tell is due, however long a change takes', async () => {
    const { sql, dataSource, transactions } = server.container.database;
    const delays: number[] = [];
    const queue: JobQueue = {
      enqueue: async (_ctx, _job, _payload, options) => void delays.push(options?.delayMs ?? 0),
      enqueueMany: async () => undefined,
    };
    const repository = new PurgeRepository(dataSource);
    const purge = cdnPurge({ queue, repository, call: async () => undefined, log: silentLog });
    const nobody = new Error('nothing of this stays');
    const changed = transactions.run(server.ctx, async (trx) => {
      await sql.query(trx, 'select pg_sleep(0.3)');
      await purge.changed(trx, [server.ctx.workspaceId]);
      const [row] = await sql.query<{ ms: number }>(
        trx,
        'select (extract(epoch from max(due_at) - now()) * 1000)::float8 as ms from cdn_purge',
      );
      expect(row?.ms).to.be.at.least(2_300);
      expect(delays[0]).to.be.at.least(row?.ms ?? Number.NaN);
      throw nobody;
    });
    expect(await changed.catch((error: unknown) => error)).to.equal(nobody);
  });

  it('lets nobody keep for long what is found at an address it had before', async () => {
    const { body } = await upload(server.api, 'was.jpg', await noise(), { publish: 'true' });
    const { rowVersion } = (await settled(server.api, body.id)) as { rowVersion: number };
    const ask = (name: string) => server.raw(`/cdn/${name}?tr=w-21&ik-obj-version=1`);
    expect((await ask('was.jpg')).headers.get('surrogate-control')).to.equal('max-age=31536000');
    await patch(`/api/v1/assets/${body.id}`, rowVersion, { name: 'is.jpg' });
    await eventually(async () => (await ask('is.jpg')).headers.get('surrogate-control') === 'max-age=31536000');
    await eventually(async () => (await ask('was.jpg')).headers.get('cache-control') === 'public, max-age=60, stale-while-revalidate=30');
    expect((await ask('was.jpg')).headers.get('surrogate-control')).to.equal(null);
  });

  it('tells of many changes in few calls', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { body } = await upload(server.api, `many-${i}.jpg`, await noise(), { folder: '/many', publish: 'true' });
      await settled(server.api, body.id);
      ids.push(body.id);
    }
    const wanted = await Promise.all(ids.map(tagOf));
    await eventually(async () => wanted.every((tag) => posts.some((post) => post.keys.includes(tag))), { ms: 20_000 });
    posts.length = 0;
    // A folder that moves takes the addresses of all its files along.
    const folders = (await (await server.api('/api/v1/folders?parent=/')).json()) as {
      items: { id: string; path: string; rowVersion: number }[];
    };
    const folder = folders.items.find((each) => each.path === '/many');
    await patch(`/api/v1/folders/${folder?.id}`, folder?.rowVersion, { name: 'moved' });
    await eventually(async () => wanted.every((tag) => posts.some((post) => post.keys.includes(tag))), { ms: 20_000 });
    expect(posts.length).to.equal(1);
    expect(posts[0]?.keys.toSorted()).to.deep.equal([...wanted].toSorted());
  });
});
