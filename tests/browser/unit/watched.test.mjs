// Who watches, as the owner is told.

import assert from 'node:assert/strict';
import test from 'node:test';

import '../../../web/words.en.js';
import { words } from '../../../web/words.js';
import { Watched } from '../../../web/watched.js';

/** What a page would show. */
function owner() {
  const page = { mark: { hidden: true, textContent: '', title: '' }, strip: null };
  const strips = {
    show: (_name, text) => { page.strip = text; },
    hide: () => { page.strip = null; },
  };
  return { page, watched: new Watched(page.mark, strips, () => {}) };
}

test('who comes is told, who stays is not told again, and who was there is told afterwards', () => {
  const { page, watched } = owner();
  watched.now({ by: ['ada'], before: [] });
  assert.equal(page.strip, words.watched.now(['ada']));
  assert.equal(page.mark.hidden, false);
  page.strip = null;
  watched.now({ by: ['ada'], before: [] });
  assert.equal(page.strip, null);
  const before = [{ by: 'ada', until: 1000 }];
  watched.now({ by: [], before });
  assert.equal(page.strip, words.watched.before(before));
  assert.equal(page.mark.hidden, true);
});

test('a second look that ends within the second in which the first one did is told as well', () => {
  const { page, watched } = owner();
  const before = [{ by: 'ada', until: 1000 }];
  watched.now({ by: ['ada'], before: [] });
  watched.now({ by: [], before });
  watched.now({ by: ['ada'], before: [] });
  assert.equal(page.strip, words.watched.now(['ada']));
  watched.now({ by: [], before });
  assert.equal(page.strip, words.watched.before(before));
});

test('a page that connects again does not tell of a look that it told of before', () => {
  const { page, watched } = owner();
  const before = [{ by: 'ada', until: 1000 }];
  watched.now({ by: ['ada'], before: [] });
  watched.now({ by: [], before });
  page.strip = null;
  watched.now({ by: [], before });
  assert.equal(page.strip, null);
});
