import { Alert, Button, Chip, Group, Loader, SegmentedControl, Stack, Switch } from '@mantine/core';
import { IconWand, IconWorld } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import type { Asset } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { formatBytes, formatDateTime, formatPercent, formatPixels, formatType } from '../../ui/format.ts';
import { useStore } from '../../ui/store.ts';
import type { LibrarySearch } from '../library/search-state.ts';
import { Deliveries } from './deliveries.tsx';
import classes from './delivery.module.css';
import { altOf, changeRecipe, choosePreset, chosenAddress, deliveryChoice, isRaster, ownAddress, pinVersion } from './delivery-choice.ts';
import { PRESETS, type Recipe, type SnippetKind, snippets, transformation } from './delivery-url.ts';
import { isScheduled, publishNow } from './publication.ts';
import { RecipeForm } from './recipe-form.tsx';
import { NotYet, useObjectUrl, useRendered } from './use-rendered.ts';
import { useTakeAsset } from './use-save-asset.ts';

const SNIPPETS: readonly SnippetKind[] = ['img', 'picture', 'markdown', 'css'];

/** Builds the address of a version, shows what it gives, and copies it. */
export function DeliveryTab({ asset }: { asset: Asset }) {
  const t = useText();
  const search: LibrarySearch = useSearch({ from: '/frame/assets/$id' });
  const raster = isRaster(asset);
  const choice = useStore(deliveryChoice);
  const { recipe, preset, pinned } = choice;
  const { address, url, film } = chosenAddress(asset, choice);
  return (
    <Stack gap="md">
      {!asset.published.now && <PublishFirst asset={asset} />}
      {raster && (
        <>
          <LivePreview asset={asset} url={ownAddress(asset, choice) ?? url} />
          <Chip.Group value={preset} onChange={(value) => typeof value === 'string' && choosePreset(value)}>
            <Group gap={6} role="group" aria-label={t.delivery.presets}>
              {Object.keys(PRESETS).map((name) => (
                <Chip key={name} value={name} size="xs" radius="sm">
                  {t.delivery.preset[name]}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Button
            variant="default"
            leftSection={<IconWand size={16} aria-hidden />}
            renderRoot={(props) => (
              <Link {...props} to="/assets/$id/transform" params={{ id: asset.id }} search={{ ...search, tr: transformation(recipe) }} />
            )}
          >
            {t.playground.open}
          </Button>
          <RecipeForm recipe={recipe} originalWidth={asset.width} onChange={changeRecipe} />
        </>
      )}
      {!raster && <p className={classes.hint}>{hintFor(asset, t)}</p>}
      <div>
        <div className={classes.label}>{raster && film ? t.delivery.stillUrl : t.delivery.url}</div>
        <code className={classes.url} data-testid="delivery-url">
          {url}
        </code>
        <CopyButton text={url} label={t.delivery.copyUrl} wide fullWidth />
        <Switch
          mt={12}
          size="xs"
          label={t.delivery.pinned}
          description={t.delivery.pinnedHint}
          checked={pinned}
          onChange={(event) => pinVersion(event.currentTarget.checked)}
        />
      </div>
      {raster && film && (
        <div>
          <div className={classes.label}>{t.delivery.filmUrl}</div>
          <code className={classes.url} data-testid="film-url">
            {film}
          </code>
          <CopyButton text={film} label={t.delivery.copyFilmUrl} variant="default" wide fullWidth />
          <p className={classes.hint} style={{ marginTop: 8 }}>
            {t.delivery.filmHint}
          </p>
        </div>
      )}
      {raster && <Snippets asset={asset} address={address} film={film} recipe={recipe} />}
      <Deliveries id={asset.id} />
    </Stack>
  );
}

/** Why there is nothing to choose from. */
function hintFor(asset: Asset, t: Messages): string {
  if (asset.kind === 'video') return asset.status === 'processing' ? t.detail.pendingPreview : t.delivery.filmHint;
  return asset.published.releaseOriginal ? t.delivery.notImage : t.delivery.needOriginal;
}

function PublishFirst({ asset }: { asset: Asset }) {
  const t = useText();
  const take = useTakeAsset();
  const { published } = asset;
  const publish = useMutation({
    mutationFn: () => api.assets.publish(asset.id, publishNow(published)),
    onSuccess: take,
    onError: (error) => showError(error, t),
  });
  if (published.from !== null && isScheduled(published)) {
    return <Alert color="orange" variant="light" py={8} title={t.delivery.publicFrom(formatDateTime(published.from))} />;
  }
  return (
    <Alert
      color="plum"
      variant="light"
      icon={<IconWorld size={18} aria-hidden />}
      title={t.delivery.needPublish}
      classNames={{ title: classes.alertTitle, message: classes.alertText }}
    >
      {t.delivery.needPublishText}
      {asset.verbs.includes('publish') && (
        <div>
          <Button size="compact-md" mt={10} loading={publish.isPending} onClick={() => publish.mutate()}>
            {t.publish.publish}
          </Button>
        </div>
      )}
    </Alert>
  );
}

function LivePreview({ asset, url }: { asset: Asset; url: string }) {
  const t = useText();
  const live = asset.published.now;
  const { data, error, failureReason, isFetching } = useRendered(url, asset.rowVersion, live);
  const waiting = !error && failureReason instanceof NotYet;
  // A still is always smaller than its film: that says nothing.
  const saved = data && asset.kind !== 'video' && data.bytes < asset.bytes ? 1 - data.bytes / asset.bytes : 0;
  const rendered = useObjectUrl(data?.blob);
  const src = live ? rendered : asset.urls.preview;
  return (
    <figure className={classes.figure}>
      <div className={`${classes.stage} ${asset.hasAlpha ? 'checkerboard' : ''}`}>
        {src && !error && <img src={src} alt={t.delivery.preview} />}
        {error && <p className={classes.failed}>{t.delivery.failed}</p>}
        {live && isFetching && <Loader className={classes.loader} size="sm" color="white" aria-label={t.delivery.loading} />}
      </div>
      {live && (
        <figcaption className={classes.caption} aria-live="polite">
          {error
            ? errorText(error, t)
            : waiting
              ? t.delivery.preparing
              : data && t.delivery.result(formatPixels(data.width, data.height), formatBytes(data.bytes), formatType(data.mime, ''))}
          {!error && !waiting && saved > 0.02 && <span className={classes.saved}>{t.delivery.smaller(formatPercent(saved))}</span>}
        </figcaption>
      )}
    </figure>
  );
}

interface SnippetsProps {
  asset: Asset;
  address: string;
  film: string | null;
  recipe: Recipe;
}

function Snippets({ asset, address, film, recipe }: SnippetsProps) {
  const t = useText();
  const kinds: readonly SnippetKind[] = film ? ['video', ...SNIPPETS] : SNIPPETS;
  const [kind, setKind] = useState<SnippetKind>(kinds[0] ?? 'img');
  const all = snippets({
    address,
    base: location.origin,
    recipe,
    alt: altOf(asset),
    originalWidth: asset.width,
    film,
  });
  return (
    <div>
      <div className={classes.row}>
        <span className={classes.label}>{t.delivery.snippet}</span>
        <CopyButton text={all[kind]} label={t.app.copy} />
      </div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t.delivery.snippet}
        value={kind}
        onChange={(value) => setKind(value as SnippetKind)}
        data={kinds.map((value) => ({ value, label: t.delivery.snippets[value] ?? value }))}
      />
      <pre className={classes.code} tabIndex={0} aria-label={t.delivery.snippets[kind]}>
        {all[kind]}
      </pre>
    </div>
  );
}
