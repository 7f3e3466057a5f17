import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/http.ts';
import { signIn } from '../../api/session.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Logo } from '../../ui/logo.tsx';
import classes from './sign-in-page.module.css';

/** E-mail and password; afterwards back to where the person wanted to go. */
export function SignInPage() {
  const t = useText();
  useDocumentTitle(`${t.session.title} · ${t.app.name}`);
  const navigate = useNavigate();
  const client = useQueryClient();
  const search = useSearch({ from: '/sign-in' });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await signIn(String(form.get('email')).trim(), String(form.get('password')));
      client.clear();
      await navigate({ href: search.return ?? '/', replace: true });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : -1;
      if (status === 429) setProblem(t.session.tooMany);
      else setProblem(status >= 400 && status < 500 ? t.session.wrong : errorText(error, t));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className={classes.page}>
      <div className={classes.art} aria-hidden="true" />
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <div className={classes.brand}>
            <Logo size={40} />
            <div>
              <h1 className={classes.title}>{t.app.name}</h1>
              <p className={classes.claim}>{t.session.welcome}</p>
            </div>
          </div>
          {search.error && <Alert color="orange">{t.session.linkExpired}</Alert>}
          {problem && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          <TextInput
            name="email"
            type="email"
            label={t.session.email}
            autoComplete="username"
            required
            autoFocus
            size="md"
            withAsterisk={false}
          />
          <PasswordInput
            name="password"
            label={t.session.password}
            autoComplete="current-password"
            required
            size="md"
            withAsterisk={false}
          />
          <Button type="submit" loading={busy} size="md" fullWidth>
            {t.session.submit}
          </Button>
          <p className={classes.hint}>{t.session.firstTime}</p>
        </Stack>
      </form>
    </main>
  );
}
