import { expect } from 'chai';
import sharp from 'sharp';
import { systemContext } from '../../../src/context.ts';
import { forgetDaysJob } from '../../../src/modules/library/delivery/usage.jobs.ts';
import { UsageRepository } from '../../../src/modules/library/delivery/usage.repository.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';

/** How often an asset was delivered: counted on every way out, told to those who may see the asset. */

interface Day {
  readonly day: string;
  readonly requests: number;
  readonly unchanged: number;
  readonly bytes: number;
}

describe('deliveries of an asset', () => {
  let server: TestServer;
  let id: string;

  before(async () => {
    server = await startServer();
    const picture = { create: { width: 300, height: 200, channels: 3 as const, background: '#a04020' } };
    const form = new FormData();
    form.set('publish', 'true');
    form.set('file', new Blob([new Uint8Array(await sharp(picture).jpeg().toBuffer())]), 'a.jpg');
    ({ id } = (await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as { id: string });
    await eventually(async () => ((await (await server.api(`/api/v1/assets/${id}`)).json()) as { status: string }).status === 'ready');
  });
  after(() => server.close());

  const days = async (query = '', api = server.api) => {
    const answer = await api(`/api/v1/assets/${id}/deliveries${query}`);
    return { status: answer.status, items: ((await answer.json()) as { items: Day[] }).items };
  };

  it('counts derivatives, from memory too, what has not changed, parts and originals; not refusals or headers alone, nor what people see in the app', async () => {
    const url = '/cdn/a.jpg?tr=w-100,f-jpg';
    const first = await server.raw(url);
    const size = (await first.arrayBuffer()).byteLength;
    const etag = first.headers.get('etag') ?? '';
    // Again from memory, then unchanged, then a part.
    await (await server.raw(url)).arrayBuffer();
    await (await server.raw(url)).arrayBuffer();
    expect((await server.raw(url, { headers: { 'If-None-Match': etag } })).status).to.equal(304);
    expect((await server.raw(url, { headers: { Range: 'bytes=0-9' } })).status).to.equal(206);
    expect((await server.raw(url, { method: 'HEAD' })).status).to.equal(200);
    for (const refused of ['/cdn/a.jpg?tr=w-0', '/cdn/none.jpg', '/cdn/a.jpg?tr=orig-true']) await server.raw(refused);
    const { urls } = (await (await server.api(`/api/v1/assets/${id}`)).json()) as { urls: { thumbnail: string } };
    expect((await fetch(urls.thumbnail)).status).to.equal(200);
    await server.container.delivery.noteUsage();
    const { items } = await days();
    expect(items).to.have.length(30);
    const today = items.at(-1);
    expect(today?.day).to.equal(new Date().toISOString().slice(0, 10));
    expect([today?.requests, today?.unchanged]).to.deep.equal([5, 1]);
    expect(today?.bytes).to.be.within(3 * size, 3 * size + 10_000);
    expect(items.slice(0, -1).every(({ requests, bytes }) => requests === 0 && bytes === 0)).to.equal(true);
  });

  it('adds up, however often and by however many processes it is noted', async () => {
    const before = (await days('?days=1')).items[0]?.requests ?? 0;
    for (let n = 0; n < 3; n++) {
      await (await server.raw('/cdn/a.jpg?tr=w-100,f-jpg')).arrayBuffer();
      await server.container.delivery.noteUsage();
    }
    await server.container.delivery.noteUsage();
    expect((await days('?days=1')).items.map(({ requests }) => requests)).to.deep.equal([before + 3]);
  });

  it('is for those who may see the asset', async () => {
    const viewer = await server.as('viewer', ['assets:read']);
    const seen = (await viewer.api(`/api/v1/assets/${id}`)).status;
    expect((await viewer.api(`/api/v1/assets/${id}/deliveries?days=7`)).status).to.equal(seen);
    expect((await server.raw(`/api/v1/assets/${id}/deliveries`)).status).to.equal(401);
    expect((await server.api('/api/v1/assets/01890000-0000-7000-8000-00000000000a/deliveries')).status).to.equal(404);
    expect((await days('?days=0')).status).to.equal(400);
    expect((await days('?days=401')).status).to.equal(400);
  });

  it('forgets days that nobody can ask for any more', async () => {
    const { sql, dataSource } = server.container.database;
    const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    for (const back of [399, 402])
      await sql.query({}, 'insert into delivery_day (asset_id, day, requests, unchanged, bytes) values ($1, $2, 1, 0, 1)', [id, day(back)]);
    const run = { id: '', attempt: 1, maxAttempts: 1, complete: async () => true };
    await forgetDaysJob(new UsageRepository(dataSource)).handle(systemContext(''), {}, run);
    const rows = await sql.query<{ day: string }>({}, `select to_char(day, 'YYYY-MM-DD') as day from delivery_day order by day`);
    expect(rows.map((row) => row.day))
      .to.include(day(399))
      .and.not.include(day(402));
  });
});
