import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;

/** In `--mode mock` the portal is served with the whole API in memory beside it. Loaded only then. */
const mockApi: Plugin = {
  name: 'rackline-mock-api',
  configureServer: async (server) => {
    const { createMockApi } = await import('./mock-api/index.ts');
    server.middlewares.use(createMockApi().handle);
  },
};

export default defineConfig(({ mode }) => ({
  root: here,
  plugins: [react(), ...(mode === 'mock' ? [mockApi] : [])],
  server: { host: '127.0.0.1' },
  // The platform's policy allows no inline script and no data: beyond images; every asset is a file with its hash in
  // its name.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What nearly every page uses comes in one piece; a piece per component would be a round trip per component.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'ui', test: /portal\/src\/(ui|api)\// }] } } },
  },
}));
