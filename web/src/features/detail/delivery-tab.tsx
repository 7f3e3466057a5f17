import { Alert, Button, Chip, Group, Loader, SegmentedControl, Stack, Switch } from '@mantine/core';
import { IconWorld } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { formatBytes, formatPercent, formatPixels, formatType } from '../../ui/format.ts';
import classes from './delivery.module.css';
import { deliveryUrl, PRESETS, type Recipe, snippets, START } from './delivery-url.ts';
import { RecipeForm } from './recipe-form.tsx';
import { useRendered } from './use-rendered.ts';
import { useTakeAsset } from './use-save-asset.ts';

type Snippet = keyof ReturnType<typeof snippets>;
const SNIPPETS: readonly Snippet[] = ['img', 'picture', 'markdown', 'css'];

/** Builds the address of a version, shows what it gives, and copies it. */
export function DeliveryTab({ asset }: { asset: Asset }) {
  const t = useText();
  const raster = asset.preview.state === 'ready' || asset.kind === 'image';
  const [recipe, setRecipe] = useState<Recipe>(START);
  const [preset, setPreset] = useState('web800');
  const [pinned, setPinned] = useState(false);
  const address = pinned ? asset.urls.versioned : asset.urls.delivery;
  const url = raster ? deliveryUrl(address, recipe, location.origin) : new URL(address, location.origin).href;
  const change = (part: Partial<Recipe>) => {
    setRecipe({ ...recipe, ...part });
    setPreset('');
  };
  return (
    <Stack gap="md">
      {!asset.published.now && <PublishFirst asset={asset} />}
      {raster && (
        <>
          <LivePreview asset={asset} url={url} />
          <Chip.Group
            value={preset}
            onChange={(value) => {
              if (typeof value !== 'string') return;
              setPreset(value);
              setRecipe({ ...START, ...PRESETS[value] });
            }}
          >
            <Group gap={6} role="group" aria-label={t.delivery.presets}>
              {Object.keys(PRESETS).map((name) => (
                <Chip key={name} value={name} size="xs" radius="sm">
                  {t.delivery.preset[name]}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <RecipeForm recipe={recipe} originalWidth={asset.width} onChange={change} />
        </>
      )}
      {!raster && <p className={classes.hint}>{asset.published.releaseOriginal ? t.delivery.notImage : t.delivery.needOriginal}</p>}
      <div>
        <div className={classes.label}>{t.delivery.url}</div>
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
          onChange={(event) => setPinned(event.currentTarget.checked)}
        />
      </div>
      {raster && <Snippets asset={asset} address={address} recipe={recipe} />}
    </Stack>
  );
}

function PublishFirst({ asset }: { asset: Asset }) {
  const t = useText();
  const take = useTakeAsset();
  const publish = useMutation({
    mutationFn: () => api.assets.publish(asset.id, {}),
    onSuccess: take,
    onError: (error) => showError(error, t),
  });
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
  const { data, error, isFetching } = useRendered(url, live);
  const saved = data && data.bytes < asset.bytes ? 1 - data.bytes / asset.bytes : 0;
  const src = live ? data?.src : asset.urls.preview;
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
            : data && t.delivery.result(formatPixels(data.width, data.height), formatBytes(data.bytes), formatType(data.mime, ''))}
          {!error && saved > 0.02 && <span className={classes.saved}>{t.delivery.smaller(formatPercent(saved))}</span>}
        </figcaption>
      )}
    </figure>
  );
}

function Snippets({ asset, address, recipe }: { asset: Asset; address: string; recipe: Recipe }) {
  const t = useText();
  const [kind, setKind] = useState<Snippet>('img');
  const all = snippets({
    address,
    base: location.origin,
    recipe,
    alt: asset.title ?? asset.description ?? asset.name,
    originalWidth: asset.width,
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
        onChange={(value) => setKind(value as Snippet)}
        data={SNIPPETS.map((value) => ({ value, label: t.delivery.snippets[value] ?? value }))}
      />
      <pre className={classes.code} tabIndex={0} aria-label={t.delivery.snippets[kind]}>
        {all[kind]}
      </pre>
    </div>
  );
}
