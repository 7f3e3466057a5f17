import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { pictureOf, quadrants } from '../../support/fixtures/pixels.ts';

/** Texts in typefaces of the library, from the uploaded file to the letters. */

const face = (path: string): Buffer => readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/${path}`));

describe('typefaces of the library', function () {
  this.timeout(120_000);
  let server: TestServer;
  let own: string;

  before(async () => {
    server = await startServer();
    await bring('q.png', await quadrants(300, 120));
    own = await bring('own.ttf', face('monoton/400Regular/Monoton_400Regular.ttf'));
    // It calls itself like one of ours, and is not taken for it.
    await bring('other.ttf', face('lobster/400Regular/Lobster_400Regular.ttf'));
    await bring('broken.ttf', Buffer.concat([Buffer.from('\0\x01\0\0\0\x0c', 'latin1'), Buffer.alloc(4_000, 7)]));
    await bring('secret.ttf', face('lora/400Regular/Lora_400Regular.ttf'), 'false');
  });
  after(() => server?.close());

  async function bring(name: string, bytes: Buffer, publish = 'true'): Promise<string> {
    const { body } = await upload(server.api, name, bytes, { folder: '/f', publish });
    await settled(server.api, body.id);
    return body.id;
  }

  const text = (ff: string, more = '') => `q.png?tr=f-png${more},l-text,i-Quay,fs-60,co-000000,bg-FFFFFF,ff-${ff},lx-0,ly-0,l-end`;
  const get = (path: string) => server.raw(`/cdn/f/${path}`);
  async function drawn(path: string): Promise<string> {
    const answer = await get(path);
    expect(answer.status, `${path}: ${answer.headers.get('ik-error')}`).to.equal(200);
    const picture = await pictureOf(Buffer.from(await answer.arrayBuffer()));
    const rows = Array.from({ length: picture.height }, (_, y) =>
      Array.from({ length: picture.width }, (_, x) => picture.at(x, y).slice(0, 3).join()).join(' '),
    );
    return rows.join('\n');
  }

  it('draw the same letters as the same typeface of ours, and no others', async () => {
    const [ours, theirs, usual] = [await drawn(text('Monoton')), await drawn(text('f@@own.ttf')), await drawn(text('Roboto'))];
    expect(theirs === ours, 'Monoton').to.equal(true);
    expect(theirs === usual).to.equal(false);
    expect((await drawn(text('@@f@@other.ttf'))) === (await drawn(text('Lobster'))), 'Lobster').to.equal(true);
    const late = await drawn(text('f@@own.ttf', ',t-true:w-300'));
    expect(late === (await drawn(text('Monoton', ',t-true:w-300'))), 'planned late').to.equal(true);
    const both = 'q.png?tr=f-png,l-text,i-A,fs-60,ff-f@@own.ttf,lx-0,l-end,l-text,i-B,fs-60,ff-f@@other.ttf,lx-150,l-end';
    expect((await drawn(both)) === (await drawn(both.replace('f@@own.ttf', 'Monoton').replace('f@@other.ttf', 'Lobster'))), 'two').to.equal(
      true,
    );
    expect(await drawn(text('Roboto', ',q-71')), 'others are what they were').to.equal(usual);
  });

  it('are files under the same rights, and refused in plain words', async () => {
    const rows: [string, number, string][] = [
      ['f@@none.ttf', 404, 'ENOENT'],
      ['f@@secret.ttf', 404, 'ENOENT'],
      ['f@@q.png', 400, 'EPARAM'],
      ['f@@broken.ttf', 422, 'EDECODE'],
      ['f@@..@@own.ttf', 404, 'ENOENT'],
    ];
    for (const [ff, status, code] of rows) {
      const answer = await get(text(ff));
      expect([answer.status, answer.headers.get('ik-error')?.split(' ')[0]], ff).to.deep.equal([status, code]);
    }
  });

  it('belong to what is made: another version of the file is another picture', async () => {
    const tag = async () => (await get(text('f@@own.ttf'))).headers;
    const before = await tag();
    expect(before.get('cache-tag')?.match(/\ba-/g), 'a CDN is told of it').to.have.length(2);
    const bytes = face('lobster/400Regular/Lobster_400Regular.ttf');
    await upload(server.api, 'own.ttf', bytes, { folder: '/f', publish: 'true', onConflict: 'version' });
    await settled(server.api, own);
    expect((await tag()).get('etag')).not.to.equal(before.get('etag'));
    expect((await drawn(text('f@@own.ttf'))) === (await drawn(text('Lobster')))).to.equal(true);
  });
});
