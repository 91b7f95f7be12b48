#!/usr/bin/env node
/**
 * Renders the invented sample release in three languages and both variants, as files and as screenshots: 600 and 375 px,
 * light and dark, and with pictures blocked. For looking at, after every change to the template.
 *
 *   npm run preview:mail -- <out folder>
 *
 * Needs a Chromium; CHROMIUM names another one than /usr/bin/chromium.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { ensureBuilt } from './build.mjs';

ensureBuilt();
const { fillSlot, mailProblems, renderEdition, splitAtSlots } = await import('../dist/libs/rendering/src/index.js');
const { libraryBoat } = await import('../dist/libs/rendering/fixtures/library-boat.js');

const out = resolve(process.argv[2] ?? 'var/preview-mail');
mkdirSync(out, { recursive: true });

const GREETINGS = { 'zh-Hant': '梁若昕女士：', 'zh-Hans': '梁若昕女士：', en: 'Dear Ms Leung,' };
const SHOTS = [
  { name: '600', width: 600, scale: 1, scheme: 'light' },
  { name: '600-dark', width: 600, scale: 1, scheme: 'dark' },
  { name: '375', width: 375, scale: 2, scheme: 'light' },
  { name: '375-dark', width: 375, scale: 2, scheme: 'dark' },
  { name: '600-blocked', width: 600, scale: 1, scheme: 'light', blocked: true },
  { name: '375-blocked', width: 375, scale: 2, scheme: 'dark', blocked: true },
];

/** Drawn stand-ins for the three pictures of the sample. */
async function drawings() {
  const sky = (from, to) =>
    `<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs><rect width="1136" height="760" fill="url(#s)"/>`;
  const spines = Array.from({ length: 30 }, (_, n) => {
    const colour = ['#c8553d', '#f2c14e', '#4f8a8b', '#f4f1de', '#7b5ea7'][n % 5];
    return `<rect x="${285 + n * 20}" y="${430 - (n % 3) * 12}" width="16" height="${80 + (n % 3) * 12}" fill="${colour}"/>`;
  }).join('');
  const harbour = `${sky('#f7c59f', '#fbeccf')}<path d="M0 420 200 300 420 400 640 270 900 390 1136 320V640H0z" fill="#7a9e9f"/><rect y="470" width="1136" height="290" fill="#2f6690"/><path d="M230 510h700l-70 90H300z" fill="#f8f9fa"/>${spines}<rect x="330" y="340" width="420" height="70" rx="8" fill="#f8f9fa"/><rect y="590" width="1136" height="60" fill="#6b4f3a"/>`;
  const shelves = Array.from({ length: 96 }, (_, n) => {
    const colour = ['#8d5b4c', '#d9a05b', '#3d5a6c', '#b5c99a', '#e9e3d5', '#a44a3f'][(n * 7) % 6];
    return `<rect x="${90 + (n % 32) * 30}" y="${130 + Math.floor(n / 32) * 170 - (n % 4) * 9}" width="24" height="${110 + (n % 4) * 9}" fill="${colour}"/>`;
  }).join('');
  const reading = `<rect width="1136" height="757" fill="#e8d9c0"/>${[240, 410, 580].map((y) => `<rect x="70" y="${y}" width="996" height="16" fill="#8a6240"/>`).join('')}${shelves}${[200, 420, 640, 860].map((x, n) => `<ellipse cx="${x + 40}" cy="690" rx="80" ry="30" fill="${['#4f8a8b', '#c8553d', '#f2c14e', '#7b5ea7'][n]}"/>`).join('')}`;
  const stops = Array.from({ length: 26 }, (_, n) => [90 + n * 38, 380 + Math.sin(n * 0.9) * 170]);
  const route = `<rect width="1136" height="757" fill="#dfeef0"/><path d="M60 160q160-90 300 10t-60 190-240-200M620 480q170-80 320 20t-120 180-200-200" fill="#c9d8b6"/><polyline fill="none" stroke="#0a6b74" stroke-width="5" stroke-dasharray="14 10" points="${stops.map((stop) => stop.join(',')).join(' ')}"/>${stops.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="10" fill="#c8553d"/>`).join('')}`;
  const draw = (height, inside) =>
    sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1136" height="${height}">${inside}</svg>`))
      .jpeg({ quality: 82 })
      .toBuffer();
  return { harbour: await draw(639, harbour), reading: await draw(757, reading), route: await draw(757, route) };
}

function merge(rendered, part) {
  const values = {
    greeting: GREETINGS[rendered.language],
    address: 'hiuyan.leung@eveningtide.example.com',
    unsubscribe: 'https://newsroom.example.org/u/4Zb1mQ0sT7c9',
    preferences: 'https://newsroom.example.org/p/4Zb1mQ0sT7c9',
  };
  return splitAtSlots(rendered[part], part, rendered.slots)
    .map((piece) => (typeof piece === 'string' ? piece : fillSlot(piece, values[piece.name])))
    .join('');
}

async function shoot(browser, html, pictures, shot, file) {
  const page = await browser.newPage({
    viewport: { width: shot.width, height: 900 },
    deviceScaleFactor: shot.scale,
    colorScheme: shot.scheme,
  });
  await page.route('**/*', (route) => {
    const name = /\/a\/(\w+)\//.exec(route.request().url())?.[1];
    if (shot.blocked || !pictures[name]) return route.abort();
    return route.fulfill({ contentType: 'image/jpeg', body: pictures[name] });
  });
  await page.setContent(html, { waitUntil: 'load' });
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}

async function overflow(browser, html, width) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await page.route('**/*', (route) => route.abort());
  await page.setContent(html, { waitUntil: 'load' });
  const pixels = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  await page.close();
  return pixels;
}

async function warmMilliseconds(input) {
  await renderEdition(input);
  const start = performance.now();
  for (let round = 0; round < 10; round += 1) await renderEdition(input);
  return (performance.now() - start) / 10;
}

const pictures = await drawings();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const variant of ['at_t', 'embargo']) {
    for (const language of ['zh-Hant', 'zh-Hans', 'en']) {
      const input = libraryBoat(language, variant);
      const rendered = await renderEdition(input);
      const html = merge(rendered, 'html');
      const base = join(out, `${language}.${variant}`);
      writeFileSync(`${base}.html`, html);
      writeFileSync(`${base}.txt`, merge(rendered, 'text'));
      for (const shot of SHOTS) await shoot(browser, html, pictures, shot, `${base}.${shot.name}.png`);
      const over = [];
      for (const width of [375, 600, 720]) over.push(`${width}: ${await overflow(browser, html, width)}`);
      const problems = mailProblems(rendered).map((problem) => problem.message);
      console.log(
        `${language} ${variant}: ${rendered.htmlBytes} bytes, ${(await warmMilliseconds(input)).toFixed(1)} ms warm, overflow ${over.join(' ')}${problems.length ? `, ${problems}` : ''}`,
      );
      console.log(`  ${rendered.subject}`);
    }
  }
} finally {
  await browser.close();
}
console.log(`Files and screenshots lie in ${out}`);
