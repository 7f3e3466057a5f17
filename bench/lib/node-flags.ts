import { readFileSync } from 'node:fs';

/** Node's own flags in the product's `npm start`: what is measured runs with what is shipped. */
export function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
