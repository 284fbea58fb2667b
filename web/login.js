// Two comforts of the login form, which works without them.

import { words } from './words.js';

const password = /** @type {HTMLInputElement | null} */ (document.getElementById('password'));
const hint = document.getElementById('password-hint');

if (password && hint) {
  const toggle = document.createElement('button');
  toggle.type = 'button';
  toggle.className = 'show-password';
  const label = () => {
    const hidden = password.type === 'password';
    toggle.textContent = hidden ? words.login.show : words.login.hide;
    toggle.setAttribute('aria-label', hidden ? words.login.showLabel : words.login.hideLabel);
  };
  toggle.addEventListener('click', () => {
    password.type = password.type === 'password' ? 'text' : 'password';
    label();
    password.focus();
  });
  label();
  password.after(toggle);
  password.form?.addEventListener('submit', () => { password.type = 'password'; }); // or the browser remembers it as text

  for (const kind of /** @type {const} */ (['keydown', 'keyup'])) {
    password.addEventListener(kind, (event) => {
      hint.textContent = event.getModifierState?.('CapsLock') ? words.login.caps : '';
    });
  }
}
