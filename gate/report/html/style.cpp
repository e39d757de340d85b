// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/style.hpp"

namespace modelgate {
namespace {

constexpr std::string_view css = R"css(:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --text: #1c2128; --quiet: #57606a; --rule: #d8dde3; --link: #0a53a8;
  --code: #eef0f3; --head: #eef0f3;
  --block: #bd1628; --warn: #7438ab; --waive: #57606a; --good: #0d7350;
  --band-block: #a8132a; --band-pass: #0b6546; --band-error: #83400a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151a; --card: #1c2026; --text: #e8eaed; --quiet: #a9b1bb; --rule: #373e47; --link: #8cc2ff;
    --code: #2a3038; --head: #252b32;
    --block: #ff828b; --warn: #c9a1ff; --waive: #a9b1bb; --good: #4fcb9d;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
main, .foot { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 1rem; background: var(--card); }
.skip:focus { left: 0; z-index: 1; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h2 { font-size: 1.4rem; margin: 2.75rem 0 0.75rem; }
h3 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 84ch; }
code { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; background: var(--code); padding: 0.1em 0.3em;
  border-radius: 0.25rem; }
.quiet { color: var(--quiet); }

.verdict { color: #ffffff; }
.verdict.block { background: var(--band-block); }
.verdict.pass { background: var(--band-pass); }
.verdict.error { background: var(--band-error); }
.verdict > div { max-width: 70rem; margin: 0 auto; padding: 1.25rem 1rem 1.5rem; }
.verdict h1 { margin: 0; font-size: 1.1rem; font-weight: 500; }
.verdict .word { display: block; font-size: clamp(2rem, 6vw, 3rem); font-weight: 750; letter-spacing: -0.02em;
  line-height: 1.1; }
.verdict .headline { font-size: 1.2rem; line-height: 1.4; margin: 0.75rem 0; }
.verdict p { max-width: 84ch; }
.verdict a { color: #ffffff; }
.verdict a:focus-visible { outline-color: #ffffff; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1rem 0; padding: 0; }
.counts li { background: rgb(0 0 0 / 0.22); border-radius: 0.5rem; padding: 0.35rem 0.8rem; }
.counts b { font-size: 1.25rem; font-variant-numeric: tabular-nums; margin-right: 0.2rem; }

.contents { margin: 1rem 0 0; }
.contents ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; padding: 0; }
.notes { background: var(--card); border-left: 0.3rem solid var(--warn); padding: 0.5rem 1rem; margin: 1.25rem 0 0;
  border-radius: 0.25rem; }

.card, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 0.6rem; }
.card { padding: 1rem 1.25rem 1.25rem; margin: 1rem 0; }
.card.blocking { border-left: 0.35rem solid var(--block); }
.card h3 { margin: 0 0 0.25rem; }
.card figure { border: 0; padding: 0; margin: 0.75rem 0 0; }
.outcome { font-weight: 650; white-space: nowrap; }
.outcome.blocking { color: var(--block); }
.outcome.warning { color: var(--warn); }
.outcome.waived, .outcome.left-out { color: var(--waive); }
.outcome.passed { color: var(--good); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.75rem 1.25rem;
  margin: 0.75rem 0; }
.facts > div { min-width: 0; }
.facts dt { color: var(--quiet); font-size: 0.85rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
.facts .sub { display: block; font-weight: 400; }

figure { margin: 1rem 0; padding: 0.75rem; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; border-radius: 0.35rem; }
figcaption { color: var(--quiet); font-size: 0.9rem; margin-bottom: 0.35rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem;
  align-items: start; }
.grid figure { margin: 0; }
.timing { display: grid; gap: 0 1.5rem; align-items: start; }
.timing > div { min-width: 0; }
@media (min-width: 60rem) { .timing:has(figure) { grid-template-columns: 26rem 1fr; } }
.tight tbody th { min-width: 0; }

.scroll { overflow-x: auto; border: 1px solid var(--rule); border-radius: 0.6rem; background: var(--card);
  margin: 0.75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; overflow-wrap: break-word; }
.checks table { min-width: 58rem; }
th, td { padding: 0.45rem 0.7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); }
thead th { border-top: 0; background: var(--head); font-size: 0.85rem; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 10rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.number span { display: block; color: var(--quiet); font-size: 0.92em; }
.why { min-width: 13rem; }
@media (min-width: 73rem) {
  .scroll.checks { margin-inline: calc((68rem - min(100vw - 3rem, 84rem)) / 2); }
}
details { margin: 0.75rem 0; }
summary { cursor: pointer; font-weight: 600; padding: 0.35rem 0; }
.run { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: 0.35rem 1.25rem; margin: 0.75rem 0; }
.run dt { color: var(--quiet); }
.run dd { margin: 0; min-width: 0; }
.glossary dt { font-weight: 650; margin-top: 0.9rem; }
.glossary dd { margin: 0.1rem 0 0; }
.foot { color: var(--quiet); font-size: 0.9rem; padding: 2rem 1rem 3rem; }
@media (max-width: 40rem) {
  .run { grid-template-columns: 1fr; gap: 0; }
  .run dd { margin-bottom: 0.6rem; }
  .card { padding: 0.85rem; }
  figure { padding: 0.4rem; }
  h2 { margin-top: 2.25rem; }
}
@media print {
  :root { --page: #ffffff; --card: #ffffff; --text: #000000; --quiet: #444444; --rule: #bbbbbb; }
  .contents, .skip { display: none; }
  .verdict { color: #000000; border-bottom: 0.3rem solid #000000; background: none !important; }
  .counts li { background: none; border: 1px solid #bbbbbb; }
  .scroll { overflow: visible; }
  .checks table { min-width: 0; font-size: 0.75rem; }
  figure, .card, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)css";

}  // namespace

std::string_view page_style() { return css; }

}  // namespace modelgate
