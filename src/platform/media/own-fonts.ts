import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { writeRoomFontConfig } from './fonts.ts';
import type { MediaOptions } from './media.ts';
import type { ImagePlan, RenderedImage, Resume } from './plan.ts';
import { RasterChild } from './raster-child.ts';
import type { JobRoom, Sandbox } from './sandbox.ts';

/**
 * Renders with typefaces of the library: a file of a stranger's making, kept by the process that opened it for all that follows. So such a picture
 * gets a child of its own in a room of its own, which ends with it (ADR 0313).
 * @param request paths are those of this machine; `plan` is ready for a child
 */
export async function renderAlone(
  deps: { sandbox: Sandbox; tempDir: string; log: Log; room: JobRoom; options: MediaOptions },
  request: { plan: ImagePlan; maxPixels: number; inputs: readonly string[]; fonts: readonly string[] },
  resume: Resume | null,
): Promise<RenderedImage> {
  const { sandbox, tempDir, log, room, options } = deps;
  const brought = (names: readonly string[], as: string) =>
    Promise.all(
      names.map(async (path, index) => {
        const target = join(room.directory, `${as}-${index}`);
        await copyFile(path, target);
        return target;
      }),
    );
  const inputs = await brought(request.inputs, 'layer');
  const fonts = await brought(request.fonts, 'font');
  const fontConfig = await writeRoomFontConfig(room.directory, tempDir, fonts);
  const child = new RasterChild({ sandbox, tempDir: room.directory, fontConfig, log, room }, () => undefined);
  try {
    const { plan, maxPixels } = request;
    return await child.run({ kind: 'render', path: join(room.directory, 'input'), plan, maxPixels, inputs, fonts }, options, resume);
  } finally {
    child.kill();
    await child.ended;
  }
}
