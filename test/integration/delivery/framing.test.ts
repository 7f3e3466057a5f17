import { expect } from 'chai';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { near, type Picture, pictureOf, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** Focal point and crop of an asset: set through the API, seen in pixels. The picture has four coloured quarters, 400 x 300. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
/** They do not ask for focal point or crop. */
const OTHERS = ['', 'w-200', 'w-200,h-200,fo-auto', 'w-100,h-100,cm-extract,fo-top_left', 'w-200,h-200,c-at_max,fo-custom'];
const ASKING = ['w-100,h-150,fo-custom', 'w-100,h-150,fo-auto-custom_override'];

describe('focal point and crop', () => {
  let server: TestServer;
  let id: string;

  before(async () => {
    server = await startServer();
    const { body } = await upload(server.api, 'quarters.png', await quadrants(), { publish: 'true' });
    id = body['id'];
    await settled(server.api, id);
  });
  after(() => server.close());

  const read = async () => (await (await server.api(`/api/v1/assets/${id}`)).json()) as Record<string, any>;
  const send = async (patch: Record<string, unknown>, api = server.api) => {
    const { rowVersion } = await read();
    const response = await api(`/api/v1/assets/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` },
      body: JSON.stringify(patch),
    });
    return { status: response.status, body: (await response.json()) as Record<string, any> };
  };
  /** Changes it, and waits until delivery has heard of it. */
  const set = async (patch: Record<string, unknown>) => {
    const before = await etagOf('w-31,h-93,fo-custom');
    const { status, body } = await send(patch);
    expect(status, JSON.stringify(body)).to.equal(200);
    await eventually(async () => (await etagOf('w-31,h-93,fo-custom')) !== before, { what: 'another cut' });
    return body;
  };
  const get = (tr: string, more = '') => fetch(`${server.url}/cdn/quarters.png?tr=${tr}${more}`);
  const etagOf = async (tr: string) => (await get(tr)).headers.get('etag');
  const etags = async (trs: readonly string[]) => Promise.all(trs.map(etagOf));
  async function look(tr: string, size: string, ...points: [x: number, y: number, colour: readonly number[]][]): Promise<Picture> {
    const response = await get(`${tr}:f-png`);
    expect(response.status, `${tr}: ${response.headers.get('ik-error')}`).to.equal(200);
    const picture = await pictureOf(Buffer.from(await response.arrayBuffer()));
    expect(`${picture.width}x${picture.height}`).to.equal(size);
    for (const [x, y, colour] of points) expect(near(picture.at(x, y), colour), `${tr} at ${x}, ${y}: ${picture.at(x, y)}`).to.equal(true);
    return picture;
  }

  it('change exactly what asks for them, by pixels and by ETag', async () => {
    expect(await read()).to.include({ focalPoint: null, customCoordinates: null });
    await look('w-100,h-150,fo-custom', '100x150', [10, 10, RED], [90, 10, GREEN]);
    const others = await etags(OTHERS);
    const asking = await etags(ASKING);
    const marked = await set({ focalPoint: { x: 1, y: 0.5 } });
    expect(marked.focalPoint).to.deep.equal({ x: 1, y: 0.5 });
    await look('w-100,h-150,fo-custom', '100x150', [10, 10, GREEN], [90, 140, SAND]);
    await look('w-100,h-150,fo-auto-custom_override', '100x150', [10, 10, GREEN]);
    expect(await etags(OTHERS)).to.deep.equal(others);
    const then = await etags(ASKING);
    for (const [i, etag] of then.entries()) expect(etag).not.to.equal(asking[i]);

    const cropped = await set({ customCoordinates: '0,150,200,150' });
    expect(cropped.customCoordinates).to.equal('0,150,200,150');
    expect(cropped.focalPoint, 'what is left out stays').to.deep.equal({ x: 1, y: 0.5 });
    await look('w-100,h-75,fo-custom', '100x75', [2, 2, BLUE], [97, 72, BLUE]);
    await look('w-100,fo-custom', '100x75', [2, 2, BLUE], [97, 72, BLUE]);
    await look('cm-extract,fo-custom', '200x150', [2, 2, BLUE], [197, 147, BLUE]);
    expect(await etags(OTHERS)).to.deep.equal(others);

    await set({ focalPoint: null, customCoordinates: null });
    expect(await etags(OTHERS)).to.deep.equal(others);
    expect(await etags(ASKING), 'as it was').to.deep.equal(asking);
  });

  it('stay as they are when texts change, and so does every picture', async () => {
    await set({ focalPoint: { x: 0, y: 0 } });
    const before = await etags([...OTHERS, ...ASKING]);
    const { body } = await send({ title: 'Quarters', addTags: ['four'] });
    expect(body.focalPoint).to.deep.equal({ x: 0, y: 0 });
    expect(await etags([...OTHERS, ...ASKING])).to.deep.equal(before);
  });

  it('keep an address with them from being cached for ever', async () => {
    const control = async (tr: string) => (await get(tr, '&ik-obj-version=1')).headers.get('cache-control');
    expect(await control('w-50')).to.match(/immutable/);
    for (const tr of ASKING) expect(await control(tr)).not.to.match(/immutable/);
  });

  it('hold in their proportions for a new version of another size', async () => {
    await set({ focalPoint: { x: 1, y: 1 }, customCoordinates: '200,0,200,150' });
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(await quadrants(800, 600))]), 'quarters.png');
    form.set('onConflict', 'version');
    expect((await server.api('/api/v1/assets', { method: 'POST', body: form })).status).to.equal(201);
    const replaced = await settled(server.api, id);
    expect(replaced).to.deep.include({ version: 2, width: 800, focalPoint: { x: 1, y: 1 }, customCoordinates: '400,0,400,300' });
    await eventually(async () => (await pictureOf(Buffer.from(await (await get('cm-extract,fo-custom')).arrayBuffer()))).width === 400);
    await look('w-100,h-75,fo-custom', '100x75', [2, 2, GREEN], [97, 72, GREEN]);
  });

  it('are checked, noted in the audit log, and for editors only', async () => {
    for (const patch of [
      { focalPoint: { x: 1.1, y: 0 } },
      { focalPoint: { x: 0.5 } },
      { focalPoint: 'middle' },
      { customCoordinates: '0,0,801,1' },
      { customCoordinates: '0,0,0,10' },
      { customCoordinates: '-1,0,10,10' },
      { customCoordinates: '1,2,3' },
    ]) {
      expect((await send(patch)).status, JSON.stringify(patch)).to.equal(400);
    }
    expect((await send({ customCoordinates: '790,0,11,5' })).body.detail).to.contain('800 x 600');
    const viewer = await server.as('viewer');
    expect((await send({ focalPoint: null }, viewer.api)).status).to.be.oneOf([403, 404]);
    const [entry] = await server.container.database.sql.query<{ before: any; after: any }>(
      {},
      `select before, after from audit_entry where action = 'asset.edit' and after ? 'customCoordinates' order by at desc limit 1`,
    );
    expect(entry?.after).to.deep.include({ customCoordinates: '200,0,200,150' });
    expect(entry?.before).to.deep.include({ focalPoint: { x: 0, y: 0 }, customCoordinates: null });
    const { body } = await upload(server.api, 'words.txt', Buffer.from('no picture'));
    const words = await settled(server.api, body['id']);
    const refused = await server.api(`/api/v1/assets/${words['id']}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${words['rowVersion']}"` },
      body: JSON.stringify({ customCoordinates: '0,0,1,1' }),
    });
    expect(refused.status).to.equal(400);
  });

  it('give a private address for any transformation to whoever may see the asset', async () => {
    const { urls } = await read();
    expect((await server.api(`/api/v1/assets/${id}/unpublish`, { method: 'POST' })).status).to.equal(200);
    await eventually(async () => (await get('w-40')).status === 404);
    const response = await fetch(`${urls.transform}&tr=w-40,e-grayscale,f-png`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('cache-control')).to.match(/^private, /);
    expect((await pictureOf(Buffer.from(await response.arrayBuffer()))).width).to.equal(40);
    expect((await fetch(`${urls.transform}&tr=orig-true`)).status, 'stored bytes need more').to.equal(403);

    // Released for later: until then for those who may download it anyway.
    const viewer = await server.as('viewer');
    const theirs = (await (await viewer.api(`/api/v1/assets/${id}`)).json()) as Record<string, any>;
    const stored = async (address: string) => (await fetch(`${address}&tr=orig-true`)).status;
    const publish = (body: unknown) =>
      server.api(`/api/v1/assets/${id}/publish`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const embargo = await publish({ from: new Date(Date.now() + 3_600_000).toISOString(), releaseOriginal: true });
    expect(embargo.status, await embargo.text()).to.equal(200);
    await eventually(async () => (await stored(urls.transform)) === 200, { what: 'the file for whoever may download it' });
    expect((await fetch(`${theirs.urls.transform}&tr=w-40`)).status).to.equal(200);
    expect(await stored(theirs.urls.transform), 'a viewer, before its time').to.equal(403);
    expect((await get('orig-true')).status).to.equal(404);
    expect((await publish({ from: null, releaseOriginal: true })).status).to.equal(200);
    await eventually(async () => (await stored(theirs.urls.transform)) === 200, { what: 'the file for everybody' });
    const list = (await (await server.api('/api/v1/assets')).json()) as { items: Record<string, any>[] };
    expect(list.items[0]?.['urls'], 'only where it is needed').not.to.have.property('transform');
  });
});
