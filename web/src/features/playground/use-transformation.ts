import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

/** What a person begins with. */
const START = 'w-800';
const WRITE_MS = 300;

/** The transformation: at once in the page, a moment later in its address; going back in the browser's history brings it back. */
export function useTransformation(): [text: string, setText: (text: string) => void] {
  const search: { tr?: string } = useSearch({ from: '/frame/assets/$id/transform' });
  const navigate = useNavigate({ from: '/assets/$id/transform' });
  const [text, setText] = useState(search.tr ?? START);
  const written = useRef(text);
  const inAddress = search.tr ?? START;
  useEffect(() => {
    // Somebody else than this page changed the address.
    if (inAddress !== written.current) {
      written.current = inAddress;
      setText(inAddress);
    }
  }, [inAddress]);
  useEffect(() => {
    if (text === written.current) return;
    const timer = setTimeout(() => {
      written.current = text;
      void navigate({ search: (old) => ({ ...old, tr: text }), replace: true });
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [text, navigate]);
  return [text, setText];
}
