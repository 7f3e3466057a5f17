import type { Config } from '../../config/config.ts';
import { brochure, type DemoItem, DemoRepository, draw, embedded, tune } from '../modules/library/demo/index.ts';
import { createDemoArt } from '../platform/media/demo-art.ts';
import type { Adapters } from './adapters.ts';

const FILM = { width: 960, height: 540 } as const;
const TOOLS_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/** The bytes of a demo file; null when a tool for it is missing (films without ffmpeg). */
export type DemoStudio = (item: DemoItem) => Promise<Buffer | null>;

/** Drawings of the library's demo module, made into files by the media adapter. */
export function createDemoStudio(config: Pick<Config, 'media' | 'env'>): DemoStudio {
  const art = createDemoArt({
    ffmpegPath: config.media.ffmpegPath ?? undefined,
    ffprobePath: config.media.ffprobePath ?? undefined,
    production: config.env === 'production',
    searchPath: TOOLS_PATH,
  });
  return async (item) => {
    const { form } = item;
    switch (form.kind) {
      case 'raster':
        return art.raster(draw(form.drawing), { format: form.format, grain: form.grain, ...embedded(item) });
      case 'svg':
        return Buffer.from(draw(form.drawing));
      case 'pdf': {
        const { width, height } = form.cover;
        const jpeg = await art.raster(draw(form.cover), { format: 'jpeg', grain: false });
        return brochure(item, form, { jpeg, width, height });
      }
      case 'film': {
        const still = await art.raster(draw(form.drawing), { format: 'jpeg', grain: false });
        return art.film({ still, sound: tune(form.seed, form.seconds), ...FILM, seconds: form.seconds });
      }
      case 'sound':
        return tune(form.seed, form.seconds);
      case 'table':
        return Buffer.from(form.text);
    }
  };
}

/** Finds what the demo made. */
export function createDemoRepository({ database }: Pick<Adapters, 'database'>): DemoRepository {
  return new DemoRepository(database.dataSource);
}
