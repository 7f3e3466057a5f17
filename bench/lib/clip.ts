import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A clip with the movement and detail of real ones, made of test sources; needs ffmpeg. Returns its path. */
export function makeClip(folder: string, seconds: number): string {
  const path = join(folder, 'clip.mp4');
  const picture = `testsrc2=s=1920x1080:r=30:d=${seconds},noise=alls=12:allf=t,format=yuv420p`;
  const args = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `sine=f=330:d=${seconds}`];
  const made = spawnSync('ffmpeg', [...args, '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '8M', '-c:a', 'aac', path], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`this bench needs ffmpeg: ${made.stderr || made.error?.message}`);
  return path;
}
