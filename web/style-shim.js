// Lets the terminal emulator style itself under `style-src 'self'`. To be imported before it.
//
// The emulator makes <style> elements and sets `style` attributes; the policy forbids both, and its text would be black
// on black. What it means by them is allowed: constructable style sheets, and properties of `element.style`.

const createElement = document.createElement;
const setAttribute = Element.prototype.setAttribute;

/**
 * A stand-in for a <style> element: its text goes to a sheet of the document, and leaves with it. It must not be a
 * <style> even when empty, since inserting one is already a violation; a <template> shows nothing.
 * @returns {HTMLElement}
 */
function styleStandIn() {
  const element = createElement.call(document, 'template');
  const sheet = new CSSStyleSheet();
  let text = '';
  Object.defineProperty(element, 'textContent', {
    get: () => text,
    set(value) {
      text = String(value);
      sheet.replaceSync(text);
      if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
    },
  });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

document.createElement = /** @type {typeof document.createElement} */ (
  /** @this {Document} @param {string} tag @param {ElementCreationOptions} [options] */
  function (tag, options) {
    if (String(tag).toLowerCase() === 'style') return styleStandIn();
    return createElement.call(this, tag, options);
  }
);

/** @this {Element} @param {string} name @param {string} value */
Element.prototype.setAttribute = function (name, value) {
  if (name === 'style' && this instanceof HTMLElement) this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
