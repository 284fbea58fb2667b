// The choice of a theme below every page but the terminal's, which has it among its settings.

import { choice } from './preferences.js';
import { onChange, settings } from './settings.js';

const place = document.getElementById('looks');
const label = choice('theme');
const field = label.querySelector('select');
place?.append(label);
onChange(() => { if (field) field.value = settings.theme; }); // in another tab, too
