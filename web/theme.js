// Which theme a page has, settled before anything of it is drawn: so this is no module, which would run too late.
//
// `data-theme` of the document is one of auto, light, dark, light-contrast, dark-contrast, or auto-contrast where the
// system asks for more contrast and nothing else was chosen. style.css knows them; web/settings.js has the choice.
{
  const contrast = matchMedia('(prefers-contrast: more)');
  /** What was chosen on this page, should the browser not keep it. @type {string | null} */
  let here = null;

  const apply = () => {
    let chosen = here;
    try {
      chosen = localStorage.getItem('coracle.theme') ?? here;
    } catch {
      // the browser keeps nothing for us
    }
    const auto = contrast.matches ? 'auto-contrast' : 'auto';
    document.documentElement.dataset.theme = chosen === null || chosen === 'auto' ? auto : chosen;
  };

  contrast.addEventListener('change', apply);
  addEventListener('storage', apply); // chosen in another tab
  addEventListener('coracle-theme', (event) => {
    here = String(/** @type {CustomEvent} */ (event).detail);
    apply();
  });
  apply();
}
