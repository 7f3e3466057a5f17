import { CloseButton, Combobox, Kbd, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useText } from '../../messages/index.tsx';
import { inList, type LibrarySearch, readSearch } from '../library/search-state.ts';

const DEBOUNCE_MS = 180;

/** The last word is completed; those before it stay. */
const complete = (text: string, word: string): string => `${text.replace(/\S*$/, '')}${/\s/.test(word) ? `"${word}"` : word} `;

/** Search as you type: the address follows the words, the page follows the address. */
export function SearchBox() {
  const t = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const search: LibrarySearch = useSearch({ strict: false });
  const input = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(search.q ?? '');
  const [typed, setTyped] = useState(false);
  const [settled] = useDebouncedValue(value, DEBOUNCE_MS);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });

  const phone = useMediaQuery('(max-width: 760px)');
  useHotkeys([
    ['/', () => input.current?.focus()],
    // Where the slash needs Shift, as on German keyboards.
    ['shift+/', () => input.current?.focus()],
    ['mod+K', () => input.current?.focus()],
  ]);

  // Words that are on their way into the address: by the time they stand there, more may have been typed.
  const sent = useRef<string[]>([]);
  useEffect(() => {
    const q = search.q ?? '';
    const own = sent.current.indexOf(q);
    if (own >= 0) {
      sent.current = sent.current.slice(own + 1);
      return;
    }
    // The back button and links change the words too. What was typed before them is not typed any more.
    sent.current = [];
    setTyped(false);
    setValue(q);
  }, [search.q]);

  const find = useEffectEvent((words: string) => {
    const q = words.trim();
    if (!typed || words !== value || q === (search.q ?? '')) return;
    sent.current.push(q);
    // Another order than the best match belongs to the words it was chosen for; refining them keeps it.
    const sort = q && search.q ? search.sort : undefined;
    const next = readSearch({ ...inList(search), q, sort, sel: undefined });
    void navigate({ to: '/', search: next, replace: pathname === '/' && Boolean(search.q) });
  });
  // Only when the words have settled anew: a link that drops them must not be answered by searching again.
  useEffect(() => find(settled), [settled]);

  const word = settled.match(/\S+$/)?.[0] ?? '';
  const suggestions = useQuery({
    queryKey: keys.suggest(word),
    queryFn: ({ signal }) => api.suggest(word, signal),
    enabled: typed && word.length >= 2,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const items = typed && word.length >= 2 ? (suggestions.data?.items ?? []).filter((item) => item !== word).slice(0, 7) : [];

  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(option) => {
        setValue(complete(value, option));
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          ref={input}
          type="search"
          value={value}
          aria-label={t.search.label}
          placeholder={t.search.placeholder}
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={
            value ? (
              <CloseButton
                size="sm"
                aria-label={t.search.clear}
                onClick={() => {
                  setTyped(true);
                  setValue('');
                }}
              />
            ) : phone ? null : (
              <Kbd size="xs" aria-hidden>
                /
              </Kbd>
            )
          }
          onChange={(event) => {
            setTyped(true);
            setValue(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && combobox.getSelectedOptionIndex() < 0) combobox.closeDropdown();
            if (event.key === 'Escape') {
              combobox.closeDropdown();
              input.current?.blur();
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={items.length === 0}>
        <Combobox.Options aria-label={t.search.suggestions}>
          {items.map((item) => (
            <Combobox.Option key={item} value={item}>
              {item}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
