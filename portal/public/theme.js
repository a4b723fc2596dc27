// Runs before the first paint, so that a chosen theme never flashes in. The switch itself is src/ui/theme.ts.
try {
  document.documentElement.dataset.theme = localStorage.getItem('rackline-theme') ?? 'system';
} catch {
  document.documentElement.dataset.theme = 'system';
}
