// The box for files: brings them into the session's home, one after the other, and takes them out by their path.

import { Refusal } from './api.js';
import { closeBox, element, openBox } from './overlay.js';
import { receive, save, send } from './transfer.js';
import { words } from './words.js';

/** @typedef {{upload: number, download: number}} Limits bytes; 0: none may pass */

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {(way: import('./transfer.js').Way) => Promise<string>} run resolves with what is said of it at the end
 * @property {HTMLElement} row
 * @property {HTMLElement} said
 * @property {HTMLProgressElement} bar
 * @property {HTMLElement} acts
 * @property {AbortController} stop
 * @property {(conflict: import('./transfer.js').Conflict) => void} [retry] begins it anew
 */

/** Finished ones that the list keeps. */
const KEPT = 20;

export class Files {
  /** @type {Job[]} */
  #waiting = [];
  /** @type {Job | null} */
  #running = null;
  #list = element('ul', { class: 'transfers', 'aria-label': words.files.list });
  #picker = element('input', { type: 'file', id: 'files-picker', multiple: '' });
  #path = element('input', { type: 'text', id: 'files-path', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  #content;

  /**
   * @param {string} session
   * @param {Limits} limits
   * @param {HTMLElement} button that opens the box, and shows what is under way
   * @param {(text: string) => void} announce
   * @param {() => void} leave where the focus goes afterwards
   */
  constructor(session, limits, button, announce, leave) {
    this.session = session;
    this.limits = limits;
    this.button = button;
    this.announce = announce;
    this.leave = leave;
    this.#content = [this.#upload(), this.#download(), this.#list];
  }

  open() {
    openBox({
      title: words.files.title,
      text: words.files.text,
      content: this.#content,
      choices: [{
        label: words.close,
        look: '',
        act: () => {
          closeBox();
          this.leave();
        },
      }],
    });
  }

  /** Files that were dropped. @param {import('./drop.js').Dropped} dropped */
  dropped({ files, directories }) {
    this.open();
    for (const file of files) this.#add(file);
    if (directories > 0) this.#over(this.#job(words.files.directory, async () => ''), words.files.packFirst, true);
  }

  #upload() {
    const place = element('div', { class: 'field' });
    const { upload } = this.limits;
    const label = element('label', { for: 'files-picker' }, words.files.pick);
    place.append(label, this.#picker, element('p', { class: 'hint', id: 'files-limit' }, words.files.limit(upload)));
    this.#picker.setAttribute('aria-describedby', 'files-limit');
    this.#picker.disabled = upload === 0;
    this.#picker.addEventListener('change', () => {
      for (const file of this.#picker.files ?? []) this.#add(file);
      this.#picker.value = ''; // the same one may be chosen again
    });
    return place;
  }

  #download() {
    const form = element('form', { class: 'field' });
    const { download } = this.limits;
    const row = element('div', { class: 'beside' });
    const button = element('button', { type: 'submit' }, words.files.fetch);
    row.append(this.#path, button);
    form.append(
      element('label', { for: 'files-path' }, words.files.path),
      row,
      element('p', { class: 'hint', id: 'files-path-hint' }, words.files.pathHint(download)),
    );
    this.#path.setAttribute('aria-describedby', 'files-path-hint');
    this.#path.disabled = button.disabled = download === 0;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const path = this.#path.value.trim();
      if (path === '') this.#path.focus();
      else this.#take(path);
    });
    return form;
  }

  /** @param {File} file @param {import('./transfer.js').Conflict} [conflict] */
  #add(file, conflict = 'refuse') {
    const { upload } = this.limits;
    const job = this.#job(file.name, async (way) => words.files.arrived(await send(this.session, file, conflict, way)));
    job.retry = (/** @type {import('./transfer.js').Conflict} */ other) => this.#add(file, other);
    if (upload === 0) this.#over(job, words.files.limit(0), true);
    else if (file.size > upload) this.#over(job, words.files.tooLarge(file.size, upload), true);
    else this.#queue(job);
  }

  /** @param {string} path */
  #take(path) {
    const name = path.split('/').pop() || words.files.unnamed;
    const job = this.#job(path, async (way) => {
      save(await receive(this.session, path, way), name);
      return words.files.saved;
    });
    job.retry = () => this.#take(path);
    this.#queue(job);
  }

  /**
   * @param {string} name
   * @param {Job['run']} run
   * @returns {Job}
   */
  #job(name, run) {
    const row = element('li');
    const said = element('span', { class: 'said' }, words.files.waiting);
    const bar = element('progress', { 'aria-label': words.files.progress(name), max: '1', value: '0' });
    const acts = element('span', { class: 'acts' });
    row.append(element('span', { class: 'name' }, name), bar, said, acts);
    this.#list.prepend(row);
    for (const old of [...this.#list.querySelectorAll('li.over')].slice(KEPT)) old.remove();
    return { name, run, row, said, bar, acts, stop: new AbortController() };
  }

  /** @param {Job} job */
  #queue(job) {
    this.#act(job, words.files.cancel, () => {
      job.stop.abort();
      if (this.#waiting.includes(job)) {
        this.#waiting.splice(this.#waiting.indexOf(job), 1);
        this.#over(job, words.files.cancelled, true);
      }
    });
    this.#waiting.push(job);
    if (!this.#running) void this.#next();
  }

  async #next() {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.#running = job;
      await this.#run(job);
      this.#running = null;
    }
    this.button.textContent = words.files.open;
  }

  /** @param {Job} job */
  async #run(job) {
    const progress = (/** @type {number} */ bytes, /** @type {number} */ total) => {
      job.bar.max = Math.max(total, 1);
      job.bar.value = bytes;
      job.said.textContent = words.files.soFar(bytes, total);
      this.button.textContent = words.files.percent(bytes, total);
    };
    progress(0, 0);
    try {
      this.#over(job, await job.run({ progress, signal: job.stop.signal }), false);
    } catch (error) {
      if (job.stop.signal.aborted) this.#over(job, words.files.cancelled, true);
      else if (error instanceof Refusal && error.status === 409) this.#ask(job);
      else this.#over(job, error instanceof Error ? error.message : String(error), true);
    }
  }

  /** A file of its name is there: what shall be done? @param {Job} job */
  #ask(job) {
    this.#over(job, words.files.exists, false);
    const choose = (/** @type {string} */ label, /** @type {() => void} */ act) => this.#act(job, label, () => {
      job.row.remove();
      act();
      this.#picker.focus(); // the button is gone
    });
    choose(words.files.keepBoth, () => job.retry?.('rename'));
    choose(words.files.replace, () => job.retry?.('replace'));
    choose(words.files.skip, () => {});
    if (!this.#list.isConnected) this.open();
    job.acts.querySelector('button')?.focus();
  }

  /** @param {Job} job @param {string} text @param {boolean} failed */
  #over(job, text, failed) {
    const focused = job.acts.contains(document.activeElement);
    job.row.classList.add('over');
    job.row.classList.toggle('failed', failed);
    job.bar.remove();
    job.acts.replaceChildren();
    job.said.textContent = text;
    if (failed && job.retry && text !== words.files.cancelled) {
      this.#act(job, words.tryAgain, () => {
        job.row.remove();
        job.retry?.('refuse');
        this.#picker.focus();
      });
    }
    if (focused) (job.acts.querySelector('button') ?? this.#picker).focus();
    this.announce(`${job.name}: ${text}`);
  }

  /** @param {Job} job @param {string} label @param {() => void} act */
  #act(job, label, act) {
    const button = element('button', { type: 'button', 'aria-label': `${label}: ${job.name}` }, label);
    button.addEventListener('click', act);
    job.acts.append(button);
  }
}
