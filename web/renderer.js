// Drawing on a graphics card, where there is one: without it, this is three times slower than the page's own elements.

/** Names of drivers that compute pictures on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether this name of a driver is that of a graphics card. @param {string} name */
export function isHardware(name) {
  return name !== '' && !SOFTWARE.test(name);
}

/** The driver that WebGL would use, in its own words; empty if there is none or it is not told. */
function driver() {
  const context = document.createElement('canvas').getContext('webgl2');
  const told = context?.getExtension('WEBGL_debug_renderer_info');
  const name = context && told ? String(context.getParameter(told.UNMASKED_RENDERER_WEBGL)) : '';
  context?.getExtension('WEBGL_lose_context')?.loseContext(); // a browser has few of them
  return name;
}

/**
 * Draws `term` by WebGL if that is wished or worth it, until the card is lost; then by elements, and it stays so.
 * @param {import('./vendor/xterm.mjs').Terminal} term
 * @param {HTMLElement} host
 * @param {boolean} wished even without a card
 * @param {() => void} changed the size of a cell may be another
 */
export async function accelerate(term, host, wished, changed) {
  if (!wished && !isHardware(driver())) return;
  try {
    const { WebglAddon } = await import('./vendor/addon-webgl.mjs');
    const addon = new WebglAddon();
    term.loadAddon(addon);
    host.dataset.renderer = 'webgl';
    // The add-on tells it too, after 3 s in which nothing would be seen.
    host.addEventListener('webglcontextlost', () => {
      addon.dispose();
      delete host.dataset.renderer;
      changed();
    }, { capture: true, once: true });
    changed();
  } catch (error) {
    console.warn('no WebGL:', error); // the elements go on drawing
  }
}
