/** The statistics page's style, for light and dark schemes, wide screens and phones. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b1f27;--soft:#69707d;--line:#e3e6eb;--up:#12805c;--drain:#9a6700;--down:#c62f39;--maint:#3563c9}
@media (prefers-color-scheme:dark){:root{--ground:#111419;--card:#191d24;--ink:#e6e9ee;--soft:#8d96a5;--line:#2a303a;--up:#4cc38a;--drain:#e2a93b;--down:#ff7b7f;--maint:#82a8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1360px;margin:0 auto;padding:20px 16px 40px}
h1{font-size:20px;margin:0}h2{font-size:16px;margin:28px 0 10px}h2 small{font-weight:400;color:var(--soft);font-size:13px;margin-left:6px}
header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline}header p{margin:0;color:var(--soft)}
#stale,.node .fault,.bad{color:var(--down)}
.note{color:var(--soft);font-size:13px;margin:8px 2px 0;max-width:110ch}
.note.warn{color:var(--drain)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:10px;margin:16px 0 0}
.tile,.node,.wide{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile,.node{padding:10px 14px}
.tile b{display:block;font-size:22px;font-weight:600;line-height:1.25;white-space:nowrap}.tile span,.tile i{color:var(--soft);font-size:12.5px}.tile i{font-style:normal;display:block}
.nodes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:10px}
.UP{--state:var(--up)}.DRAIN{--state:var(--drain)}.DOWN{--state:var(--down)}.MAINT{--state:var(--maint)}
.node{border-left:4px solid var(--state,var(--soft));min-width:0}
.node h3{margin:0;font-size:15px;display:flex;justify-content:space-between;gap:8px}
.state{font-weight:600;color:var(--state)}
.node p{margin:2px 0 0;color:var(--soft);font-size:13px;overflow-wrap:anywhere}.node p b{color:var(--ink);font-weight:600}
.notes{list-style:none;margin:6px 0 0;padding:0;font-size:13px;overflow-wrap:anywhere}.notes:empty{display:none}
.notes li{margin:2px 0 0;color:var(--drain)}.notes .hint{color:var(--soft)}
.states{margin-top:8px;display:flex;flex-wrap:wrap;gap:6px}
button{font:inherit;font-size:12.5px;color:var(--ink);background:transparent;border:1px solid var(--line);border-radius:6px;padding:2px 10px;cursor:pointer}
button:hover{border-color:var(--soft)}button[aria-pressed=true]{background:var(--line);cursor:default}
.wide{overflow-x:auto;margin-top:10px}
table{border-collapse:collapse;width:100%;white-space:nowrap;font-size:13px}
th,td{padding:4px 7px;text-align:right;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:500;font-size:12px}thead tr:first-child th{text-align:center;border-bottom:0;padding-bottom:0}
thead tr:first-child th[colspan]{border-left:1px solid var(--line)}
tbody th{text-align:left;font-weight:400;position:sticky;left:0;background:var(--card)}
tr.total th,tr.total td{font-weight:600}tr.part th{padding-left:22px;color:var(--soft)}tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
td.zero{color:var(--soft);opacity:.55}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:2px 24px;margin:12px 2px 0;font-size:13px}
dl div{display:flex;justify-content:space-between;gap:8px;border-bottom:1px solid var(--line);padding:3px 0}dt{color:var(--soft)}dd{margin:0}
@media (max-width:600px){main{padding:14px 12px 32px}.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:19px}}
`;
