import { Drawer, VisuallyHidden } from '@mantine/core';
import { useDocumentTitle, useElementSize } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type DragEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { useStore } from '../../ui/store.ts';
import { copyDelivery } from '../detail/copy-delivery.ts';
import { ActionDialogs } from './actions/action-dialogs.tsx';
import { download } from './actions/download.ts';
import { usePermissions } from './actions/use-permissions.ts';
import { SelectionBar } from './actions/selection-bar.tsx';
import type { Pointing } from './asset-pointing.ts';
import { ASSETS_TYPE } from './drag.ts';
import { Chips } from './filters/chips.tsx';
import { FilterPanel } from './filters/filter-panel.tsx';
import { FolderTree } from './folders/folder-tree.tsx';
import { Inspector } from './inspector.tsx';
import classes from './library-view.module.css';
import { LibraryBody } from './library-body.tsx';
import { filterPanel, inspectorPanel } from './preferences.ts';
import { QuickLook } from './quick-look.tsx';
import { defaultSort, inDetail, type LibrarySearch, readSearch } from './search-state.ts';
import { clickSelect, selection, selectOnly, toggle } from './selection.ts';
import { Corrections } from './corrections.tsx';
import { Toolbar } from './toolbar.tsx';
import { useAssets } from './use-assets.ts';
import { useLibraryKeys } from './use-library-keys.ts';
import { usePreload } from './use-preload.ts';
import { useSelectionInUrl } from './use-selection-in-url.ts';

/** Narrower views show filters in a drawer and no inspector: a tap opens the asset. */
const NARROW_PX = 900;

/** Filters, assets, details: the library, and the trash with the same means. */
export function LibraryView({ search, trashed = false }: { search: LibrarySearch; trashed?: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const pages = useAssets(search, trashed);
  const { items } = pages;
  const ids = useStore(selection, (value) => value.ids);
  const [look, setLook] = useState<AssetItem | null>(null);
  const [drawer, setDrawer] = useState(false);
  // On a phone the drawer lies over what was chosen in it.
  useEffect(() => setDrawer(false), [search.folder, search.access]);
  const pointing = useRef<Pointing | null>(null);
  const { ref, width } = useElementSize();
  const narrow = width > 0 && width < NARROW_PX;
  const filters = useStore(filterPanel) === 'open' && !narrow && !trashed;
  const inspector = useStore(inspectorPanel) === 'open' && !narrow;
  const chosen = useMemo(() => items.filter(({ id }) => ids.has(id)), [items, ids]);
  const title = trashed ? t.trash.title : (search.folder?.split('/').at(-1) ?? t.library.title);
  useDocumentTitle(`${title} · ${t.app.name}`);
  useSelectionInUrl(search, trashed);

  const change = useCallback(
    (next: LibrarySearch) => void navigate({ to: trashed ? '/trash' : '/', search: readSearch({ ...next, sel: undefined }) }),
    [navigate, trashed],
  );
  const open = useCallback(
    (id: string) => {
      void navigate({ to: '/assets/$id', params: { id }, search: inDetail(search, trashed) });
    },
    [navigate, search, trashed],
  );
  const click = useCallback(
    (event: MouseEvent, id: string) => {
      const touched = (event.nativeEvent as PointerEvent).pointerType === 'touch';
      if (!touched && !narrow)
        clickSelect(
          event,
          items.map((item) => item.id),
          id,
        );
      else if (selection.get().ids.size > 0 && touched) toggle(id);
      else open(id);
    },
    [items, narrow, open],
  );
  const intend = usePreload();
  const drag = useCallback(
    (event: DragEvent, id: string) => {
      if (!selection.get().ids.has(id)) selectOnly(id);
      const { ids: wanted } = selection.get();
      const shown = items.filter((item) => wanted.has(item.id)).map((item) => item.id);
      event.dataTransfer.setData(ASSETS_TYPE, JSON.stringify(shown));
      event.dataTransfer.effectAllowed = 'move';
    },
    [items],
  );

  const may = usePermissions();
  const keyOptions = useMemo(
    () => ({
      items,
      pointing: () => pointing.current,
      trashed,
      may,
      open,
      edit: (id: string) => {
        inspectorPanel.set('open');
        selectOnly(id);
        requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-edit-first]')?.focus());
      },
      quickLook: setLook,
      download: (list: readonly AssetItem[]) => download(list, t),
      copy: (item: AssetItem) => void copyDelivery(item, t),
    }),
    [items, trashed, may, open, t],
  );
  useLibraryKeys(keyOptions);

  const left = (
    <>
      <FolderTree search={search} />
      <FilterPanel search={search} onChange={change} />
    </>
  );
  return (
    <div ref={ref} className={classes.view}>
      <VisuallyHidden component="h1">{title}</VisuallyHidden>
      {filters && <div className={classes.left}>{left}</div>}
      <div className={classes.content}>
        <Toolbar search={search} pages={pages} narrow={narrow} trashed={trashed} onChange={change} onFilters={() => setDrawer(true)} />
        <Corrections corrections={pages.corrections} />
        <Chips search={search} onChange={change} />
        <div className={classes.body} data-stale={pages.stale || undefined}>
          <LibraryBody
            pages={pages}
            search={search}
            trashed={trashed}
            sort={search.sort ?? defaultSort(search, trashed)}
            pointing={pointing}
            onChange={change}
            onClick={click}
            onOpen={open}
            onQuickLook={setLook}
            onDragStart={drag}
            onIntent={intend}
          />
        </div>
        <SelectionBar items={chosen} trashed={trashed} />
      </div>
      {inspector && <Inspector items={chosen} search={search} trashed={trashed} />}
      <Drawer
        opened={drawer}
        onClose={() => setDrawer(false)}
        size={310}
        padding={0}
        title={t.filters.title}
        closeButtonProps={{ 'aria-label': t.app.close }}
        classNames={{ header: classes.drawerHead }}
      >
        {left}
      </Drawer>
      {look && <QuickLook item={look} pages={pages} pointing={() => pointing.current} onShow={setLook} onOpen={open} />}
      <ActionDialogs />
    </div>
  );
}
