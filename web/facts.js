// What holds a session, as the kernel confirmed it: the certificate that came with `started`, in words.

import { element, openBox } from './overlay.js';
import { words } from './words.js';

/**
 * Every fact of the certificate, and the deadlines, each with its name.
 * @param {import('./protocol.js').Started} started
 * @returns {[string, string][]}
 */
export function facts({ certificate, deadlines }) {
  const { names, memory, swap, cpu, pids, network, isolation, capabilities, gains, seccomp, root, ends } = words.facts;
  return [
    [names.memory, memory(certificate.memory)],
    [names.swap, swap(certificate.swap)],
    [names.cpu, cpu(certificate.millicpus)],
    [names.pids, pids(certificate.pids)],
    [names.network, network(certificate.network)],
    [names.isolation, isolation(certificate.isolation)],
    [names.capabilities, capabilities(certificate.capabilities)],
    [names.gains, gains(certificate.no_new_privileges)],
    [names.seccomp, seccomp(certificate.seccomp)],
    [names.root, root(certificate.read_only_root)],
    [names.ends, ends(deadlines.idle_ms / 1000, deadlines.detached_ms / 1000)],
  ];
}

/** Shows them. @param {import('./protocol.js').Started} started @param {() => void} close */
export function showFacts(started, close) {
  const list = element('dl', { class: 'facts' });
  for (const [name, value] of facts(started)) list.append(element('dt', {}, name), element('dd', {}, value));
  openBox({
    title: words.facts.title, text: words.facts.text, content: [list], modal: true,
    choices: [{ label: words.close, look: '', act: close }],
  });
}
