// Keeps a part of a page as the daemon would render it now, without taking anything from under the person's hands.

/** Attributes that are the person's doing, or a script's, and not the daemon's. */
const OURS = ['open', 'data-asking'];

/** Milliseconds after which an answer is no longer waited for. */
const PATIENCE = 20_000;

/**
 * The page at this address as it is now. Rejects when no page came.
 * @param {string} address
 * @returns {Promise<{page: Document, path: string}>} with the path that a redirect led to
 */
export function fetchPage(address) {
  // Not `fetch`: making a document of text is forbidden by our policy (Trusted Types), and this makes no markup of text.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.open('GET', address);
    request.responseType = 'document';
    request.timeout = PATIENCE;
    request.onload = () => {
      const page = request.responseXML;
      if (request.status === 200 && page) resolve({ page, path: new URL(request.responseURL).pathname });
      else reject(new Error(`status ${request.status}`));
    };
    request.onerror = request.ontimeout = () => reject(new Error('no answer'));
    request.send();
  });
}

/**
 * Makes `old` equal to `fresh`, changing no more than differs: what has the focus keeps it if it is still there. Children
 * with a `data-key` are the same thing wherever they stand.
 * @param {Element} old
 * @param {Element} fresh
 */
export function merge(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OURS.includes(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OURS.includes(name)) old.setAttribute(name, value);
  }
  const wanted = new Set([...fresh.children].map(key).filter(Boolean));
  const keyed = new Map();
  for (const child of [...old.children]) {
    if (!key(child)) continue;
    if (wanted.has(key(child))) keyed.set(key(child), child);
    else child.remove();
  }
  /** @type {ChildNode | null} */
  let at = old.firstChild;
  for (const child of fresh.childNodes) {
    const mine = key(child) ? keyed.get(key(child)) : alike(at, child) ? at : null;
    if (!mine) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    if (mine === at) at = mine.nextSibling;
    else old.insertBefore(mine, at);
    if (mine instanceof Element) merge(mine, /** @type {Element} */ (child));
    else if (mine.data !== /** @type {Text} */ (child).data) mine.data = /** @type {Text} */ (child).data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @param {Node} node */
function key(node) {
  return node instanceof Element ? (node.getAttribute('data-key') ?? '') : '';
}

/** Whether one can become the other: of one kind, and neither has a key. @param {Node | null} one @param {Node} other */
function alike(one, other) {
  return one !== null && one.nodeName === other.nodeName && !key(one);
}
