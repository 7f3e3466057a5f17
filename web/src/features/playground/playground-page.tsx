import { ActionIcon, Button, Textarea, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconCloudOff, IconTag } from '@tabler/icons-react';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { EditNamed } from '../admin/edit-named.tsx';
import { AssetPage } from '../detail/asset-page.tsx';
import { altOf, pictureAddress } from '../detail/delivery-choice.ts';
import { originalPicture } from '../detail/original-picture.ts';
import { NotYet, useObjectUrl } from '../detail/use-rendered.ts';
import { readSearch } from '../library/search-state.ts';
import { useMe } from '../session/use-me.ts';
import { Compare } from './compare.tsx';
import { PlaygroundForm } from './playground-form.tsx';
import classes from './playground.module.css';
import { fromPasted, imgSnippet, withTransformation } from './playground-url.ts';
import { RefusalNote, ResultFacts } from './result-facts.tsx';
import { useResult } from './use-result.ts';
import { useTransformation } from './use-transformation.ts';

/** Tries transformations on one asset: a form, the address, and what delivery makes of it. */
export function PlaygroundPage() {
  const t = useText();
  const { id } = useParams({ from: '/frame/assets/$id/transform' });
  return (
    <AssetPage id={id} title={t.playground.title} waiting={classes.waiting}>
      {(asset) => <Playground asset={asset} />}
    </AssetPage>
  );
}

function Playground({ asset }: { asset: Asset }) {
  const t = useText();
  const search = useSearch({ from: '/frame/assets/$id/transform' });
  const [text, setText] = useTransformation();
  const { data, error, failureReason, isFetching, current } = useResult(asset, text);
  const problem = error ?? (failureReason instanceof NotYet ? failureReason : null);
  const after = useObjectUrl(error ? undefined : data?.blob);
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <Tooltip label={t.playground.back}>
          <ActionIcon
            size="lg"
            aria-label={t.playground.back}
            renderRoot={(props) => (
              <Link {...props} to="/assets/$id" params={{ id: asset.id }} search={readSearch({ ...search, tab: 'delivery' })} />
            )}
          >
            <IconArrowLeft size={19} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <h1 className={classes.title}>
          {t.playground.title} <span>{asset.title ?? asset.name}</span>
        </h1>
      </div>
      <div className={classes.main}>
        {asset.urls.transform === null ? (
          <EmptyState icon={IconCloudOff} title={t.detail.noPreview} text={t.playground.noPicture} />
        ) : (
          <div className={classes.view}>
            <Compare
              before={originalPicture(asset) ?? asset.urls.preview}
              after={after}
              alpha={asset.hasAlpha === true}
              busy={isFetching}
              alt={t.playground.resultOf(asset.title ?? asset.name)}
            />
          </div>
        )}
        <Address asset={asset} text={text} onChange={setText} />
        {problem && <RefusalNote error={problem} />}
        {!problem && data && (
          <div className={classes.below}>
            <ResultFacts asset={asset} result={data} current={current} />
            <Snippet asset={asset} text={text} result={current ? data : null} />
          </div>
        )}
      </div>
      <section className={classes.form} aria-label={t.playground.form}>
        <PlaygroundForm text={text} onChange={setText} />
      </section>
    </div>
  );
}

interface AddressProps {
  asset: Asset;
  text: string;
  onChange(text: string): void;
}

/** The public address; what is typed or pasted shows in the form. */
function Address({ asset, text, onChange }: AddressProps) {
  const t = useText();
  const me = useMe();
  const [naming, setNaming] = useState(false);
  const address = new URL(pictureAddress(asset, asset.urls.delivery), location.origin).href;
  return (
    <div>
      <Textarea
        label={t.playground.transformation}
        description={<span className={classes.address}>{`${address}?tr=`}</span>}
        value={text}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.input }}
        onChange={(event) => onChange(fromPasted(event.currentTarget.value))}
      />
      <div className={classes.actions}>
        <CopyButton text={withTransformation(address, text)} label={t.delivery.copyUrl} wide />
        {me.role === 'admin' && (
          <Button variant="default" leftSection={<IconTag size={16} aria-hidden />} disabled={text === ''} onClick={() => setNaming(true)}>
            {t.playground.name}
          </Button>
        )}
      </div>
      {!asset.published.now && <p className={classes.hint}>{t.playground.private}</p>}
      {naming && <EditNamed given={null} start={text} onClose={() => setNaming(false)} />}
    </div>
  );
}

/** `result` null = what came last is of another text: its size is not this one's. */
function Snippet({ asset, text, result }: { asset: Asset; text: string; result: { width: number; height: number } | null }) {
  const t = useText();
  const html = imgSnippet({
    address: new URL(pictureAddress(asset, asset.urls.delivery), location.origin).href,
    transformation: text,
    alt: altOf(asset),
    originalWidth: asset.width,
    result,
  });
  return (
    <section aria-label={t.playground.code}>
      <div className={classes.row}>
        <span className={classes.label}>{'<img srcset>'}</span>
        <CopyButton text={html} label={t.playground.copyCode} disabled={result === null} />
      </div>
      <pre className={classes.snippet} tabIndex={0} aria-label={t.playground.code}>
        {html}
      </pre>
    </section>
  );
}
