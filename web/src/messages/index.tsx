import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { setFormatLocale } from '../ui/format.ts';
import { en, type Messages } from './en.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'damson.language';
const isLanguage = (value: string | null): value is Language => value === 'en' || value === 'de';

function initialLanguage(): Language {
  try {
    const stored = localStorage.getItem(KEY);
    if (isLanguage(stored)) return stored;
  } catch {
    // storage is blocked: the browser's language it is
  }
  return navigator.language.startsWith('de') ? 'de' : 'en';
}

async function load(language: Language): Promise<Messages> {
  return language === 'de' ? (await import('./de.ts')).de : en;
}

interface Texts {
  readonly t: Messages;
  readonly language: Language;
  setLanguage(language: Language): void;
}

const TextContext = createContext<Texts>({ t: en, language: 'en', setLanguage: () => undefined });

/** Holds the language; other languages than English come as a chunk of their own. */
export function TextProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage);
  const [t, setTexts] = useState<Messages | null>(null);
  useEffect(() => {
    let current = true;
    const take = (texts: Messages) => {
      if (!current) return;
      document.documentElement.lang = texts.locale;
      setFormatLocale(texts.locale);
      setTexts(texts);
    };
    // A chunk that does not come (no connection, an update of the server) must not leave an empty page: English is always here.
    load(language).then(take, () => take(en));
    return () => {
      current = false;
    };
  }, [language]);
  const value = useMemo(
    () =>
      t && {
        t,
        language,
        setLanguage: (next: Language) => {
          try {
            localStorage.setItem(KEY, next);
          } catch {
            // as above: it holds until the reload
          }
          setLanguage(next);
        },
      },
    [t, language],
  );
  return value ? <TextContext value={value}>{children}</TextContext> : null;
}

/** The texts of the chosen language. */
export const useText = (): Messages => use(TextContext).t;

export const useLanguage = (): Texts => use(TextContext);
