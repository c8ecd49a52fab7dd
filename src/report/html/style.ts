/** The look of all pages. Colours are named for what they mean; each has a light and a dark face with enough contrast for text. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #1a1f27; --soft: #57606c; --line: #d9dee5;
  --good: #1b7a48; --warning: #8f5f00; --bad: #b42318; --neutral: #4a5563;
  --upload: #8fb8e8; --work: #2b6cb8; --settle: #8a94a3; --accent: #2b6cb8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #a1abb8; --line: #313a47;
    --good: #5cc78d; --warning: #e3b34f; --bad: #ff8a80; --neutral: #a9b4c2;
    --upload: #38608f; --work: #6aa9ee; --settle: #6d7888; --accent: #6aa9ee;
  }
}
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
header, main { max-width: 1040px; margin: 0 auto; padding: 24px 20px; }
header { display: flex; gap: 18px; align-items: flex-start; padding-bottom: 8px; }
header > div { min-width: 0; }
header p { margin: 0; color: var(--soft); }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 16px 0 8px; }
.sign { flex: none; width: 44px; height: 44px; border-radius: 50%; border: 3px solid currentColor; font: bold 24px/38px system-ui, sans-serif; text-align: center; }
.good .sign, strong.good, li.good strong { color: var(--good); }
.warning .sign, strong.warning, li.warning strong { color: var(--warning); }
.bad .sign, strong.bad, li.bad strong { color: var(--bad); }
.neutral .sign { color: var(--neutral); }
.fact:not(:last-child)::after { content: " ·"; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0 0 16px; }
section > :last-child { margin-bottom: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px 32px; list-style: none; margin: 0 0 16px; padding: 0; }
.tiles span, .tiles small { display: block; color: var(--soft); font-size: 13px; }
.tiles strong { display: block; font-size: 24px; line-height: 1.3; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: 4px 20px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 600; white-space: nowrap; }
th, td { overflow-wrap: break-word; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td > code { white-space: nowrap; }
code, .hash { font: 13px/1.5 ui-monospace, "SF Mono", Consolas, monospace; overflow-wrap: anywhere; }
.command { display: block; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 8px 0; }
.more, .note { color: var(--soft); margin: 8px 0 0; font-size: 14px; }
.error { border-top: 1px solid var(--line); padding: 14px 0; }
.error:first-of-type { border-top: 0; padding-top: 0; }
.error h3 { margin: 0 0 4px; }
.error p { margin: 0 0 6px; }
a { color: var(--accent); }
svg { display: block; width: 100%; min-width: 620px; height: auto; margin: 0 0 8px; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .grid { stroke: var(--line); }
svg .break { fill: var(--ground); }
.step { fill: var(--settle); fill-opacity: .35; } .upload { fill: var(--upload); } .work { fill: var(--work); } .settle { fill: var(--settle); }
.good rect.fate, rect.fate.good { fill: var(--good); } rect.fate.bad { fill: var(--bad); } rect.fate.warning { fill: var(--warning); } rect.fate.neutral { fill: var(--settle); }
rect.lost { fill: none; stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
rect.refused { fill: var(--bad); }
.area { fill: var(--work); fill-opacity: .18; } .line { fill: none; stroke: var(--work); stroke-width: 1.8; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0; margin: 0 0 12px; font-size: 13px; color: var(--soft); }
.legend svg { display: inline-block; width: 14px; min-width: 0; height: 12px; margin: 0 6px -1px 0; }
@media print {
  :root {
    --ground: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --good: #1b7a48; --warning: #8f5f00; --bad: #b42318; --neutral: #4a5563;
    --upload: #8fb8e8; --work: #2b6cb8; --settle: #8a94a3; --accent: #000000;
  }
  body { font-size: 11pt; }
  header, main { max-width: none; padding: 0; }
  section { border: 0; padding: 8px 0; break-inside: auto; }
  tr, .error, svg { break-inside: avoid; }
  h2 { break-after: avoid; }
  .wide { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
