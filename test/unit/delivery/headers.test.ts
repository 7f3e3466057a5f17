import { expect } from 'chai';
import { BytesCache } from '../../../src/modules/library/delivery/delivery.bytes.ts';
import { cacheControl, fileName, savesData, surrogateControl, varyOf } from '../../../src/modules/library/delivery/delivery.headers.ts';

const NOW = 1_000_000;
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000);

describe('delivery headers', () => {
  const table: [pinned: boolean, own: boolean, until: Date | null, header: string][] = [
    [false, false, null, 'public, max-age=60, stale-while-revalidate=30'],
    [false, false, inSeconds(70), 'public, max-age=60, stale-while-revalidate=10'],
    [false, false, inSeconds(20), 'public, max-age=20'],
    [false, false, inSeconds(-5), 'public, max-age=0'],
    [true, false, null, 'public, max-age=86400, immutable'],
    [true, false, inSeconds(999_999), 'public, max-age=86400'],
    [true, false, inSeconds(10), 'public, max-age=10'],
    [false, true, inSeconds(9_999), 'private, max-age=60'],
    [true, true, inSeconds(9_999), 'private, max-age=3600'],
    [true, true, inSeconds(30), 'private, max-age=30'],
  ];
  for (const [pinned, own, until, header] of table) {
    it(header, () => expect(cacheControl({ pinned, private: own, until }, NOW)).to.equal(header));
  }

  it('vary on exactly what was used', () => {
    expect(varyOf({ accept: false, saveData: false })).to.equal(null);
    expect(varyOf({ accept: true, saveData: false })).to.equal('Accept');
    expect(varyOf({ accept: true, saveData: false }, ['width', 'dpr'])).to.equal('Accept, Sec-CH-Width, Sec-CH-DPR');
    expect(varyOf({ accept: false, saveData: true })).to.equal('Save-Data');
  });

  it('let a CDN that is told of changes keep pinned public answers for a year, never beyond the right', () => {
    expect(surrogateControl({ pinned: true, private: false, until: null }, NOW)).to.equal('max-age=31536000');
    expect(surrogateControl({ pinned: true, private: false, until: inSeconds(90) }, NOW)).to.equal('max-age=90');
    expect(surrogateControl({ pinned: true, private: true, until: null }, NOW)).to.equal(null);
    expect(surrogateControl({ pinned: false, private: false, until: null }, NOW)).to.equal(null);
  });

  it('know who saves data', () => {
    expect(['on', 'ON', ' on ', 'on; x'].map(savesData)).to.deep.equal([true, true, true, true]);
    expect(['off', '', 'only', 'no', undefined].map(savesData)).to.deep.equal([false, false, false, false, false]);
  });

  it('name the file after its format', () => {
    expect(fileName('a.b.tiff', 'webp', null)).to.equal('a.b.webp');
    expect(fileName('.hidden', 'jpg', null)).to.equal('.hidden.jpg');
    expect(fileName('a.jpg', 'jpg', 'mine')).to.equal('mine.jpg');
  });
});

describe('bytes in memory', () => {
  it('stay below their limit, least recently used first out', () => {
    const cache = new BytesCache(800);
    const put = (key: string, now: number) => cache.put(key, Buffer.alloc(100), 'image/webp', now);
    const entries = Array.from({ length: 8 }, (_, at) => put(`k${at}`, 0));
    cache.get('k0', 5_000);
    put('k8', 5_000);
    expect(cache.get('k1', 5_000)).to.equal(null);
    expect(entries[1]?.alive).to.equal(false);
    expect(entries[0]?.alive).to.equal(true);
    expect(cache.stats).to.deep.equal({ objects: 8, bytes: 800 });
    put('k0', 5_000);
    expect(cache.stats.bytes).to.equal(800);
  });

  it('do not take what would crowd out everything else', () => {
    const cache = new BytesCache(800);
    expect(cache.put('big', Buffer.alloc(101), 'image/webp', 0).alive).to.equal(false);
    expect(cache.stats.objects).to.equal(0);
  });
});
