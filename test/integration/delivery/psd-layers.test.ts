import { writePsdBuffer } from 'ag-psd';
import { expect } from 'chai';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { psd as flat } from '../../support/fixtures/colour.ts';
import { near, pictureOf } from '../../support/fixtures/pixels.ts';
import { area, BLUE, CLEAR, GREY, layer, RED, WHITE, type Rgba } from '../../support/fixtures/psd.ts';

/** Layers of a PSD by `pg`, from a written file to decoded pixels. */

const GREEN: Rgba = [30, 180, 60, 255];

/** Pages: 2 sky, 3 boat and 4 sail in a group of half opacity, 5 shade (multiply), 6 hidden beyond the edge, 7 masked, 8 hue. */
function psd(): Buffer {
  const mask = { left: 0, top: 0, right: 30, bottom: 40, defaultColor: 0, imageData: area(30, 40, WHITE) };
  return writePsdBuffer({
    ...{ width: 60, height: 40, imageData: area(60, 40, GREY) },
    children: [
      layer('sky', 0, 0, 60, 40, BLUE),
      { name: 'things', opacity: 0.5, children: [layer('boat', 10, 10, 20, 20, RED), layer('sail, "old"', 40, 10, 10, 20, GREEN)] },
      layer('shade', 0, 0, 60, 40, GREY, { blendMode: 'multiply' }),
      layer('far', 50, -20, 40, 40, WHITE, { hidden: true }),
      layer('masked', 0, 0, 60, 40, RED, { mask }),
      layer('tint', 0, 0, 60, 40, GREEN, { blendMode: 'hue' }),
      layer('boat', 0, 30, 60, 10, WHITE),
    ],
  });
}

describe('layers of a PSD', function () {
  this.timeout(90_000);
  let server: TestServer;

  before(async () => {
    server = await startServer();
    for (const [name, bytes] of [
      ['l.psd', psd()],
      [
        'flat.psd',
        flat({ data: Buffer.alloc(60 * 40 * 3, 90), width: 60, height: 40, bits: 8, colours: 'rgb', alpha: false, icc: null }, true),
      ],
    ] as const) {
      const { body } = await upload(server.api, name, bytes, { folder: '/p', publish: 'true' });
      await settled(server.api, body.id);
    }
  });
  after(() => server?.close());

  const get = (path: string) => server.raw(`/cdn/p/${path}`);
  async function picture(path: string) {
    const answer = await get(path);
    expect(answer.status, `${path}: ${answer.headers.get('ik-error')}`).to.equal(200);
    return pictureOf(Buffer.from(await answer.arrayBuffer()));
  }

  const mixed = (a: Rgba, b: Rgba, share: number): number[] => a.map((value, i) => Math.round(value * share + (b[i] ?? 0) * (1 - share)));
  /** What is at the middle of the boat, of the sail, in the corner at the right below, at the right above. */
  const ROWS: [pg: string, boat: readonly number[], sail: readonly number[], below: readonly number[], above: readonly number[]][] = [
    ['1', GREY, GREY, GREY, GREY],
    ['2', BLUE, BLUE, BLUE, BLUE],
    ['3', [...RED.slice(0, 3), 128], CLEAR, CLEAR, CLEAR],
    ['4', CLEAR, [...GREEN.slice(0, 3), 128], CLEAR, CLEAR],
    ['5', GREY, GREY, GREY, GREY],
    ['6', CLEAR, CLEAR, CLEAR, WHITE],
    ['7', RED, CLEAR, CLEAR, CLEAR],
    ['8', GREEN, GREEN, GREEN, GREEN],
    ['2_3', mixed(RED, BLUE, 0.5), BLUE, BLUE, BLUE],
    ['3_2', mixed(RED, BLUE, 0.5), BLUE, BLUE, BLUE],
    ['2-4', mixed(RED, BLUE, 0.5), mixed(GREEN, BLUE, 0.5), BLUE, BLUE],
    ['2_5', [15, 30, 100, 255], [15, 30, 100, 255], [15, 30, 100, 255], [15, 30, 100, 255]],
    ['9-', CLEAR, CLEAR, WHITE, CLEAR],
    ['1_4', GREY, mixed(GREEN, GREY, 0.5), GREY, GREY],
    ['name-%22sky%22', BLUE, BLUE, BLUE, BLUE],
    ['name-%22boat%22', [...RED.slice(0, 3), 128], CLEAR, WHITE, CLEAR],
    ['name-%22sky%22_%22boat%22', mixed(RED, BLUE, 0.5), BLUE, WHITE, BLUE],
  ];
  for (const [pg, boat, sail, below, above] of ROWS) {
    it(`draws pg-${pg}`, async () => {
      const made = await picture(`l.psd?tr=pg-${pg},f-png`);
      expect([made.width, made.height]).to.deep.equal([60, 40]);
      const seen = [made.at(20, 20), made.at(45, 20), made.at(55, 35), made.at(58, 2)];
      const same = (a: readonly number[], b: readonly number[]) => (b[3] === 0 ? a[3] === 0 : near(a, b, 5));
      expect(
        [boat, sail, below, above].every((colour, i) => same(seen[i] ?? [], colour)),
        seen.join(' | '),
      ).to.equal(true);
    });
  }

  it('makes sizes and formats of them, each once drawn', async () => {
    const small = await picture('l.psd?tr=pg-2_3,w-30,f-png');
    expect([small.width, small.height]).to.deep.equal([30, 20]);
    expect(near(small.at(10, 10), mixed(RED, BLUE, 0.5), 8)).to.equal(true);
    const thumbnail = await get('l.psd/ik-thumbnail.jpg?tr=pg-3,w-30');
    expect([thumbnail.status, thumbnail.headers.get('content-type')]).to.deep.equal([200, 'image/png']);
    const tags = await Promise.all(
      ['2', '3', '2_3', '2-3', '3_2'].map(async (pg) => (await get(`l.psd?tr=pg-${pg},w-30`)).headers.get('etag')),
    );
    expect(new Set(tags)).to.have.property('size', 3);
  });

  it('says what there is where a layer is not', async () => {
    const rows: [string, number, Record<string, unknown>][] = [
      ['l.psd?tr=pg-10', 400, { code: 'delivery_parameter', parameter: 'pg', given: 10, allowed: 9 }],
      ['l.psd?tr=pg-2-40', 400, { parameter: 'pg', given: 40, allowed: 9 }],
      ['l.psd?tr=pg-12-', 400, { parameter: 'pg', allowed: 9 }],
      ['l.psd?tr=pg-name-%22cloud%22', 400, { code: 'delivery_parameter', parameter: 'pg' }],
      ['l.psd?tr=pg-name-cloud', 400, { code: 'delivery_parameter', parameter: 'pg' }],
      ['flat.psd?tr=pg-2', 400, { parameter: 'pg', given: 2, allowed: 1 }],
      // Photoshop's own arithmetic is not guessed at.
      ['l.psd?tr=pg-2_8', 422, { code: 'delivery_decode' }],
    ];
    for (const [path, status, members] of rows) {
      const answer = await get(path);
      expect(answer.status, path).to.equal(status);
      expect(await answer.json(), path).to.include(members);
    }
  });
});
