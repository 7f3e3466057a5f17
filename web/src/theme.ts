import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The damson. Shade 7 carries white text in the light scheme, 6 in the dark one (both above 4.5:1). */
const plum: MantineColorsTuple = [
  '#faf1f7',
  '#f3e0ec',
  '#e7c3da',
  '#d9a0c4',
  '#c77dad',
  '#b05c94',
  '#99447d',
  '#823468',
  '#692853',
  '#4b1b3b',
];

/** Greys with a little warmth. */
const gray: MantineColorsTuple = [
  '#faf9f8',
  '#f4f2f0',
  '#eae7e4',
  '#dcd8d4',
  '#c3beb9',
  '#9a948f',
  '#716c67',
  '#57524e',
  '#3a3633',
  '#211e1c',
];

const dark: MantineColorsTuple = [
  '#ebe7e4',
  '#cbc6c2',
  '#aaa49f',
  '#7f7974',
  '#4b4743',
  '#383532',
  '#282523',
  '#1d1b19',
  '#161413',
  '#0f0e0d',
];

export const theme = createTheme({
  primaryColor: 'plum',
  primaryShade: { light: 7, dark: 6 },
  colors: { plum, gray, dark },
  black: '#211e1c',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Code', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  headings: { fontWeight: '620', sizes: { h1: { fontSize: '22px' }, h2: { fontSize: '17px' }, h3: { fontSize: '14px' } } },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', c: 'var(--damson-icon)' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 120 } } },
    Modal: {
      styles: { title: { fontWeight: 620, fontSize: 16 } },
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 }, transitionProps: { duration: 140, transition: 'fade' } },
    },
    // A <header> would be a second banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Loader: { defaultProps: { type: 'oval' } },
  },
});

/** Colours that differ from Mantine's: text that keeps 4.5:1 on every surface, and the surfaces themselves. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--damson-canvas': '#585654', '--damson-check-a': '#8d8b89', '--damson-check-b': '#767472' },
  light: {
    '--mantine-color-dimmed': gray[7],
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-body': '#ffffff',
    '--mantine-color-error': '#b3261e',
    '--damson-icon': gray[7],
    '--damson-panel': gray[0],
    '--damson-raised': '#ffffff',
    '--damson-line': gray[2],
    '--damson-hover': 'rgba(33, 30, 28, 0.055)',
    '--damson-accent-text': plum[7],
    '--damson-accent-soft': plum[0],
    '--damson-tile': gray[1],
    '--damson-good': '#2f6b35',
    '--damson-warn': '#8a5300',
  },
  dark: {
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': dark[2],
    '--mantine-color-error': '#ff9d94',
    '--mantine-color-plum-light': 'rgba(176, 92, 148, 0.24)',
    '--mantine-color-plum-light-hover': 'rgba(176, 92, 148, 0.34)',
    '--mantine-color-plum-light-color': plum[2],
    '--damson-icon': dark[1],
    '--damson-panel': dark[8],
    '--damson-raised': dark[6],
    '--damson-line': dark[5],
    '--damson-hover': 'rgba(255, 250, 245, 0.07)',
    '--damson-accent-text': plum[3],
    '--damson-accent-soft': 'rgba(176, 92, 148, 0.22)',
    '--damson-tile': dark[6],
    '--damson-good': '#8ccf93',
    '--damson-warn': '#f0b860',
  },
});
