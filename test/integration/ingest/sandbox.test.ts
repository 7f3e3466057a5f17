import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runJob, withRoom } from '../../../src/platform/media/job.ts';
import { LocalMedia } from '../../../src/platform/media/create.ts';
import * as images from '../../support/fixtures/images.ts';
import { goodSvg } from '../../support/fixtures/svg.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { mediaOptions } from '../../support/media.ts';
import { requireTool } from '../../support/tools.ts';

const ON_DISK = { S3_ENDPOINT: '', S3_BUCKET: '', S3_REGION: '', S3_ACCESS_KEY_ID: '', S3_SECRET_ACCESS_KEY: '', S3_FORCE_PATH_STYLE: '' };

describe('what a decoder that was taken over finds', function () {
  this.timeout(60_000);
  let server: TestServer;
  let media: LocalMedia;
  let original: string;

  before(async function () {
    requireTool(this, 'namespaces');
    // About files that lie beside the decoder: objects on the local disk, whatever else the run has.
    server = await startServer({ env: ON_DISK });
    const found = server.container.media;
    if (!(found instanceof LocalMedia)) throw new Error('another adapter');
    media = found;
    await writeFile(join(server.dataDir, 'secrets.json'), 'the secret');
    const { body } = await upload(server.api, 'a.svg', Buffer.from(goodSvg));
    expect((await settled(server.api, body['id']))['preview']).to.include({ state: 'ready' });
    const [row] = await server.container.database.sql.query<{ blob: string }>(
      {},
      'select v.blob_id as blob from file_version v where asset_id = $1',
      [body['id']],
    );
    original = join(server.dataDir, 'objects', 'originals', server.ctx.workspaceId, row?.blob ?? '');
  });
  after(() => server?.close());

  const attempts = () => {
    const secret = join(server.dataDir, 'secrets.json');
    const taken = `cat ${secret} && echo SEEN`;
    return `${taken}; umount ${server.dataDir} && ${taken}; unshare --user --map-root-user --mount sh -c 'umount ${server.dataDir}; ${taken}'; ls ${server.dataDir}`;
  };

  it('in its room: its input and nothing else of the house', async () => {
    const tempDir = join(server.dataDir, 'tmp', 'media');
    const result = await withRoom(media.sandbox, tempDir, original, (room) =>
      runJob(media.sandbox, room, ['/bin/sh', '-c', `cat input; cat ${original} && echo SEEN; ${attempts()}`], {
        limits: {},
        ...mediaOptions(),
      }),
    );
    expect(result.stdout.toString()).to.equal(`${goodSvg}tmp\n`);
  });

  it('in a child that serves many files: the files, read-only, and no secret', async () => {
    const { spawnSync } = await import('node:child_process');
    const script = `cat ${original}; ${attempts()}; echo x > ${original} && echo WRITTEN`;
    const [command = '', ...args] = media.sandbox.wrap(['/bin/sh', '-c', script], {});
    const { stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: server.dataDir });
    expect(stdout).to.equal(`${goodSvg}objects\ntmp\n`);
  });

  it('and everything still works where namespaces are refused', async () => {
    const limited = await startServer({ env: { SANDBOX: 'off' } });
    try {
      for (const [name, bytes] of [
        ['b.svg', Buffer.from(goodSvg)],
        ['b.png', await images.png()],
      ] as const) {
        const { body } = await upload(limited.api, name, bytes);
        expect((await settled(limited.api, body['id']))['preview'], name).to.include({ state: 'ready' });
      }
    } finally {
      await limited.close();
    }
  });
});
