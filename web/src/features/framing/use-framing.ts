import { useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { useSaveFraming } from '../detail/use-save-asset.ts';
import { type Framing, fromCoordinates, NOTHING, sameFraming, type Size, toCoordinates } from './framing.ts';

/** Which of the two a person is drawing. */
export type Tool = 'point' | 'crop';

const MERGE_MS = 1_200;
const MOST_STEPS = 100;

interface Draft {
  /** Whose it is: another asset begins anew. */
  readonly id: string;
  /** null = as the asset says. */
  readonly now: Framing | null;
  readonly past: readonly (Framing | null)[];
  /** What the last step was, and when: a drag or a held key is one step. */
  readonly last: string;
  readonly at: number;
}

const begin = (id: string): Draft => ({ id, now: null, past: [], last: '', at: 0 });

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
  const [state, setState] = useState<Draft>(() => begin(asset.id));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = useSaveFraming(asset.id);
  const draft = state.id === asset.id ? state : begin(asset.id);
  const saved = savedFraming(asset, size);
  const framing = draft.now ?? saved;
  const dirty = !sameFraming(framing, saved, size);

  /** @param what names the gesture: what comes shortly after another of the same name is the same step */
  const change = (part: Partial<Framing>, what: string) =>
    setState((old) => {
      const base = old.id === asset.id ? old : begin(asset.id);
      const at = Date.now();
      const same = what === base.last && at - base.at < MERGE_MS;
      const past = same ? base.past : [...base.past, base.now ?? saved].slice(-MOST_STEPS);
      return { id: asset.id, now: { ...(base.now ?? saved), ...part }, past, last: what, at };
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
    undo: () =>
      setState((old) =>
        old.id !== asset.id || old.past.length === 0
          ? old
          : { ...old, now: old.past.at(-1) ?? null, past: old.past.slice(0, -1), last: '', at: 0 },
      ),
    error: state.id === asset.id ? error : null,
    busy,
    save: async () => {
      setBusy(true);
      setError(null);
      try {
        await save({ focalPoint: framing.point, customCoordinates: toCoordinates(framing.box, size) }, asset);
      } catch (problem) {
        setError(problem);
      } finally {
        setBusy(false);
      }
    },
  };
}

export type FramingEditor = ReturnType<typeof useFraming>;
