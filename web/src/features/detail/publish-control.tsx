import { Alert, Badge, Button, Checkbox, Group, Popover, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCalendar, IconLock, IconWorld } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import type { Asset, PublishOptions } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { formatDateTime } from '../../ui/format.ts';
import classes from './detail.module.css';
import { isScheduled, publishNow } from './publication.ts';
import { useTakeAsset } from './use-save-asset.ts';

/** An instant as `<input type=datetime-local>` wants it, in local time. */
const toInput = (iso: string | null): string => {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const fromInput = (text: string): string | null => (text ? new Date(text).toISOString() : null);

/** Whether anybody can see it, since when and until when, and the way to change that. */
export function PublishControl({ asset }: { asset: Asset }) {
  const t = useText();
  const take = useTakeAsset();
  const { now, from, until, releaseOriginal } = asset.published;
  const scheduled = isScheduled(asset.published);
  const may = asset.verbs.includes('publish');
  const change = useMutation({
    mutationFn: (options: PublishOptions | null) => (options ? api.assets.publish(asset.id, options) : api.assets.unpublish(asset.id)),
    onSuccess: (next, options) => {
      take(next);
      notifications.show({ message: options ? t.publish.done : t.publish.undone });
    },
    onError: (error) => showError(error, t),
  });
  const window = t.publish.fromUntil(from && formatDateTime(from), until && formatDateTime(until));
  return (
    <div className={classes.publish}>
      <div className={classes.publishText}>
        <Badge
          variant="light"
          color={now ? 'green' : scheduled ? 'orange' : 'gray'}
          leftSection={now ? <IconWorld size={13} aria-hidden /> : <IconLock size={13} aria-hidden />}
          classNames={{ root: classes.state, label: classes.stateLabel }}
          data-tone={now ? 'good' : scheduled ? 'warn' : 'calm'}
        >
          {now ? t.publish.published : scheduled ? t.publish.scheduled : t.publish.notPublished}
        </Badge>
        <span className={classes.small}>
          {scheduled || (now && (from || until)) ? window : now ? t.publish.publicNow : t.publish.privateNow}
        </span>
      </div>
      {may && (
        <Group gap={6} wrap="nowrap">
          <Button
            size="compact-sm"
            variant={now || scheduled ? 'default' : 'light'}
            loading={change.isPending}
            onClick={() => change.mutate(now || scheduled ? null : publishNow(asset.published))}
          >
            {now || scheduled ? t.publish.unpublish : t.publish.publish}
          </Button>
          <WindowPopover
            key={`${from}${until}${releaseOriginal}`}
            from={toInput(from)}
            until={toInput(until)}
            releaseOriginal={releaseOriginal}
            onPublish={(options) => change.mutate(options)}
          />
        </Group>
      )}
    </div>
  );
}

interface WindowProps {
  from: string;
  until: string;
  releaseOriginal: boolean;
  onPublish(options: PublishOptions): void;
}

function WindowPopover(start: WindowProps) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState(start.from);
  const [until, setUntil] = useState(start.until);
  const [releaseOriginal, setRelease] = useState(start.releaseOriginal);
  const wrong = from !== '' && until !== '' && until <= from;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={280} trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t.publish.options}
          title={t.publish.options}
          onClick={() => setOpen(!open)}
          px={7}
        >
          <IconCalendar size={16} aria-hidden />
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
            start.onPublish({ from: fromInput(from), until: fromInput(until), releaseOriginal });
          }}
        >
          <Stack gap="sm">
            <TextInput type="datetime-local" label={t.publish.from} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
            <TextInput
              type="datetime-local"
              label={t.publish.until}
              description={t.publish.empty}
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
            <Checkbox
              label={t.publish.releaseOriginal}
              description={t.publish.releaseHint}
              checked={releaseOriginal}
              onChange={(event) => setRelease(event.currentTarget.checked)}
            />
            {wrong && <Alert color="red">{t.publish.wrongOrder}</Alert>}
            <Button type="submit" disabled={wrong}>
              {t.publish.publish}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
