import { expect } from 'chai';
import sharp from 'sharp';
import { systemContext } from '../../../src/context.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import type { Key } from '../../../src/platform/storage/storage.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';

interface Asset {
  readonly id: string;
  readonly status: string;
  readonly urls: { delivery: string; versioned: string; thumbnail: string | null; preview: string | null };
}

describe('delivery of the whole product', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const json = async (response: Response) => {
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as Asset;
  };

  async function upload(name: string, data: Buffer, fields: Record<string, string> = {}): Promise<Asset> {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.set(key, value);
    form.set('file', new Blob([new Uint8Array(data)]), name);
    const { id } = await json(await server.api('/api/v1/assets', { method: 'POST', body: form }));
    return eventually(async () => {
      const asset = await json(await server.api(`/api/v1/assets/${id}`));
      return asset.status === 'ready' && asset;
    });
  }

  const photo = () =>
    sharp({ create: { width: 900, height: 600, channels: 3, background: '#a04020' } })
      .jpeg()
      .toBuffer();
  const jsonBody = (body: unknown) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

  it('goes from an upload to a public derivative and back to nothing, at once', async () => {
    const asset = await upload('Sunset Beach.jpg', await photo(), { folder: '/holiday' });
    const url = `${asset.urls.delivery}?tr=w-300`;
    expect((await fetch(url)).status).to.equal(404);
    expect((await server.api(`/api/v1/assets/${asset.id}/publish`, jsonBody({}))).status).to.be.below(300);
    const answer = await eventually(async () => {
      const response = await fetch(url, { headers: { Accept: 'image/webp' } });
      return response.status === 200 && response;
    });
    const meta = await sharp(await answer.arrayBuffer()).metadata();
    expect([meta.format, meta.width, meta.height]).to.deep.equal(['webp', 300, 200]);
    expect((await fetch(`${server.url}/cdn/@${asset.id}/x.jpg?tr=w-300`)).status).to.equal(200);
    expect((await fetch(asset.urls.versioned)).headers.get('cache-control')).to.equal('public, max-age=86400, immutable');
    expect((await server.api(`/api/v1/assets/${asset.id}/unpublish`, jsonBody({}))).status).to.be.below(300);
    await eventually(async () => (await fetch(url)).status === 404);
  });

  it('knows the density that a file says', async () => {
    const printed = sharp(await photo()).withDensity(150);
    const asset = await upload('printed.jpg', await printed.jpeg().toBuffer(), { publish: 'true' });
    const answer = await fetch(`${server.url}/cdn/@${asset.id}/x.jpg?tr=w-idn_mul_2,dn-idn_mul_2,f-jpg`);
    const meta = await sharp(await answer.arrayBuffer()).metadata();
    expect([meta.width, meta.density]).to.deep.equal([300, 300]);
  });

  it('says at once that nothing comes of a file whose ingest gave up', async () => {
    const asset = await upload('given-up.jpg', await photo(), { publish: 'true' });
    await server.container.database.sql.query({}, `update file_version set ingested_at = null, width = null where asset_id = $1`, [
      asset.id,
    ]);
    const ask = () => fetch(`${server.url}/cdn/@${asset.id}/x.jpg?tr=w-31`);
    const become = (status: string) =>
      server.container.database.sql.query({}, 'update asset set status = $2 where id = $1', [asset.id, status]);
    await become('failed');
    await eventually(async () => (await ask()).status === 422, { what: '422 EDECODE' });
    await become('processing');
    await eventually(async () => (await ask()).status === 202, { what: '202 while ingest goes on' });
  });

  it('counts the runs of jobs', async () => {
    await upload('counted.jpg', await photo());
    const text = await (await server.raw('/metrics')).text();
    expect(text).to.match(/damson_jobs_total\{job="assets\.ingest",outcome="done"\} [1-9]/);
  });

  it('has pictures read again that an older pipeline made, and makes anew what was made from those', async () => {
    const flat = (colour: string) => sharp({ create: { width: 640, height: 400, channels: 3, background: colour } });
    const asset = await upload('old.tiff', await flat('#c81e1e').tiff().toBuffer(), { publish: 'true' });
    const { database, storage, refreshOutdated } = server.container;
    const look = async (tr: string) => {
      const answer = await fetch(`${server.url}/cdn/@${asset.id}/x.tiff?tr=${tr},f-png`);
      const [red = 0, , blue = 0] = await sharp(Buffer.from(await answer.arrayBuffer()))
        .raw()
        .toBuffer();
      return { colour: red > blue ? 'red' : 'blue', etag: answer.headers.get('etag') };
    };
    expect((await look('w-80')).colour).to.equal('red');
    expect(await refreshOutdated(server.ctx, { failed: false, only: true })).to.equal(0);
    // As it was left by an older Damson: a mezzanine with wrong colours.
    const [row] = await database.sql.query<{ key: string; version: string }>(
      {},
      `update rendition r set pipeline = 0, recipe_hash = 'older', storage_key = regexp_replace(storage_key, '[^/]+$', 'older.webp')
       from asset a where a.id = $1 and r.version_id = a.current_version_id and r.name = 'mezzanine'
       returning r.storage_key as key, r.version_id as version`,
      [asset.id],
    );
    await storage.put((row?.key ?? '') as Key, await flat('#1e1ec8').webp().toBuffer(), {});
    await eventually(async () => (await look('w-81')).colour === 'blue', { what: 'the decision being forgotten' });
    const before = await look('w-81');
    expect(await refreshOutdated(server.ctx, { failed: false, only: true })).to.equal(1);
    expect((await look('w-81')).etag, 'counting changes nothing').to.equal(before.etag);
    expect(await refreshOutdated(server.ctx, { failed: false, only: false })).to.equal(1);
    await eventually(async () => (await look('w-81')).colour === 'red', { what: 'what is made from the new mezzanine' });
    expect((await look('w-81')).etag).not.to.equal(before.etag);
    const named = await database.sql.query(
      {},
      `select name, count(*)::int as n from rendition where version_id = $1 and name is not null group by 1 order by 1`,
      [row?.version],
    );
    expect(named).to.deep.equal([
      { name: 'mezzanine', n: 1 },
      { name: 'preview', n: 1 },
      { name: 'thumbnail', n: 1 },
    ]);
    expect(await refreshOutdated(server.ctx, { failed: false, only: false })).to.equal(0);
  });

  for (const name of ['private.jpg', 'private.tiff'])
    it(`gives members previews that were made at ingest, and nobody else: ${name}`, async () => {
      const asset = await upload(
        name,
        name.endsWith('tiff')
          ? await sharp(await photo())
              .tiff()
              .toBuffer()
          : await photo(),
      );
      const before = await derivatives();
      for (const url of [asset.urls.thumbnail, asset.urls.preview]) {
        const response = await fetch(url ?? '');
        expect([response.status, response.headers.get('content-type')]).to.deep.equal([200, 'image/webp']);
        expect(response.headers.get('cache-control')).to.match(/^private, /);
        expect((await fetch((url ?? '').replace(/&token=.*/, ''))).status).to.equal(404);
      }
      expect(await derivatives(), 'the same recipes, the same keys').to.equal(before);
    });

  const derivatives = async () => {
    let count = 0;
    for await (const _ of server.container.storage.list(keys.derivedPrefix)) count++;
    return count;
  };

  it('records derivatives once and gives claims to one owner at a time', async () => {
    const asset = await upload(
      'rows.png',
      await sharp(await photo())
        .png()
        .toBuffer(),
    );
    const { renditions, database } = server.container;
    const [row] = await database.sql.query<{ id: string }>({}, 'select current_version_id as id from asset where id = $1', [asset.id]);
    const version = row?.id ?? '';
    const names = (await renditions.list(server.ctx, version)).map(({ name }) => name);
    expect(names).to.include.members(['thumbnail', 'preview']);
    const key = keys.derived(server.ctx.workspaceId, newId(), 'abc', 'webp');
    expect(await renditions.claim(server.ctx, key, 'one', 10_000)).to.equal(true);
    expect(await renditions.claim(server.ctx, key, 'two', 10_000)).to.equal(false);
    const later = systemContext(server.ctx.workspaceId, { clock: { now: () => new Date(Date.now() + 20_000) } });
    expect(await renditions.claim(later, key, 'two', 10_000), 'a dead owner loses its claim').to.equal(true);
    const rendered = { data: Buffer.from('x'), mime: 'image/webp', width: 1, height: 1 };
    for (let time = 0; time < 2; time++)
      await renditions.store(server.ctx, version, { key, recipeHash: 'abc', claimedBy: 'two' }, rendered);
    const stored = await database.sql.query({}, `select storage_key from rendition where version_id = $1 and recipe_hash = 'abc'`, [
      version,
    ]);
    expect(stored).to.deep.equal([{ storage_key: key }]);
    expect(await renditions.claim(server.ctx, key, 'three', 1), 'storing gave the claim back').to.equal(true);
    await renditions.release(server.ctx, key, 'three');
  });
});
