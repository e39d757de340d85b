// SPDX-License-Identifier: Apache-2.0
// Opens report pages in a real browser and says what it found, as JSON on stdout.
//
//   node read_page.mjs CHROMIUM '[{"url": …, "scheme": "light"|"dark", "width": 360, "scripts": true|false}, …]'
//
// With scripts the page's policy is bypassed, so that axe-core may look at it; without, it is read as Jenkins shows it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Runs in the page.
function facts() {
  const word = document.querySelector('h1');
  const box = word.getBoundingClientRect();
  const targets = [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href').slice(1));
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  return {
    verdict: word.innerText,
    verdict_seen: box.top >= 0 && box.bottom <= innerHeight && box.height > 0,
    background: getComputedStyle(document.body).backgroundColor,
    images: [...document.images].map((i) => ({ src: i.currentSrc, width: i.naturalWidth, alt: i.alt })),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    dangling: targets.filter((id) => !ids.includes(id)),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    scripts: document.scripts.length + document.querySelectorAll('[style], [onclick], [onload], [onerror]').length,
    text: document.body.innerText,
    addresses: [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')).filter((h) => h[0] !== '#'),
  };
}

async function read(browser, job) {
  const context = await browser.newContext({
    colorScheme: job.scheme, viewport: { width: job.width, height: 900 },
    javaScriptEnabled: job.scripts, bypassCSP: job.scripts,
  });
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('requestfailed', (request) => said.push(`${request.url()} failed`));
  page.on('response', (response) => response.status() >= 400 && said.push(`${response.url()}: ${response.status()}`));
  await page.goto(job.url, { waitUntil: 'load' });
  await page.evaluate(async () => {
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    for (const image of document.images) image.loading = 'eager';
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
    scrollTo(0, 0);
  });
  const found = { ...(await page.evaluate(facts)), said };
  if (job.scripts) {
    await page.evaluate(axe);
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }));
    found.axe = result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html).join(' ')}`);
    found.rules = result.passes.length;
  }
  await context.close();
  return found;
}

const [, , program, jobs] = process.argv;
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
const found = [];
for (const job of JSON.parse(jobs)) found.push(await read(browser, job));
await browser.close();
console.log(JSON.stringify(found));
