// Runs before the first paint, so that nobody who chose dark sees a white flash. A file of its own: the page allows no inline scripts.
(() => {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('damson.scheme') ?? 'auto';
  } catch {
    // storage is blocked: the system's choice it is
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
