import { NativeSelect, Skeleton, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { type Explanation, type ExplanationStep, type Verb, VERBS } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Failed } from '../../ui/failed.tsx';
import { formatDate } from '../../ui/format.ts';
import { useMe } from '../session/use-me.ts';
import classes from './access.module.css';
import { useRoles } from './use-roles.ts';

interface Props {
  folderId: string;
  /** Whom the question is about. */
  userId: string;
  verb: Verb;
  onVerb(verb: Verb): void;
}

/** Why somebody can, or cannot, do something in a folder: the answer, the reason, and all that speaks of it. */
export function Explain({ folderId, userId, verb, onVerb }: Props) {
  const t = useText();
  const self = useMe().user?.id === userId;
  const { nameOf } = useRoles();
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.explanations, folderId, userId, verb],
    queryFn: ({ signal }) => api.folderAccess.explain(folderId, { verb, user: self ? undefined : userId }, signal),
    // What was true a moment ago is no answer to "why".
    staleTime: 0,
  });
  return (
    <>
      <NativeSelect
        label={t.access.act}
        value={verb}
        onChange={(event) => onVerb(VERBS.find((one) => one === event.currentTarget.value) ?? verb)}
        data={VERBS.map((value) => ({ value, label: t.values.verb[value] ?? value }))}
      />
      <div aria-live="polite">
        {error && <Failed text={errorText(error, t)} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton height={110} />}
        {data && !error && <Answer answer={data} self={self} nameOf={nameOf} />}
      </div>
    </>
  );
}

function Answer({ answer, self, nameOf }: { answer: Explanation; self: boolean; nameOf(role: string): string }) {
  const t = useText();
  const name = answer.principal.name ?? t.access.gone;
  const Glyph = answer.allowed ? IconCircleCheck : IconCircleX;
  const headline = self
    ? answer.allowed
      ? t.access.youMay
      : t.access.youMayNot
    : answer.allowed
      ? t.access.may(name)
      : t.access.mayNot(name);
  return (
    <div className={classes.answer} data-allowed={answer.allowed} data-testid="explanation">
      <div className={classes.verdict}>
        <Glyph size={20} aria-hidden />
        <strong>{headline}</strong>
      </div>
      <Text mb={answer.steps.length > 0 ? 'sm' : 0}>{t.access.because[answer.because]}</Text>
      {answer.steps.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {t.access.chain}
          </Text>
          <ol className={classes.steps}>
            {answer.steps.map((step) => (
              <li key={keyOf(step)}>
                {sentence(t, step, nameOf)}
                {step.step === 'grant' && step.decides && <span className={classes.decides}>{t.access.decides}</span>}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

const keyOf = (step: ExplanationStep): string => (step.step === 'grant' ? step.grant.id : step.step);

/** The path people read; the root has a name of its own, and a place that one may not list is not named. */
export const placeText = (t: Messages, place: { path: string } | null): string =>
  place === null ? t.access.hiddenPlace : place.path === '/' ? t.access.root : place.path;

function sentence(t: Messages, step: ExplanationStep, nameOf: (role: string) => string): string {
  const words = t.access.steps;
  if (step.step === 'role') {
    const role = nameOf(step.role);
    return !step.gives ? words.roleNot(role) : step.counts ? words.roleGives(role) : words.roleIdle(role);
  }
  if (step.step === 'inheritance_broken') return words.broken(placeText(t, step.place));
  if (step.step === 'scopes') return step.gives ? words.scopeGives : words.scopeNot;
  const { principal, effect, place, until } = step.grant;
  const name = principal.name ?? t.access.gone;
  const whom = t.access.whom1[principal.kind]?.(name) ?? name;
  const end = until === null ? '.' : `, ${t.access.until(formatDate(until))}.`;
  return words[effect](whom, placeText(t, place)) + end;
}
