import react from '@vitejs/plugin-react';
import mantine from 'postcss-preset-mantine';
import { defineConfig } from 'vite';

const server = process.env.DAMSON_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/cdn', '/sign-in/link', '/health'];

/** Builds the web app; `npx vite web` serves it with reloading against a running Damson. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  css: { postcss: { plugins: [mantine()] } },
  build: {
    outDir: '../dist/web',
    assetsDir: 'static',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: false }])) },
});
