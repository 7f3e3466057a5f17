import { expect } from 'chai';
import type { Answer } from './fakes/delivery.ts';
import { near, type Picture, pictureOf } from './fixtures/pixels.ts';

/** Looking at what delivery answers. */

export type Point = readonly [x: number, y: number, colour: readonly number[]];
/** A transformation, the size it gives, and what is seen where. */
export type Row = readonly [transformation: string, size: string, ...points: Point[]];

export const CLEAR = [0, 0, 0, 0];
export const BLACK = [0, 0, 0, 255];
export const WHITE = [255, 255, 255, 255];

/** The size, and the colour at each point; of what is transparent only that it is. */
export function look(picture: Picture, size: string, points: readonly Point[], by?: number): void {
  expect(`${picture.width}x${picture.height}`).to.equal(size);
  for (const [x, y, colour] of points) {
    const found = picture.at(x, y);
    const right = colour[3] === 0 ? found[3] === 0 : near(found, colour, by);
    expect(right, `${x}, ${y} is ${found.join(' ')}, not ${colour.join(' ')}`).to.equal(true);
  }
}

interface Asked {
  get(target: string, headers?: Record<string, string>): Promise<Answer>;
}

/** The decoded picture at `/cdn/<target>`; what is refused fails the test with its reason. */
export async function pictureAt(world: Asked, target: string, headers: Record<string, string> = {}): Promise<Picture> {
  const answer = await world.get(`/cdn/${target}`, headers);
  expect(answer.status, `${target}: ${String(answer.headers['ik-error'])}`).to.equal(200);
  return pictureOf(answer.body);
}

/** The same, as PNG: nothing is lost between the transformation and whoever looks. */
export const madeOf = (world: Asked, path: string, transformation: string): Promise<Picture> =>
  pictureAt(world, `${path}?tr=${transformation}:f-png`);

/** The first pixel that differs by more than so much, in words; null = there is none. */
export function difference(a: Picture, b: Picture, by = 0): string | null {
  if (a.width !== b.width || a.height !== b.height) return `${a.width}x${a.height} and ${b.width}x${b.height}`;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const [one, other] = [a.at(x, y), b.at(x, y)];
      if (!near(one, other, by)) return `${x}, ${y}: ${one.join(' ')} and ${other.join(' ')}`;
    }
  }
  return null;
}
