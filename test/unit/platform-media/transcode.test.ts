import { expect } from 'chai';
import { quarterFilm } from '../../support/fixtures/films.ts';
import { mediaOptions, openMedia } from '../../support/media.ts';
import { requireTool } from '../../support/tools.ts';

describe('ffmpeg at the same time', function () {
  this.timeout(120_000);

  it('draws each film in its own room, however many begin at once', async function () {
    requireTool(this, 'ffmpeg');
    const room = openMedia({ slots: 4 });
    try {
      const sizes = [240, 320, 400, 480];
      const films = sizes.map((width) => room.put(quarterFilm({ width, height: 240, seconds: 1, sound: false })));
      const known = await Promise.all(films.map((film) => room.media.identify(film, 'film.mp4', mediaOptions())));
      const drawn = await Promise.all(
        films.map((film, n) => room.media.withStill(film, known[n]!, mediaOptions(), async ({ width }) => width)),
      );
      expect(drawn).to.deep.equal(sizes);
    } finally {
      await room.close();
    }
  });
});
