import { useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { formatBytes } from '../../ui/format.ts';
import type { LibrarySearch } from '../library/search-state.ts';
import { useMe } from '../session/use-me.ts';
import { type PickedFile, type UploadTarget, uploads } from './uploads.ts';

/** Sends files on their way; without a target they go to the folder that is open. */
export function useAddFiles(): (files: readonly PickedFile[], target?: UploadTarget) => void {
  const t = useText();
  const { limits } = useMe();
  const { folder }: LibrarySearch = useSearch({ strict: false });
  return useCallback(
    (files, target) => {
      const place = target ?? { folder: folder ?? '/', tags: uploads.target.get().tags };
      const tooLarge = t.upload.tooLarge(formatBytes(limits.uploadMaxBytes));
      uploads.add(files, place, limits.uploadMaxBytes, tooLarge).catch((error: unknown) => showError(error, t));
    },
    [folder, limits.uploadMaxBytes, t],
  );
}
