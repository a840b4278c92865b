// SPDX-License-Identifier: Apache-2.0
'use strict';

const POLL_MS = 1000;
const SLOW_MS = 3000;
const LOG_LINES = 40;
const HISTORY = 106;
const SHOWN_HEADERS = [
  'Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset',
  'RateLimit', 'RateLimit-Policy', 'Cache-Control', 'WWW-Authenticate', 'Content-Type',
];
const PHRASES = {
  200: 'OK', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
  429: 'Too Many Requests', 500: 'Server Error', 503: 'Service Unavailable',
};
const UNKNOWN = 'zoe';
const TRUSTED = 'platform';
const ACTED_FOR = 'user123';
const FIRST_PORT = 8000;
const PORTS = 1000;

const byId = (id) => document.getElementById(id);
const views = new Map();
let chosen = 'fred';
let countdown = null;
let sent = 0;
let shown = 0;
let projects = 0;
let state = null;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Callers and what each has left */

function title(name) {
  return name === '' ? 'anonymous' : name;
}

function addCaller(name, tenant, badges) {
  const label = element('label', 'caller');
  const input = element('input');
  input.type = 'radio';
  input.name = 'caller';
  input.value = name;
  input.checked = name === chosen;
  input.addEventListener('change', () => choose(name));
  const who = element('span', 'who');
  who.append(element('strong', '', title(name)), element('span', 'tenant', tenant));
  const tags = element('span', 'badges');
  who.append(tags);
  const rates = element('div', 'rates');
  label.append(input, who, rates);
  byId('caller-list').append(label);
  views.set(name, { tenant, input, tags, rates });
  showBadges(name, badges);
}

function showBadges(name, badges) {
  const { tenant, input, tags } = views.get(name);
  input.setAttribute('aria-label', [title(name), tenant, ...badges.map((badge) => badge[1])].join(', '));
  tags.replaceChildren(...badges.map(([kind, text]) => element('span', 'badge ' + kind, text)));
}

function badgesOf(caller) {
  const badges = [['', caller.adjusted ? caller.tier + ', own numbers' : caller.tier]];
  if (caller.userTier && caller.userTier !== caller.tier) badges.push(['', caller.userTier + ' as a user']);
  if (caller.blocked) badges.push(['blocked', 'blocked']);
  return badges;
}

function tenantOf(caller) {
  if (caller.name === '') return 'no header: known by address alone';
  return caller.tenant ? 'tenant ' + caller.tenant : 'no tenant';
}

function choose(name) {
  chosen = name;
  byId('chosen').textContent = title(name);
  byId('credentials').textContent = name === '' ? 'no Authorization header' : 'Authorization: Bearer ' + name;
  byId('owner').textContent = title(name);
  byId('trusted').hidden = name !== TRUSTED;
  showHolding();
}

function seconds(ms) {
  return ms <= 0 ? '' : Math.ceil(ms / 1000) + ' s';
}

function rateRow() {
  const row = element('div', 'rate');
  const name = element('span', 'name');
  const track = element('span', 'track');
  track.setAttribute('role', 'meter');
  track.setAttribute('aria-valuemin', '0');
  track.append(element('span'));
  const left = element('span', 'left');
  const reset = element('span', 'reset');
  reset.title = 'until it is whole again';
  row.append(name, track, left, reset);
  return row;
}

function showRates(box, rates) {
  while (box.children.length > rates.length) box.lastElementChild.remove();
  while (box.children.length < rates.length) box.append(rateRow());
  rates.forEach((rate, i) => {
    const [name, track, left, reset] = box.children[i].children;
    const whose = rate.of ? ' · ' + rate.of : '';
    name.replaceChildren(element('b', '', rate.policy), whose);
    name.title = rate.policy + whose;
    const level = rate.limit > 0 ? Math.max(0, rate.remaining / rate.limit) : 0;
    track.firstElementChild.style.transform = 'scaleX(' + level + ')';
    track.className = 'track' + (rate.remaining <= 0 ? ' out' : level <= 0.25 ? ' low' : '');
    track.setAttribute('aria-label', rate.policy + whose);
    track.setAttribute('aria-valuemax', rate.limit);
    track.setAttribute('aria-valuenow', Math.max(0, rate.remaining));
    left.replaceChildren(element('b', '', String(rate.remaining)), ' / ' + rate.limit);
    reset.textContent = seconds(rate.resetMs);
  });
}

/* Services and anomalies */

function showHolding() {
  if (state === null) return;
  const holder = state.holders.find((one) => one.name === chosen);
  byId('holding').textContent = holder
    ? holder.services + ' of ' + holder.mostServices + ' run; ' + holder.started + ' started in the last hour, of '
      + holder.mostStarts + '.'
    : 'Whoever has no name starts nothing.';
}

function showServices(services) {
  byId('services').replaceChildren(...services.map((service) => {
    const item = element('li');
    const end = element('button', '', 'end');
    end.type = 'button';
    end.setAttribute('aria-label', 'end ' + service.project + ' of ' + service.user);
    end.addEventListener('click', () => endService(service));
    item.append(
      element('b', '', service.project),
      element('span', 'who', service.user + ' · port ' + service.port),
      end);
    return item;
  }));
}

async function endService(service) {
  const owner = state.holders.some((one) => one.name === service.user) ? service.user : TRUSTED;
  const what = {
    label: 'DELETE /runner/' + service.project,
    url: 'runner/' + encodeURIComponent(service.project) + '?user_id=' + encodeURIComponent(service.user),
    init: { method: 'DELETE', headers: { Authorization: 'Bearer ' + owner } },
  };
  log(1, what.label, owner, [await one(what, owner)]);
  refresh();
}

function showFeed(feed, summary) {
  byId('anomaly-count').textContent = summary.total_count;
  const types = Object.entries(summary.by_type).map(([type, count]) => count + ' ' + type);
  if (types.length > 0) byId('anomaly-types').textContent = 'In the last 24 hours: ' + types.join(', ') + '.';
  byId('feed').replaceChildren(...feed.map((anomaly) => {
    const line = element('li');
    const whose = (anomaly.tenant_id ? anomaly.tenant_id + '/' : '') + anomaly.user_id;
    line.append(
      element('time', '', new Date(anomaly.timestamp).toLocaleTimeString('en-GB')),
      element('span', 'badge ' + anomaly.severity, anomaly.severity),
      element('span', 'what', anomaly.type + ' · ' + whose + ': ' + anomaly.details));
    return line;
  }));
}

function showState(now) {
  state = now;
  if (views.size === 0) {
    state.callers.forEach((caller) => addCaller(caller.name, tenantOf(caller), badgesOf(caller)));
    addCaller(UNKNOWN, 'a name that nobody knows', [['unknown', 'unknown']]);
    choose(chosen);
  }
  byId('store').textContent = state.store;
  byId('configuration').textContent = state.configuration;
  byId('in-flight').textContent = state.inFlight;
  state.callers.forEach((caller) => {
    showBadges(caller.name, badgesOf(caller));
    showRates(views.get(caller.name).rates, caller.rates);
  });
  showRates(byId('logins'), state.logins);
  showHolding();
  showServices(state.services);
  showFeed(state.feed, state.summary);
}

async function refresh() {
  try {
    const answer = await fetch('demo/state', { cache: 'no-store' });
    showState(await answer.json());
    byId('offline').textContent = '';
  } catch (e) {
    byId('offline').textContent = 'The demo does not answer; is it still running?';
  }
}

/* Sending */

function request(kind) {
  const headers = chosen === '' ? {} : { Authorization: 'Bearer ' + chosen };
  switch (kind) {
    case 'slow':
      return { label: 'GET /api/slow', url: 'api/slow?ms=' + SLOW_MS, init: { headers } };
    case 'wrong':
    case 'right': {
      const password = kind === 'right' ? 'let-me-in' : 'wrong';
      const body = new URLSearchParams({ user: chosen || 'alice', password });
      return { label: 'POST /login', url: 'login', init: { method: 'POST', headers, body } };
    }
    case 'run': {
      const number = projects++;
      const body = JSON.stringify({
        project_id: 'app-' + Date.now().toString(36) + '-' + number,
        readme_content: 'Started from the page.',
        port: FIRST_PORT + number % PORTS,
        user_id: chosen === TRUSTED ? ACTED_FOR : chosen || 'nobody',
      });
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body };
      return { label: 'POST /runner/run', url: 'runner/run', init };
    }
    default:
      return { label: 'GET /api/hello', url: 'api/hello', init: { headers } };
  }
}

function kindOf(status) {
  if (status < 400) return 'passed';
  return status === 429 || status === 503 ? 'held' : 'denied';
}

async function one(what, who) {
  const number = ++sent;
  const answer = await fetch(what.url, { ...what.init, cache: 'no-store' });
  const body = await answer.text();
  note(answer.status);
  if (number > shown) {
    shown = number;
    showAnswer(answer, body, what.label + ' as ' + title(who));
  }
  return answer.status;
}

async function send(kind, count) {
  const who = chosen;
  const what = request(kind);
  try {
    const work = Array.from({ length: count }, (_, i) => one(i === 0 ? what : request(kind), who));
    const statuses = await Promise.all(work);
    log(count, what.label, who, statuses);
  } catch (e) {
    byId('offline').textContent = 'The demo does not answer; is it still running?';
  }
  refresh();
}

/* What was answered */

function pretty(body, type) {
  if (!/json/.test(type || '')) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2).replace(/\[\s+("[^"]*")\s+\]/g, '[$1]');
  } catch (e) {
    return body;
  }
}

function showAnswer(answer, body, about) {
  byId('no-answer').hidden = true;
  byId('answer').hidden = false;
  byId('answer').className = kindOf(answer.status);
  byId('status').textContent = answer.status + ' ' + (PHRASES[answer.status] || '');
  byId('about').textContent = about;
  const headers = byId('headers');
  headers.replaceChildren();
  SHOWN_HEADERS.forEach((name) => {
    const value = answer.headers.get(name);
    if (value !== null) headers.append(element('dt', '', name), element('dd', '', value));
  });
  byId('body').textContent = pretty(body, answer.headers.get('Content-Type'));
  startCountdown(Number(answer.headers.get('Retry-After')));
}

function startCountdown(wait) {
  countdown = wait > 0 ? { until: performance.now() + wait * 1000, whole: wait * 1000 } : null;
  byId('countdown').hidden = countdown === null;
  tick();
}

function tick() {
  if (countdown === null) return;
  const left = countdown.until - performance.now();
  byId('countdown').classList.toggle('over', left <= 0);
  byId('countdown-text').textContent = left > 0
    ? 'Try again in ' + (left / 1000).toFixed(1) + ' s'
    : 'The wait is over: try again.';
  byId('countdown-bar').style.transform = 'scaleX(' + Math.max(0, left / countdown.whole) + ')';
  if (left <= 0) {
    countdown = null;
    refresh();
  }
}

function note(status) {
  const history = byId('history');
  history.append(element('span', kindOf(status)));
  while (history.children.length > HISTORY) history.firstElementChild.remove();
}

function log(count, label, who, statuses) {
  const counts = new Map();
  statuses.forEach((status) => counts.set(status, (counts.get(status) || 0) + 1));
  const answers = [...counts.entries()].sort((a, b) => a[0] - b[0])
    .map(([status, times]) => (count === 1 ? String(status) : times + ' × ' + status)).join(', ');
  const line = element('li');
  line.append(
    element('time', '', new Date().toLocaleTimeString('en-GB')),
    element('span', '', (count === 1 ? '' : count + ' × ') + label + ' as ' + title(who) + ': ' + answers));
  byId('log').prepend(line);
  while (byId('log').children.length > LOG_LINES) byId('log').lastElementChild.remove();
}

document.querySelectorAll('button[data-send]').forEach((button) => {
  button.addEventListener('click', () => send(button.dataset.send, Number(button.dataset.count)));
});
byId('callers').addEventListener('submit', (event) => event.preventDefault());
setInterval(() => { if (!document.hidden) refresh(); }, POLL_MS);
setInterval(tick, 100);
refresh();
