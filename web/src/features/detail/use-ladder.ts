import type Hls from 'hls.js';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** A streaming ladder of a film in the player: asked for by the person, since making one costs minutes. */

export type Ladder =
  | { readonly state: 'none' }
  /** `progress` 0-1 */
  | { readonly state: 'preparing'; readonly progress: number }
  /** Heights of the rungs, px; `level` -1 = the player chooses. */
  | { readonly state: 'playing'; readonly heights: readonly number[]; readonly level: number }
  /** Delivery's code for why (`ELIMIT`); null = nobody answered, or the player gave up. */
  | { readonly state: 'failed'; readonly code: string | null };

const RUNGS = 'sr-360_720_1080';
const ASK_MS = 1000;

/** @param base private address of the film for any transformation */
export const manifestOf = (base: string): string => {
  const url = new URL(base, window.location.origin);
  url.pathname += '/ik-master.m3u8';
  url.searchParams.set('tr', RUNGS);
  return url.href;
};

/** Why delivery refused. */
const codeOf = (answer: Response): string | null => /^[A-Z]+/.exec(answer.headers.get('ik-error') ?? '')?.[0] ?? null;

/** The version of the film that an address is of, whoever may ask: a new token is no other film. */
export function filmOf(base: string): string {
  const url = new URL(base, 'http://any');
  url.searchParams.delete('token');
  return url.pathname + url.search;
}

/**
 * @param base private address of the film for any transformation; null = there is none
 * @param clip what the player shows without a ladder
 */
export function useLadder(base: string | null, clip: string, video: RefObject<HTMLVideoElement | null>) {
  const [ladder, setLadder] = useState<Ladder>({ state: 'none' });
  const player = useRef<Hls | null>(null);
  const stop = useRef<AbortController | null>(null);

  const film = base && filmOf(base);
  const leave = useCallback(() => {
    stop.current?.abort();
    const element = video.current;
    const [at, playing] = [element?.currentTime ?? 0, element?.paused === false];
    if (!player.current) return;
    player.current.destroy();
    player.current = null;
    // It takes the element's address along; where the page goes on, so does the film.
    if (!element) return;
    element.src = clip;
    element.currentTime = at;
    if (playing) void element.play().catch(() => undefined);
  }, [clip, video]);
  // Another film, or none: what was asked for the last one is over.
  useEffect(() => {
    setLadder({ state: 'none' });
    return leave;
  }, [film, leave]);

  const start = async (): Promise<void> => {
    if (base === null) return;
    leave();
    const { signal } = (stop.current = new AbortController());
    setLadder({ state: 'preparing', progress: 0 });
    try {
      const manifest = manifestOf(base);
      for (;;) {
        const answer = await fetch(manifest, { signal });
        if (answer.status === 200) break;
        if (answer.status !== 202) return setLadder({ state: 'failed', code: codeOf(answer) });
        setLadder({ state: 'preparing', progress: Number(answer.headers.get('damson-progress') ?? 0) });
        await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      }
      const { default: Player } = await import('hls.js');
      const element = video.current;
      if (signal.aborted || !element) return;
      const hls = new Player({ enableWorker: false, startPosition: element.currentTime });
      player.current = hls;
      const playing = !element.paused;
      hls.on(Player.Events.MANIFEST_PARSED, (_event, { levels }) => {
        setLadder({ state: 'playing', heights: levels.map(({ height }) => height), level: -1 });
        if (playing) void element.play();
      });
      hls.on(Player.Events.ERROR, (_event, { fatal }) => {
        if (!fatal) return;
        leave();
        setLadder({ state: 'failed', code: null });
      });
      hls.loadSource(manifest);
      hls.attachMedia(element);
    } catch {
      if (!signal.aborted) setLadder({ state: 'failed', code: null });
    }
  };

  const choose = (level: number): void => {
    if (!player.current) return;
    player.current.nextLevel = level;
    setLadder((now) => (now.state === 'playing' ? { ...now, level } : now));
  };

  return { ladder, start, choose };
}
