import { useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useText } from '../../messages/index.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { formatBytes } from '../../ui/format.ts';
import { useStore } from '../../ui/store.ts';
import type { LibrarySearch } from '../library/search-state.ts';
import { useMe } from '../session/use-me.ts';
import { type Picked, type UploadTarget, uploads } from './uploads.ts';

/** Where the next files go: where the dialog says while it is open, else into the folder that is shown. */
export function useUploadTarget(): UploadTarget & { readonly folder: string } {
  const { folder: open }: LibrarySearch = useSearch({ strict: false });
  const target = useStore(uploads.target);
  return useMemo(() => ({ ...target, folder: target.folder ?? open ?? '/' }), [target, open]);
}

/**
 * Sends files on their way, to where they go at this moment: it is asked for before the files are read, which may take longer
 * than the dialog stays open.
 */
export function useAddFiles(): (picked: Picked | Promise<Picked>) => void {
  const t = useText();
  const { limits } = useMe();
  const target = useUploadTarget();
  const texts = useMemo(
    () => ({
      tooLarge: t.upload.tooLarge(formatBytes(limits.uploadMaxBytes)),
      unreadable: t.upload.unreadable,
      refused: (error: unknown) => errorText(error, t),
    }),
    [limits.uploadMaxBytes, t],
  );
  return useCallback(
    (picked) => {
      const place = target;
      const add = async () => uploads.add(await picked, place, limits.uploadMaxBytes, texts);
      add().catch((error: unknown) => showError(error, t));
    },
    [target, limits.uploadMaxBytes, texts, t],
  );
}
