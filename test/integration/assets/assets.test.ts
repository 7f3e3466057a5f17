import { expect } from 'chai';
import sharp from 'sharp';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';

describe('assets', () => {
  let server: TestServer;

  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const json = async (path: string, init?: RequestInit) => {
    const response = await server.api(path, init);
    return { status: response.status, body: (response.status === 204 ? null : await response.json()) as any };
  };
  const send = (path: string, method: string, body?: unknown, headers: Record<string, string> = {}) =>
    json(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const text = (name: string, fields: Record<string, string> = {}) =>
    upload(server.api, name, Buffer.from(`${name} ${Math.random()}`), fields).then(({ body }) => body);

  it('edits texts, tags and values under If-Match, and says what is wrong', async () => {
    const made = await settled(server.api, (await text('edit.txt', { tags: 'one,two' })).id);
    const path = `/api/v1/assets/${made.id}`;
    expect((await send(path, 'PATCH', { title: 'x' })).status).to.equal(428);
    expect((await send(path, 'PATCH', { title: 'x' }, { 'If-Match': '"999"' })).status).to.equal(412);
    const edited = await send(
      path,
      'PATCH',
      {
        title: 'Plum',
        description: 'A fruit',
        addTags: ['Three'],
        removeTags: ['ONE'],
        metadata: { alt: 'A plum', rating: 4, people: ['Ann'] },
      },
      { 'If-Match': `"${made.rowVersion}"` },
    );
    expect(edited.status, JSON.stringify(edited.body)).to.equal(200);
    expect(edited.body).to.include({ title: 'Plum', description: 'A fruit' });
    expect(edited.body.tags).to.have.members(['Three', 'two']);
    expect(edited.body.metadata.alt).to.include({ value: 'A plum', source: 'person' });
    expect(edited.body.metadata.rating.value).to.equal(4);
    const next = { 'If-Match': `"${edited.body.rowVersion}"` };
    expect((await send(path, 'PATCH', { metadata: { nonsense: 1 } }, next)).body.code).to.equal('unknown_field');
    expect((await send(path, 'PATCH', { metadata: { rating: 'many' } }, next)).status).to.equal(422);
    expect((await send(path, 'PATCH', { unknown: 1 }, next)).status).to.equal(400);
    const cleared = await send(path, 'PATCH', { title: null, tags: ['only'] }, next);
    expect(cleared.body).to.include({ title: null });
    expect(cleared.body.tags).to.deep.equal(['only']);
  });

  it('reads what a camera wrote, and a person’s value stays above it through every retry', async () => {
    const jpeg = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
      .withExif({
        IFD0: { Make: 'Canon', Model: 'Canon EOS 20D', Artist: 'Ann', Copyright: '(c) Ann', ImageDescription: 'From the camera' },
      })
      .jpeg()
      .toBuffer();
    const made = await settled(server.api, (await upload(server.api, 'camera.jpg', jpeg)).body.id);
    expect(made.metadata.camera).to.include({ value: 'Canon EOS 20D', source: 'embedded' });
    expect(made.embedded['IFD0:Model']).to.equal('Canon EOS 20D');
    const path = `/api/v1/assets/${made.id}`;
    await send(path, 'PATCH', { description: 'By a person' }, { 'If-Match': `"${made.rowVersion}"` });
    expect((await send(`${path}/retry`, 'POST')).body.status).to.equal('processing');
    const again = await settled(server.api, made.id);
    expect(again.metadata.description).to.include({ value: 'By a person', source: 'person' });
    const taken = await send(path, 'PATCH', { description: null }, { 'If-Match': `"${again.rowVersion}"` });
    expect(taken.body.metadata.description).to.include({ value: 'From the camera', source: 'embedded' });
  });

  it('moves and renames; old addresses of a public asset keep working', async () => {
    const png = await sharp({ create: { width: 50, height: 50, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const made = await settled(server.api, (await upload(server.api, 'old.png', png, { folder: '/before', publish: 'true' })).body.id);
    expect((await server.raw('/cdn/before/old.png')).status).to.equal(200);
    const moved = await send(
      `/api/v1/assets/${made.id}`,
      'PATCH',
      { name: 'new.png', folder: '/after/here' },
      { 'If-Match': `"${made.rowVersion}"` },
    );
    expect(moved.body).to.include({ name: 'new.png', folder: '/after/here' });
    for (const path of ['/cdn/after/here/new.png', '/cdn/before/old.png']) {
      const served = await eventually(async () => {
        const response = await server.raw(path);
        return response.status === 200 ? response : null;
      });
      expect(served.headers.get('content-type'), path).to.match(/^image\//);
    }
    const other = await settled(server.api, (await text('taken.txt', { folder: '/after/here' })).id);
    const clash = await send(
      `/api/v1/assets/${other.id}`,
      'PATCH',
      { name: 'new.png' },
      { 'If-Match': `"${(await json(`/api/v1/assets/${other.id}`)).body.rowVersion}"` },
    );
    expect(clash.status).to.equal(409);
  });

  it('is private until published, for a time when wished, and private again at once', async () => {
    const png = await sharp({ create: { width: 80, height: 40, channels: 3, background: 'blue' } })
      .png()
      .toBuffer();
    const made = await settled(server.api, (await upload(server.api, 'secret.png', png)).body.id);
    const status = async () => (await server.raw('/cdn/tr:w-20/secret.png')).status;
    expect(await status()).to.equal(404);
    const published = await send(`/api/v1/assets/${made.id}/publish`, 'POST', {});
    expect(published.body.published.now).to.equal(true);
    await eventually(async () => (await status()) === 200);
    expect((await send(`/api/v1/assets/${made.id}/unpublish`, 'POST')).body.published.now).to.equal(false);
    await eventually(async () => (await status()) === 404, { ms: 5000 });
    const later = await send(`/api/v1/assets/${made.id}/publish`, 'POST', { from: new Date(Date.now() + 3_600_000).toISOString() });
    expect(later.body.published.now).to.equal(false);
    expect(await status()).to.equal(404);
    expect(
      (await send(`/api/v1/assets/${made.id}/publish`, 'POST', { from: '2030-01-02T00:00:00Z', until: '2030-01-01T00:00:00Z' })).status,
    ).to.equal(400);
  });

  it('goes to the trash and comes back under a free name', async () => {
    const made = await text('binned.txt', { folder: '/bin' });
    expect((await send(`/api/v1/assets/${made.id}`, 'DELETE')).status).to.equal(204);
    const listed = await json('/api/v1/assets?trashed=true');
    expect(listed.body.items.map((item: any) => item.id)).to.include(made.id);
    expect((await json('/api/v1/assets?folder=/bin')).body.items).to.deep.equal([]);
    await text('binned.txt', { folder: '/bin' });
    const back = await send(`/api/v1/assets/${made.id}/restore`, 'POST');
    expect(back.body).to.include({ name: 'binned-2.txt', deletedAt: null });
  });

  it('pages through a list by cursor without gap or repeat, in every order', async () => {
    const made = await Promise.all(
      Array.from({ length: 25 }, (_, i) => text(`page-${String(i).padStart(2, '0')}.txt`, { folder: '/pages' })),
    );
    // Ingest touches the row: in the order of changes it would move while we page.
    for (const { id } of made) await settled(server.api, id);
    for (const sort of ['-created', 'created', 'name', '-name', '-updated']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: any = (await json(`/api/v1/assets?folder=/pages&limit=7&sort=${sort}${cursor ? `&cursor=${cursor}` : ''}`)).body;
        seen.push(...page.items.map((item: any) => item.name));
        expect(page.total).to.deep.equal({ value: 25, relation: 'eq' });
        cursor = page.nextCursor;
      } while (cursor);
      expect(seen.length, sort).to.equal(25);
      expect(new Set(seen).size, sort).to.equal(25);
      if (sort === 'name') expect(seen).to.deep.equal([...seen].sort());
    }
    expect((await json('/api/v1/assets?cursor=rubbish')).status).to.equal(400);
    expect((await json('/api/v1/assets?sort=password')).status).to.equal(400);
    expect((await json('/api/v1/assets?limit=100000')).status).to.equal(400);
  });

  it('finds by a misspelt word and by camera, with facet counts', async () => {
    const jpeg = (model: string) =>
      sharp({ create: { width: 90, height: 60, channels: 3, background: 'green' } })
        .withExif({ IFD0: { Make: 'Nikon', Model: model } })
        .jpeg()
        .toBuffer();
    const ids: string[] = [];
    for (const [name, model] of [
      ['lighthouse-1.jpg', 'NIKON D70'],
      ['lighthouse-2.jpg', 'NIKON D70'],
      ['harbour.jpg', 'NIKON D80'],
    ] as const) {
      const { body } = await upload(server.api, name, await jpeg(model), { folder: '/coast', tags: 'coast' });
      ids.push(body.id);
    }
    for (const id of ids) await settled(server.api, id);
    const found = await eventually(async () => {
      const { body } = await json('/api/v1/assets?q=lighthuose&facets=camera,kind,tags');
      return body.items.length === 2 ? body : null;
    });
    expect(found.items.map((item: any) => item.name)).to.have.members(['lighthouse-1.jpg', 'lighthouse-2.jpg']);
    const byCamera = await eventually(async () => {
      const { body } = await json(`/api/v1/assets?camera=${encodeURIComponent('NIKON D70')}&facets=camera&folder=/coast`);
      return body.facets.camera.length === 2 ? body : null;
    });
    expect(byCamera.items.length).to.equal(2);
    expect(byCamera.facets.camera).to.deep.include({ value: 'NIKON D80', count: 1 });
    const tags = (await json('/api/v1/tags?q=coa')).body.items;
    expect(tags).to.deep.include({ tag: 'coast', count: 3 });
  });

  it('runs bulk actions as a job, per item, and takes them back', async () => {
    const made = await Promise.all(
      ['b1.txt', 'b2.txt', 'b3.txt'].map(async (name) => settled(server.api, (await text(name, { folder: '/bulk' })).id)),
    );
    const ids = [...made.map((item) => item.id), '00000000-0000-7000-8000-000000000000'];
    const started = await send('/api/v1/assets/bulk', 'POST', { action: 'addTags', ids, tags: ['bulk'] });
    expect(started.status).to.equal(202);
    const finished = (id: string, state: string) =>
      eventually(async () => {
        const { body } = await json(`/api/v1/jobs/${id}`);
        return body.state === state ? body : null;
      });
    const job = await finished(started.body.jobId, 'done');
    expect(job).to.include({ total: 4, done: 3, failed: 1 });
    expect((await json(`/api/v1/assets/${ids[0]}`)).body.tags).to.deep.equal(['bulk']);
    expect((await send(`/api/v1/jobs/${started.body.jobId}/undo`, 'POST')).status).to.be.oneOf([200, 202]);
    await finished(started.body.jobId, 'undone');
    expect((await json(`/api/v1/assets/${ids[0]}`)).body.tags).to.deep.equal([]);
    expect((await send('/api/v1/assets/bulk', 'POST', { action: 'addTags', ids })).status).to.equal(400);
    expect((await send('/api/v1/assets/bulk', 'POST', { action: 'destroy', ids })).status).to.equal(400);
  });

  it('tells open browsers what changes', async () => {
    const stream = await server.api('/api/v1/stream');
    expect(stream.headers.get('content-type')).to.match(/^text\/event-stream/);
    const reader = stream.body?.getReader();
    let heard = '';
    const made = await text('live.txt');
    await eventually(async () => {
      const { value } = (await reader?.read()) ?? {};
      heard += Buffer.from(value ?? []).toString();
      return heard.includes('asset.ready') && heard.includes(made.id);
    });
    await reader?.cancel();
  });

  it('lists the versions of a file, for those who may read it', async () => {
    const first = await upload(server.api, 'versions.txt', Buffer.from('one'), { folder: '/versions' });
    await upload(server.api, 'versions.txt', Buffer.from('two!'), { folder: '/versions', onConflict: 'version' });
    const path = `/api/v1/assets/${first.body['id']}/versions`;
    const { items } = (await (await server.api(path)).json()) as { items: Record<string, unknown>[] };
    expect(items.map(({ number, bytes, current, originalName }) => [number, bytes, current, originalName])).to.deep.equal([
      [2, 4, true, 'versions.txt'],
      [1, 3, false, 'versions.txt'],
    ]);
    expect((await server.api('/api/v1/assets/01900000-0000-7000-8000-000000000000/versions')).status).to.equal(404);
  });
});
