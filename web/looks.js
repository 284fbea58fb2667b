// The choice of a theme and a language below every page but the terminal's, which has them among its settings.

import { choice, language } from './preferences.js';
import { onChange, settings } from './settings.js';

const place = document.getElementById('looks');
const label = choice('theme');
const field = label.querySelector('select');
place?.append(label, language());
onChange(() => { if (field) field.value = settings.theme; }); // in another tab, too
