import { Alert, Button, Chip, Group, SegmentedControl, Stack } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconRestore } from '@tabler/icons-react';
import { ApiError } from '../../api/http.ts';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { cropTo } from './framing.ts';
import classes from './framing.module.css';
import { CropNumbers, PointNumbers } from './framing-numbers.tsx';
import { FramingPreviews } from './framing-previews.tsx';
import type { FramingEditor, Tool } from './use-framing.ts';

/** Ratios that pages and networks ask for; `null` = any. */
const RATIOS: readonly (readonly [name: string, ratio: number | null])[] = [
  ['free', null],
  ['1:1', 1],
  ['4:5', 4 / 5],
  ['3:2', 3 / 2],
  ['16:9', 16 / 9],
  ['9:16', 9 / 16],
];

/** What to draw, what comes of it, and keeping it. */
export function FramingTab({ asset, editor }: { asset: Asset; editor: FramingEditor }) {
  const t = useText();
  const { tool, setTool, ratio, setRatio, framing, size, change, error } = editor;
  useHotkeys([['mod+Z', editor.undo]]);
  const choose = (name: string) => {
    const wanted = RATIOS.find(([each]) => each === name)?.[1] ?? null;
    setRatio(wanted);
    if (wanted !== null) change({ box: cropTo(framing, wanted, size) }, `ratio ${name}`);
  };
  const chosen = RATIOS.find(([, value]) => value === ratio)?.[0] ?? 'free';
  const conflict = error instanceof ApiError && error.status === 412;
  return (
    <Stack gap="md">
      <p className={classes.text}>{t.framing.text}</p>
      <SegmentedControl
        fullWidth
        aria-label={t.framing.tool}
        value={tool}
        onChange={(value) => setTool(value as Tool)}
        data={[
          { value: 'point', label: t.framing.point },
          { value: 'crop', label: t.framing.crop },
        ]}
      />
      {tool === 'point' ? (
        <PointNumbers editor={editor} />
      ) : (
        <>
          <Chip.Group value={chosen} onChange={(value) => typeof value === 'string' && choose(value)}>
            <Group gap={6} role="group" aria-label={t.framing.ratio}>
              {RATIOS.map(([name]) => (
                <Chip key={name} value={name} size="xs" radius="sm">
                  {name === 'free' ? t.framing.free : name}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <CropNumbers editor={editor} />
        </>
      )}
      <p className={classes.hint} id="framing-keys">
        {tool === 'point' ? t.framing.pointKeys : t.framing.cropKeys}
      </p>
      <FramingPreviews asset={asset} editor={editor} />
      {error !== null && (
        <Alert color="red" role="alert" py={8}>
          {conflict ? t.framing.changed : errorText(error, t)}
        </Alert>
      )}
      <Group gap="xs">
        <Button onClick={() => void editor.save()} loading={editor.busy} disabled={!editor.dirty}>
          {t.app.save}
        </Button>
        <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} disabled={!editor.mayUndo} onClick={editor.undo}>
          {t.framing.undo}
        </Button>
        <Button variant="default" leftSection={<IconRestore size={16} aria-hidden />} disabled={!editor.mayReset} onClick={editor.reset}>
          {t.framing.reset}
        </Button>
      </Group>
      <p className={classes.hint} role="status">
        {editor.dirty ? t.framing.unsaved : editor.mayReset ? t.framing.inUse : t.framing.unset}
      </p>
    </Stack>
  );
}
