import { expect } from 'chai';
import { dashManifest, masterPlaylist, mediaPlaylist, spriteCues } from '../../../src/modules/library/delivery/films.manifests.ts';
import { avcCodec, isPlayable } from '../../../src/modules/library/delivery/films.maker.ts';
import { acceptsWebm, pieceKey } from '../../../src/modules/library/delivery/films.request.ts';
import type { LadderPlan } from '../../../src/platform/media/film-plan.ts';

const plan: LadderPlan = {
  make: 'ladder',
  cut: { start: 0, duration: null },
  ops: [],
  rungs: [
    { name: '240', width: 426, height: 240, kbps: 200 },
    { name: '720', width: 1280, height: 720, kbps: 3300 },
  ],
  audio: true,
  segment: 4,
};
const made = { pieces: { '240': [4, 4.1], '720': [4], audio: [4.02, 3.99] }, codecs: { '240': 'avc1.640015' }, bytes: 0 };

describe('manifests of films', () => {
  it('list every rung with its size, rate and codecs', () => {
    const lines = masterPlaylist(plan, made, '/cdn/ik-stream/t/').split('\n');
    expect(lines[0]).to.equal('#EXTM3U');
    expect(lines).to.include('/cdn/ik-stream/t/720.m3u8');
    expect(lines).to.include('#EXT-X-STREAM-INF:BANDWIDTH=360800,RESOLUTION=426x240,CODECS="avc1.640015,mp4a.40.2",AUDIO="sound"');
    expect(masterPlaylist({ ...plan, audio: false }, made, '/')).not.to.contain('AUDIO');
  });

  it('grow while the film is made, beginning at its beginning, and end with it', () => {
    const growing = mediaPlaylist('240', plan, made, false);
    expect(growing).to.contain('#EXT-X-START:TIME-OFFSET=0').and.not.to.contain('ENDLIST');
    expect(growing).to.contain('#EXTINF:4.100,\n240-1.m4s\n');
    const whole = mediaPlaylist('240', plan, made, true);
    expect(whole).to.match(/240-1\.m4s\n#EXT-X-ENDLIST\n$/);
    // Rounded to whole seconds no piece may be longer than the target (RFC 8216, 4.3.3.1).
    const target = Number(/TARGETDURATION:(\d+)/.exec(whole)?.[1]);
    for (const [, seconds] of whole.matchAll(/EXTINF:([\d.]+)/g)) expect(Math.round(Number(seconds))).to.be.at.most(target);
  });

  it('give DASH exact times once they are known', () => {
    expect(dashManifest(plan, made, '/p/', false, 60))
      .to.contain('mediaPresentationDuration="PT60.000S"')
      .and.to.contain('duration="4000"');
    const whole = dashManifest(plan, made, '/p/', true, 60);
    expect(whole).to.contain('mediaPresentationDuration="PT8.100S"').and.to.contain('<S d="4000"/><S d="4100"/>');
  });

  it('place the cues of a sprite, row by row', () => {
    const cues = spriteCues({ make: 'sprite', width: 160, height: 90, interval: 2, columns: 2, rows: 2 }, '/s.jpg', 5);
    expect(cues).to.equal(
      'WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n/s.jpg#xywh=0,0,160,90\n\n00:00:02.000 --> 00:00:04.000\n/s.jpg#xywh=160,0,160,90\n\n' +
        '00:00:04.000 --> 00:00:05.000\n/s.jpg#xywh=0,90,160,90\n',
    );
  });

  it('are there as soon as each rung and the sound have a piece', () => {
    expect(isPlayable({ make: plan }, made)).to.equal(true);
    expect(isPlayable({ make: plan }, { ...made, pieces: { '240': [4], audio: [4] } })).to.equal(false);
    expect(isPlayable({ make: { ...plan, audio: false } }, { ...made, pieces: { '240': [4], '720': [4] } })).to.equal(true);
  });

  it('read the codec from the first part of a rung', () => {
    expect(avcCodec(Buffer.from('0000avcC\u0001\u0064\u0000\u001f', 'latin1'))).to.equal('avc1.64001f');
    expect(avcCodec(Buffer.from('nothing'))).to.match(/^avc1\./);
  });

  it('name pieces that are safe keys, and no others', () => {
    const film = { workspaceId: 'w', blobId: 'b', recipeHash: 'c0ffee' };
    expect(pieceKey(film, '240-0.m4s')).to.equal('derived/w/b/c0ffee-240-0.m4s');
    for (const name of ['../x.m4s', 'a/b.m4s', 'x.exe', '.m4s', '']) expect(() => pieceKey(film, name), name).to.throw();
  });

  it('take a client for one that plays WebM only when it names it', () => {
    expect(['video/webm', 'video/webm,video/*;q=0.9', 'video/mp4, video/webm;q=0.5'].map(acceptsWebm)).to.deep.equal([true, true, true]);
    expect(['*/*', 'video/*', 'video/webm;q=0', 'video/webm;q=0.0,*/*', 'xvideo/webm', undefined].map(acceptsWebm)).to.deep.equal(
      Array.from({ length: 6 }, () => false),
    );
  });
});
