/** The page's style sheet: system fonts, light and dark, one column that fits a phone. */
export const style = `
:root { --ink: #1d2430; --soft: #667085; --ground: #f4f5f7; --card: #fff; --line: #dfe3e8; --accent: #2f6fde; --hue: 215 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --soft: #98a2b3; --ground: #12151b; --card: #1b2029; --line: #303744; --accent: #6fa0ff }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { grid-template-columns: minmax(0, 1fr); max-width: 34rem; margin: 0 auto; padding: 1.5rem 1rem; display: grid; gap: 1rem }
h1 { margin: 0; font-size: 1.25rem; letter-spacing: -.01em }
header p { margin: 0; color: var(--soft); font-size: .9rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem; overflow: hidden }
.who { display: flex; align-items: center; gap: .6rem }
.who strong { font-size: 1.75rem; line-height: 1.2 }
#state { margin-left: auto; color: var(--soft); font-size: .85rem }
.dot { width: .8rem; height: .8rem; border-radius: 50%; background: var(--soft) }
.on .dot { background: hsl(var(--hue) 65% 50%) }
dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem; margin: 1rem 0 .5rem }
dt { color: var(--soft); font-size: .75rem }
dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap }
@media (max-width: 30rem) { dl { grid-template-columns: repeat(2, 1fr) } }
svg { display: block; width: 100%; height: 60px }
polyline { fill: none; stroke: hsl(var(--hue) 65% 50%); stroke-width: 1.5; vector-effect: non-scaling-stroke }
.bar { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .8rem; cursor: pointer }
button:hover { border-color: var(--accent) }
button[aria-pressed=true], #echo { background: var(--accent); border-color: var(--accent); color: #fff }
@media (prefers-color-scheme: dark) { button[aria-pressed=true], #echo { color: #0d1420 } }
form { display: flex; gap: .5rem }
input { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .8rem }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
ol { list-style: none; margin: 0; padding: 0; font-size: .85rem; color: var(--soft) }
li { padding: .25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
li:first-child { border-top: 0 }
`;
