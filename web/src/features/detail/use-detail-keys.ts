import { useEffect } from 'react';

interface Handlers {
  previous: (() => void) | null;
  next: (() => void) | null;
  close: () => void;
  trash: (() => void) | null;
  download: (() => void) | null;
  copy: () => void;
}

/** Places that use these keys themselves; a checkbox needs no more than a button does. */
const OWN_KEYS =
  'input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=dialog],[role=menu],[role=slider],[role=tablist],[role=radiogroup],video,audio';

/** The keys of the detail page; see the help overlay. */
export function useDetailKeys(handlers: Handlers): void {
  useEffect(() => {
    const act: Record<string, (() => void) | null> = {
      ArrowLeft: handlers.previous,
      ArrowRight: handlers.next,
      Escape: handlers.close,
      Delete: handlers.trash,
      d: handlers.download,
      s: handlers.copy,
      e: () => document.querySelector<HTMLElement>('[data-edit-first]')?.focus(),
    };
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || target.closest(OWN_KEYS)) return;
      const run = act[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [handlers]);
}
