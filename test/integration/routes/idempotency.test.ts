import { expect } from 'chai';
import sharp from 'sharp';
import { startServer, type TestServer, upload } from '../../support/harness.ts';

type Json = Record<string, any>;

const jpeg = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#639' } })
    .jpeg()
    .toBuffer();

describe('a call sent twice', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ work: false });
  });
  after(() => server.close());

  const call = async (method: string, path: string, body: unknown, headers: Record<string, string>, api = server.api) => {
    const response = await api(`/api/v1${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? null : JSON.parse(text)) as Json,
      replayed: response.headers.get('Idempotency-Replayed'),
      etag: response.headers.get('ETag'),
    };
  };
  const makeFolder = (path: string, key: string, api = server.api) => call('POST', '/folders', { path }, { 'Idempotency-Key': key }, api);

  it('is done once and answered alike', async () => {
    const first = await makeFolder('/once', 'a');
    const again = await makeFolder('/once', 'a');
    expect(first).to.include({ status: 201, replayed: null });
    expect(again).to.deep.equal({ ...first, replayed: 'true' });
  });

  it('is done once when both come together', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => makeFolder('/together', 'together')));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([201]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).to.equal(1);
    expect(answers.filter(({ replayed }) => replayed === null)).to.have.length(1);
  });

  it('is refused when it is another call', async () => {
    await makeFolder('/mine', 'other');
    const refused = await makeFolder('/another', 'other');
    expect(refused).to.include({ status: 422 });
    expect(refused.body['code']).to.equal('idempotency_mismatch');
    expect((await call('POST', '/folders', { path: '/x' }, { 'Idempotency-Key': 'a b' })).status).to.equal(400);
    expect((await call('POST', '/folders', { path: '/x' }, { 'Idempotency-Key': 'k'.repeat(201) })).status).to.equal(400);
  });

  it('leaves the key free when it failed', async () => {
    expect((await makeFolder('/w', 'failing')).status, 'a reserved name').to.equal(422);
    expect((await makeFolder('/now-another', 'failing')).status).to.equal(201);
  });

  it('knows the keys of each actor apart', async () => {
    const editor = await server.as('editor');
    expect((await makeFolder('/of-the-admin', 'shared')).status).to.equal(201);
    expect(await makeFolder('/of-the-editor', 'shared', editor.api)).to.include({ status: 201, replayed: null });
  });

  it('answers a change again although its version has passed', async () => {
    const { body: asset } = await upload(server.api, 'photo.jpg', await jpeg(40, 30));
    const headers = { 'Idempotency-Key': 'patch', 'If-Match': `"${asset['rowVersion']}"` };
    const first = await call('PATCH', `/assets/${asset['id']}`, { title: 'Once' }, headers);
    expect(first.status).to.equal(200);
    expect(await call('PATCH', `/assets/${asset['id']}`, { title: 'Once' }, headers)).to.deep.equal({ ...first, replayed: 'true' });
    expect((await call('PATCH', `/assets/${asset['id']}`, { title: 'Once' }, { ...headers, 'Idempotency-Key': 'late' })).status).to.equal(
      412,
    );
  });

  it('starts long work once', async () => {
    const { body: asset } = await upload(server.api, 'bulk.jpg', await jpeg(41, 30));
    const body = { action: 'addTags', ids: [asset['id']], tags: ['red'] };
    const first = await call('POST', '/assets/bulk', body, { 'Idempotency-Key': 'bulk' });
    const again = await call('POST', '/assets/bulk', body, { 'Idempotency-Key': 'bulk' });
    expect(first.status).to.equal(202);
    expect(again.body['jobId']).to.equal(first.body['jobId']);
  });

  it('is done again after a day, and old keys are forgotten', async () => {
    await makeFolder('/yesterday', 'day');
    const { sql } = server.container.database;
    await sql.query({}, `update idempotency set created_at = now() - interval '25 hours' where key = 'day'`);
    expect((await makeFolder('/yesterday', 'day')).replayed, 'no answer from memory').to.equal(null);
    await sql.query({}, `update idempotency set created_at = now() - interval '25 hours' where key = 'day'`);
    const prune = server.container.jobDefs.find(({ name }) => name === 'idempotency.prune');
    await prune?.handle(server.ctx, {} as never, undefined as never);
    expect(await sql.query({}, `select 1 from idempotency where key = 'day'`)).to.have.length(0);
    expect(await sql.query({}, `select 1 from idempotency where key = 'patch'`)).to.have.length(1);
  });

  it('keeps no secrets', async () => {
    const cookie = await server.signIn();
    const create = (name: string) =>
      call(
        'POST',
        '/api-keys',
        { name, scopes: ['assets:read'] },
        { Cookie: cookie, Origin: server.url, 'Idempotency-Key': 'secret' },
        server.raw,
      );
    const [one, two] = [await create('k'), await create('k')];
    expect(one.status).to.equal(201);
    expect(two.body['key']).to.not.equal(one.body['key']);
    expect(await server.container.database.sql.query({}, `select 1 from idempotency where key = 'secret'`)).to.have.length(0);
  });
});
