import { expect } from 'chai';
import fc from 'fast-check';
import { parseDeliveryUrl } from '../../../src/modules/library/delivery/delivery.url.ts';

const ID = '01890000-0000-7000-8000-00000000000a';

function read(rest: string): { at: string; tr: readonly string[] } | string {
  const url = parseDeliveryUrl(rest);
  if ('problem' in url) return url.problem;
  return { at: url.address.by === 'id' ? `@${url.address.id}` : url.address.path, tr: url.transformations };
}

describe('delivery URLs', () => {
  const table: [rest: string, at: string, tr?: string[]][] = [
    ['/a.jpg', 'a.jpg'],
    ['/a/b/c.jpg', 'a/b/c.jpg'],
    ['//a///b.jpg', 'a/b.jpg'],
    ['/tr:w-300/a.jpg', 'a.jpg', ['tr:w-300']],
    ['/demo/img/tr:w-200/girl.jpeg', 'demo/img/girl.jpeg', ['tr:w-200']],
    ['/tr%3Aw-200/girl.jpeg', 'girl.jpeg', ['tr:w-200']],
    ['/tr:/a.jpg', 'a.jpg', ['tr:']],
    ['/a.jpg?tr=w-1,h-2', 'a.jpg', ['w-1,h-2']],
    ['/a.jpg?v=2&tr=w-1%2Ch-2&x', 'a.jpg', ['w-1%2Ch-2']],
    ['/tr:w-9/a.jpg?tr=w-1', 'a.jpg', ['tr:w-9', 'w-1']],
    // A layer left open goes on in the next segment.
    ['/tr:l-image,i-/a/b.jpg,w-100,l-end/x.jpg', 'x.jpg', ['tr:l-image,i-/a/b.jpg,w-100,l-end']],
    ['/tr:l-text,i-a%2Fb,l-end/x.jpg', 'x.jpg', ['tr:l-text,i-a%2Fb,l-end']],
    ['/fjord%20a%C3%A9.jpg', 'fjord aé.jpg'],
    ['/e%CC%81.jpg', 'é.jpg'],
    ['/tr.jpg', 'tr.jpg'],
    [`/@${ID}/any name.jpg`, `@${ID}`],
    [`/tr:w-5/@${ID.toUpperCase()}`, `@${ID}`, ['tr:w-5']],
    ['/ik-seo/shoes/red/buy-red-shoes.jpg', 'shoes/red.jpg'],
    ['/ik-seo/tr:w-5/red/buy-red-shoes.webp?x=1', 'red.webp', ['tr:w-5']],
    ['/a.mp4/ik-thumbnail.jpg', 'a.mp4'],
  ];
  for (const [rest, at, tr = []] of table) it(rest, () => expect(read(rest)).to.deep.equal({ at, tr }));

  const suffixes: [rest: string, film: string | null, still?: boolean][] = [
    ['/a.mp4', null],
    ['/a.mp4/ik-thumbnail.jpg', null, true],
    ['/a.mp4/ik-master.m3u8', 'hls'],
    ['/a.mp4/ik-master.mpd', 'dash'],
    ['/a/ik-video.mp4', 'film'],
    ['/a/ik-video.mp4/ik-master.m3u8', 'hls'],
    ['/a/ik-video.mp4/ik-thumbnail.jpg', null, true],
    ['/a.gif/ik-gif-video.mp4', 'gif'],
    ['/a.mp4/ik-sprite.jpg', 'sprite'],
    ['/a.mp4/ik-sprite.vtt', 'cues'],
  ];
  for (const [rest, film, still = false] of suffixes) {
    it(`${rest} asks of a film`, () => {
      const url = parseDeliveryUrl(rest);
      expect('problem' in url ? url : [url.film, url.still]).to.deep.equal([film, still]);
    });
  }

  const refused: [rest: string, problem: string][] = [
    ['/', 'ENOENT'],
    ['', 'ENOENT'],
    ['/tr:w-300', 'ENOENT'],
    ['/../a.jpg', 'ENOENT'],
    ['/a/%2e%2e/b.jpg', 'ENOENT'],
    ['/a%2fb.jpg', 'ENOENT'],
    ['/a%5Cb.jpg', 'ENOENT'],
    ['/a\\b.jpg', 'ENOENT'],
    ['/a%00.jpg', 'ENOENT'],
    ['/a%FF.jpg', 'ENOENT'],
    ['/@nonsense/a.jpg', 'ENOENT'],
    [`/@${ID}/a/b.jpg`, 'ENOENT'],
    ['/ik-seo/a.jpg', 'ENOENT'],
    ['/a.jpg?tr=w-1&tr=w-2', 'EPARAM'],
    ['/a.jpg?ik-obj-version=x', 'EPARAM'],
    ['/ik-genimg-prompt-cats/a.jpg', 'EUNSUPPORTED'],
  ];
  for (const [rest, problem] of refused) it(`refuses ${rest || '(nothing)'}`, () => expect(read(rest)).to.equal(problem));

  it('reads the switches', () => {
    const url = parseDeliveryUrl('/a.jpg?ik-attachment=true&ik-attachment-filename=my+caf%C3%A9&ik-obj-version=3&token=abc');
    expect(url).to.include({ attachment: true, attachmentName: 'my café', version: 3, token: 'abc', still: false });
    expect(parseDeliveryUrl('/a.mp4/ik-thumbnail.jpg')).to.include({ still: true });
  });

  it('never lets a path climb or hide a separator', () => {
    const piece = fc.constantFrom('a', '..', '.', '/', '%2e', '%2f', '%5c', '\\', '%00', '%', '%c3', '%a9', 'tr:w-1', '?', '@', ':');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const url = parseDeliveryUrl(`/${pieces.join('')}`);
        if ('problem' in url || url.address.by === 'id') return;
        const parts = url.address.path.split('/');
        expect(parts.every((part) => part !== '' && part !== '.' && part !== '..')).to.equal(true);
        expect(url.address.path).to.not.match(/[\\\u0000]/);
      }),
      { numRuns: 1000 },
    );
  });
});
