import { useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { useSaveFraming } from '../detail/use-save-asset.ts';
import { createStore, useStore } from '../../ui/store.ts';
import { type Framing, fromCoordinates, NOTHING, sameFraming, type Size, toCoordinates } from './framing.ts';

/** Which of the two a person is drawing. */
export type Tool = 'point' | 'crop';

const MERGE_MS = 1_200;
const MOST_STEPS = 100;

interface Draft {
  /** null = as the asset says. */
  readonly now: Framing | null;
  readonly past: readonly Framing[];
  /** What the last step was, and when: a drag or a held key is one step. */
  readonly last: string;
  readonly at: number;
}

const NEW: Draft = { now: null, past: [], last: '', at: 0 };

/** By asset: what is drawn and not saved is there again when one comes back to it. */
const drafts = createStore<Readonly<Record<string, Draft>>>({});

/** Focal point and crop can be drawn where there is a picture whose size is known. */
export const isFramable = (asset: Asset): boolean =>
  (asset.kind === 'image' || asset.kind === 'document') &&
  asset.urls.preview !== null &&
  asset.width !== null &&
  asset.height !== null &&
  asset.verbs.includes('edit') &&
  !asset.deletedAt;

export const savedFraming = (asset: Asset, size: Size): Framing => ({
  point: asset.focalPoint,
  box: fromCoordinates(asset.customCoordinates, size),
});

/** What is being drawn on an asset: changes, steps back, and saving. */
export function useFraming(asset: Asset) {
  const size: Size = { width: asset.width ?? 1, height: asset.height ?? 1 };
  const [tool, setTool] = useState<Tool>('point');
  const [ratio, setRatio] = useState<number | null>(null);
  const draft = useStore(drafts, (all) => all[asset.id]) ?? NEW;
  const [failure, setFailure] = useState<{ readonly id: string; readonly error: unknown } | null>(null);
  const [busy, setBusy] = useState(false);
  const save = useSaveFraming(asset.id);
  const saved = savedFraming(asset, size);
  const framing = draft.now ?? saved;
  const dirty = !sameFraming(framing, saved, size);
  const update = (next: (old: Draft) => Draft) => drafts.set((all) => ({ ...all, [asset.id]: next(all[asset.id] ?? NEW) }));

  /** @param what names the gesture: what comes shortly after another of the same name is the same step */
  const change = (part: Partial<Framing>, what: string) =>
    update((old) => {
      const at = Date.now();
      const same = what === old.last && at - old.at < MERGE_MS;
      const past = same ? old.past : [...old.past, old.now ?? saved].slice(-MOST_STEPS);
      return { now: { ...(old.now ?? saved), ...part }, past, last: what, at };
    });

  return {
    size,
    framing,
    /** As the asset has it. */
    saved,
    dirty,
    tool,
    setTool,
    ratio,
    setRatio,
    change,
    reset: () => {
      setRatio(null);
      change(NOTHING, 'reset');
    },
    mayReset: framing.point !== null || framing.box !== null,
    mayUndo: draft.past.length > 0,
    undo: () => update((old) => ({ now: old.past.at(-1) ?? old.now, past: old.past.slice(0, -1), last: '', at: 0 })),
    error: failure?.id === asset.id ? failure.error : null,
    busy,
    save: async () => {
      setBusy(true);
      setFailure(null);
      try {
        await save({ focalPoint: framing.point, customCoordinates: toCoordinates(framing.box, size) }, asset);
        // From here on the asset says it, also when somebody else changes it; a step that was made meanwhile stays.
        update((old) => ({ ...old, now: old.now === draft.now ? null : old.now, last: '' }));
      } catch (error) {
        setFailure({ id: asset.id, error });
      } finally {
        setBusy(false);
      }
    },
  };
}

export type FramingEditor = ReturnType<typeof useFraming>;
