import { expect } from 'chai';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';

describe('bulk actions and their undo', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const json = async (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) => {
    const response = await server.api(`/api/v1${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (response.status === 204 ? null : await response.json()) as any };
  };
  /** Settled, so that nothing but the test changes it. */
  const text = async (name: string, folder: string) =>
    settled(server.api, (await upload(server.api, name, Buffer.from(`${folder} ${name}`), { folder })).body['id']);
  const read = async (id: string) => (await json(`/assets/${id}`)).body;
  const patch = async (id: string, body: unknown) =>
    expect((await json(`/assets/${id}`, 'PATCH', body, { 'If-Match': `"${(await read(id)).rowVersion}"` })).status).to.equal(200);
  const ended = (id: string) =>
    eventually(async () => {
      const { body } = await json(`/jobs/${id}`);
      return body.state === 'queued' || body.state === 'running' ? null : body;
    });
  const bulk = async (action: unknown) => ended((await json('/assets/bulk', 'POST', action)).body.jobId);
  const undo = async (job: { id: string }) => {
    expect((await json(`/jobs/${job.id}/undo`, 'POST')).status).to.equal(202);
    return ended(job.id);
  };

  it('leave alone what has been changed since, with a reason', async () => {
    const [same, changed] = [await text('same.txt', '/since'), await text('changed.txt', '/since')];
    const ids = [same.id, changed.id];
    for (const [action, later, check] of [
      [{ action: 'addTags', ids, tags: ['Bulk'] }, { removeTags: ['bulk'], addTags: ['Mine'] }, { tags: ['Mine'] }],
      [{ action: 'removeTags', ids, tags: ['mine'] }, { tags: [] }, { tags: [] }],
      [{ action: 'move', ids, folder: '/elsewhere' }, { folder: '/chosen' }, { folder: '/chosen' }],
    ] as const) {
      const before = await read(same.id);
      const job = await bulk(action);
      expect(job, action.action).to.include({ state: 'done', done: 2 });
      await patch(changed.id, later);
      const undone = await undo(job);
      expect(undone.result, action.action).to.include({ undone: 1, kept: 1 });
      expect(undone.items).to.deep.equal([{ key: changed.id, state: 'done', reason: 'It has changed since and was left as it is.' }]);
      expect(await read(changed.id), action.action).to.deep.include(check);
      const { tags, folder } = before;
      expect(await read(same.id), action.action).to.deep.include({ tags, folder });
    }
  });

  it('leave alone what was published or taken from the trash again', async () => {
    const one = await text('window.txt', '/windows');
    const published = await bulk({ action: 'publish', ids: [one.id] });
    await json(`/assets/${one.id}/publish`, 'POST', { releaseOriginal: true });
    expect((await undo(published)).result).to.include({ undone: 0, kept: 1 });
    expect((await read(one.id)).published).to.include({ now: true, releaseOriginal: true });
    const trashed = await bulk({ action: 'trash', ids: [one.id] });
    await json(`/assets/${one.id}/restore`, 'POST');
    await patch(one.id, { title: 'Still here' });
    expect((await undo(trashed)).result).to.include({ undone: 0 });
    expect(await read(one.id)).to.include({ title: 'Still here', deletedAt: null });
  });

  it('restore only what is in the trash, and undo only that', async () => {
    const [live, gone] = [await text('live.txt', '/bin'), await text('gone.txt', '/bin')];
    expect((await json(`/assets/${gone.id}`, 'DELETE')).status).to.equal(204);
    const job = await bulk({ action: 'restore', ids: [live.id, gone.id] });
    expect(job.items).to.deep.equal([{ key: live.id, state: 'skipped', reason: 'It is not in the trash.' }]);
    expect(await read(live.id)).to.deep.equal(live);
    expect((await undo(job)).result).to.include({ undone: 1 });
    expect((await read(live.id)).deletedAt).to.equal(null);
    expect((await read(gone.id)).deletedAt).to.be.a('string');
  });

  it('put the old name back after a move into a folder where it was taken', async () => {
    const moved = await text('a.jpg', '/names');
    await text('a.jpg', '/taken');
    const job = await bulk({ action: 'move', ids: [moved.id], folder: '/taken' });
    expect(await read(moved.id)).to.include({ folder: '/taken', name: 'a-2.jpg' });
    expect((await undo(job)).result).to.include({ undone: 1 });
    expect(await read(moved.id)).to.include({ folder: '/names', name: 'a.jpg' });
  });

  it('do not put two files under one name: the undone one stays where it is', async () => {
    const moved = await text('b.jpg', '/names');
    const job = await bulk({ action: 'move', ids: [moved.id], folder: '/away' });
    await text('b.jpg', '/names');
    const undone = await undo(job);
    expect(undone.items).to.deep.equal([{ key: moved.id, state: 'done', reason: '"b.jpg" exists in /names.' }]);
    expect(await read(moved.id)).to.include({ folder: '/away', name: 'b.jpg' });
  });

  it('keep the window of a publication that they do not name, as publishing one asset does', async () => {
    const { id } = await text('embargo.txt', '/embargo');
    const from = new Date(Date.now() + 3_600_000).toISOString();
    const until = new Date(Date.now() + 7_200_000).toISOString();
    const published = async () => (await read(id)).published;
    await json(`/assets/${id}/publish`, 'POST', { from, until });
    expect((await json(`/assets/${id}/publish`, 'POST', {})).body.published).to.include({ now: false, from, until });
    await json(`/assets/${id}/publish`, 'POST');
    await bulk({ action: 'publish', ids: [id], releaseOriginal: true });
    expect(await published()).to.include({ now: false, from, until, releaseOriginal: true });
    expect((await json(`/assets/${id}/publish`, 'POST', { until: new Date().toISOString() })).status).to.equal(400);
    await json(`/assets/${id}/publish`, 'POST', { from: null });
    expect(await published()).to.include({ now: true, from: null, until, releaseOriginal: true });
    await bulk({ action: 'publish', ids: [id], until: null });
    expect(await published()).to.include({ now: true, from: null, until: null });
  });
});
