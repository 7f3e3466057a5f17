import { expect } from 'chai';
import { connect, type Socket } from 'node:net';
import type { Media } from '../../../src/platform/media/media.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { until } from '../../support/until.ts';

/** Many ask for the same at one time, and one of them takes its time with the answer. */

/** More than the buffers between two processes hold. */
const BIG = Buffer.alloc(24_000_000, 'damson');

describe('one that does not read its answer', () => {
  let world: Awaited<ReturnType<typeof startDelivery>>;
  let renders: number;
  let gate: Promise<void>;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    renders = 0;
    gate = Promise.resolve();
    const media: Partial<Media> = {
      render: async () => {
        renders += 1;
        await gate;
        return { data: BIG, mime: 'image/png', width: 4000, height: 3000 };
      },
    };
    world = await startDelivery({ media: media as Media, hotCacheBytes: 400_000_000 });
    world.add('a.jpg', Buffer.from('a picture'));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await world.close();
  });

  /** Asks and reads no more than what the kernel does by itself. */
  function idle(target: string, headers = ''): Socket {
    const socket = connect(world.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: damson.test\r\nAccept: image/png\r\n${headers}\r\n`);
    return socket;
  }
  const status = async (target: string) => (await world.get(target, { accept: 'image/png' })).status;
  const soon = <T>(answer: Promise<T>) =>
    Promise.race([answer, new Promise<string>((resolve) => void setTimeout(resolve, 5_000, 'waits for somebody else').unref())]);

  it('holds up nobody with a part of what everybody asks for', async () => {
    const target = '/cdn/a.jpg?tr=w-4000,f-png';
    const slow = idle(target, 'Range: bytes=0-\r\n');
    await until('the beginning of the part', () => slow.bytesRead > 0);
    expect(await soon(status(target))).to.equal(200);
    expect(renders).to.equal(1);
  });

  for (const [what, headers] of [
    ['it', ''],
    ['a part of it', 'Range: bytes=0-\r\n'],
  ] as const) {
    it(`holds up nobody when the address means a stored file by the time the picture is made, and ${what} is wanted`, async () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      idle('/cdn/a.jpg', headers);
      await until('work on it', () => renders === 1);
      const other = status('/cdn/a.jpg');
      // A request that is answered was read after those before it.
      expect(await status('/cdn/none.jpg')).to.equal(404);
      world.seen.now += 8_000;
      world.add('a.jpg', BIG, { kind: 'other', mime: 'application/x-thing', releaseOriginal: true });
      open();
      expect(await soon(other)).to.equal(200);
    });
  }
});
