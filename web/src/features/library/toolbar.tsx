import {
  ActionIcon,
  Button,
  Checkbox,
  Menu,
  Popover,
  SegmentedControl,
  Select,
  Slider,
  Stack,
  Tooltip,
  VisuallyHidden,
} from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconColumns3,
  IconFilter,
  IconLayoutGrid,
  IconLayoutList,
  IconLayoutSidebarRight,
  IconPhotoScan,
} from '@tabler/icons-react';
import { useText } from '../../messages/index.tsx';
import { formatNumber } from '../../ui/format.ts';
import { useStore } from '../../ui/store.ts';
import { OPTIONAL } from './list/columns.tsx';
import { filterPanel, flip, hiddenColumns, inspectorPanel, TILE_SIZES, tileSize } from './preferences.ts';
import { defaultSort, type LibrarySearch, readSearch, SORTS, TRASH_SORTS } from './search-state.ts';
import classes from './toolbar.module.css';
import type { AssetPages } from './use-assets.ts';

interface Props {
  search: LibrarySearch;
  pages: AssetPages;
  narrow: boolean;
  trashed: boolean;
  onChange(search: LibrarySearch): void;
  onFilters(): void;
}

/** How many there are, in which order, and how they are drawn. */
export function Toolbar({ search, pages, narrow, trashed, onChange, onFilters }: Props) {
  const t = useText();
  const filters = useStore(filterPanel);
  const inspector = useStore(inspectorPanel);
  const view = search.view ?? 'rows';
  const sorts = trashed ? TRASH_SORTS : search.q ? ['relevance', ...SORTS] : SORTS;
  const setSort = (sort: string | null) =>
    onChange(readSearch({ ...search, sort: sort === defaultSort(search, trashed) ? undefined : (sort ?? undefined) }));
  const views = [
    { value: 'rows', label: t.library.viewGrid, icon: IconPhotoScan },
    { value: 'squares', label: t.library.viewSquares, icon: IconLayoutGrid },
    { value: 'list', label: t.library.viewList, icon: IconLayoutList },
  ];
  const filtersLabel = filters === 'open' ? t.filters.hide : t.filters.show;
  const inspectorLabel = inspector === 'open' ? t.library.hideInspector : t.library.showInspector;
  return (
    <div className={classes.bar}>
      {!trashed && (
        <Tooltip label={narrow ? t.filters.show : filtersLabel}>
          <ActionIcon
            size="lg"
            aria-label={narrow ? t.filters.show : filtersLabel}
            onClick={() => (narrow ? onFilters() : filterPanel.set(flip))}
          >
            <IconFilter size={19} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      <p className={classes.count} role="status" aria-live="polite">
        {pages.total && t.search.results(pages.total.value, pages.total.relation === 'gte')}
        {pages.stale && <span className={classes.updating}>{t.search.updating}</span>}
      </p>
      {pages.behind && (
        <Tooltip label={t.library.showNewHint} multiline w={260}>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              pages.showNew();
              document.querySelector('[data-scroll]')?.scrollTo({ top: 0 });
            }}
          >
            {t.library.showNew}
          </Button>
        </Tooltip>
      )}
      <div className={classes.tools}>
        <Select
          className={classes.sort}
          size="xs"
          w={150}
          aria-label={t.library.sort}
          data={sorts.map((value) => ({ value, label: t.library.sorts[value] ?? value }))}
          value={search.sort ?? defaultSort(search, trashed)}
          onChange={setSort}
          allowDeselect={false}
          comboboxProps={{ shadow: 'md', width: 180, position: 'bottom-end' }}
        />
        {view === 'list' ? <ColumnsMenu /> : <SizeMenu />}
        <SegmentedControl
          size="xs"
          aria-label={t.library.view}
          value={view}
          onChange={(value) => onChange(readSearch({ ...search, view: value === 'rows' ? undefined : value }))}
          data={views.map(({ value, label, icon: Glyph }) => ({
            value,
            label: (
              <span className={classes.view} title={label}>
                <Glyph size={17} stroke={1.7} aria-hidden />
                <VisuallyHidden>{label}</VisuallyHidden>
              </span>
            ),
          }))}
        />
        {!narrow && (
          <Tooltip label={inspectorLabel}>
            <ActionIcon size="lg" aria-label={inspectorLabel} aria-pressed={inspector === 'open'} onClick={() => inspectorPanel.set(flip)}>
              <IconLayoutSidebarRight size={19} stroke={1.7} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  );
}

function SizeMenu() {
  const t = useText();
  const size = Number(useStore(tileSize));
  return (
    <Popover width={220} position="bottom-end">
      <Popover.Target>
        <ActionIcon size="lg" aria-label={t.library.size} className={classes.sizes}>
          <IconAdjustmentsHorizontal size={19} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={6}>
          <span className={classes.label}>{t.library.size}</span>
          <Slider
            {...TILE_SIZES}
            value={size}
            label={(value) => formatNumber(value)}
            thumbLabel={t.library.size}
            onChange={(value) => tileSize.set(String(value))}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function ColumnsMenu() {
  const t = useText();
  const hidden = useStore(hiddenColumns).split(',').filter(Boolean);
  const flipColumn = (id: string) =>
    hiddenColumns.set((hidden.includes(id) ? hidden.filter((item) => item !== id) : [...hidden, id]).join(','));
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t.library.columns} className={classes.sizes}>
          <IconColumns3 size={19} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {OPTIONAL.map((id) => (
          <Menu.Item key={id} role="menuitemcheckbox" aria-checked={!hidden.includes(id)} onClick={() => flipColumn(id)}>
            <Checkbox.Indicator size="xs" checked={!hidden.includes(id)} mr={8} style={{ verticalAlign: 'middle' }} />
            {t.library.column[id]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
