import { Avatar, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconCode, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCog } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { signOut } from '../../api/session.ts';
import { LANGUAGES, type Language, useLanguage } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { useMe } from '../session/use-me.ts';

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** Who one is, how the app looks and speaks, and the way out. */
export function PersonMenu() {
  const { t, language, setLanguage } = useLanguage();
  const { user, workspace } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const name = user?.name ?? '';
  const schemes = [
    { value: 'auto', label: t.nav.schemeAuto, icon: IconDeviceDesktop },
    { value: 'light', label: t.nav.schemeLight, icon: IconSun },
    { value: 'dark', label: t.nav.schemeDark, icon: IconMoon },
  ] as const;

  const leave = async () => {
    try {
      await signOut();
      client.clear();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      showError(error, t);
    }
  };

  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton aria-label={t.nav.account(name)} style={{ borderRadius: '50%' }}>
          <Avatar size={34} color="plum" variant="filled" radius="xl">
            {initials(name)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {workspace.name}
        </Menu.Label>
        <Menu.Item leftSection={<IconUserCog size={16} aria-hidden />} component={Link} to="/profile">
          {t.session.profile}
        </Menu.Item>
        <Menu.Item leftSection={<IconCode size={16} aria-hidden />} component="a" href="/api/docs" target="_blank" rel="noreferrer">
          {t.nav.apiDocs}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t.nav.scheme}</Menu.Label>
        {schemes.map(({ value, label, icon: Glyph }) => (
          <Menu.Item
            key={value}
            leftSection={<Glyph size={16} aria-hidden />}
            rightSection={colorScheme === value && <IconCheck size={15} aria-hidden />}
            onClick={() => setColorScheme(value)}
            closeMenuOnClick={false}
            aria-current={colorScheme === value || undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.nav.language}</Menu.Label>
        {Object.entries(LANGUAGES).map(([value, label]) => (
          <Menu.Item
            key={value}
            lang={value}
            rightSection={language === value && <IconCheck size={15} aria-hidden />}
            onClick={() => setLanguage(value as Language)}
            aria-current={language === value || undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          {t.session.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
