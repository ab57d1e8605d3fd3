/** The style sheet of the HTML reports: light, dark, narrow and print. */
import { colourCss } from "./line-style.ts";

/** One sheet for all pages. Pages load nothing, so fonts are the system's. */
export function styleSheet(): string {
	const { light, dark, classes } = colourCss();
	return `:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#59636e;--rule:#d9dee3;--panel:#f6f8fa;--good:#116932;--doubt:#7a5200;--bad:#b3261e;${light}}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--ink:#e8ebee;--soft:#a3adb8;--rule:#343a42;--panel:#1c2026;--good:#5fd48a;--doubt:#f0c14b;--bad:#ff8f86;${dark}}}
${classes}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1040px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:19px;margin:44px 0 8px}
h3{font-size:15px;margin:0 0 6px}
p{margin:8px 0;max-width:80ch}.meta,.note,figcaption{max-width:110ch}
.meta,.note,figcaption{color:var(--soft);font-size:13px}
.verdict{display:flex;gap:12px;align-items:baseline;margin:20px 0 8px;padding:12px 16px;border:1px solid var(--rule);border-left:5px solid var(--tone);border-radius:6px;background:var(--panel)}
.verdict b{color:var(--tone);white-space:nowrap}
.good{--tone:var(--good)}.doubt{--tone:var(--doubt)}.bad{--tone:var(--bad)}
.finding{font-size:18px;line-height:1.45;margin:18px 0}
.scroll{overflow-x:auto;margin:8px 0}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:5px 8px;border-bottom:1px solid var(--rule);text-align:left;white-space:nowrap}
th{font-weight:600;color:var(--soft);border-bottom-width:2px}
th.r,td.r{text-align:right}
td:last-child:not(.r){white-space:normal;min-width:92px}
td .swatch{vertical-align:-1px;margin-right:7px}
figure{margin:20px 0 8px}
h3:not(:first-child){margin-top:28px}figure h3{margin-top:0}
svg{display:block;max-width:100%;height:auto;overflow:visible}
svg.narrow{display:none}
svg.swatch{display:inline}
svg text{fill:var(--ink);font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
svg .tick,svg .axis{fill:var(--soft)}
.grid{stroke:var(--rule);stroke-width:1}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}
.connector{fill:none;stroke:var(--c);stroke-width:.8;stroke-opacity:.4}
.leader{fill:none;stroke:var(--soft);stroke-width:.7}
svg .label{fill:var(--c)}
.mark{fill:var(--c);stroke:var(--c)}.mark .ring{fill:var(--page);stroke-width:2}
.band{fill:var(--c);fill-opacity:.16}.whisker{stroke:var(--c);stroke-opacity:.35;stroke-width:3}
svg .fault{fill:var(--bad);font-weight:700}
.phase{stroke:var(--page);stroke-width:1}.beside{fill:none;stroke:var(--ink);stroke-width:1}
.step0{fill:#7a4f9a}.step1{fill:#2b4b6f}.step2{fill:#356a98}.step3{fill:#4d8fc4}.step4{fill:#8fc1e6}.step5{fill:#c9e0f2}.step6{fill:#e8d9b5}
svg .in{fill:#fff}svg .in.step4,svg .in.step5,svg .in.step6{fill:#10202e}
.clean{fill:var(--rule)}.tainted{fill:var(--bad)}
.margin{fill:var(--good);fill-opacity:.12}.ratio1{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}.see-through{fill-opacity:.6}
details{margin:20px 0 8px}summary{font-weight:600;cursor:pointer;margin:0 0 6px}svg .dot{fill:var(--c);fill-opacity:.55}
@media (max-width:640px){main{padding:20px 14px 40px}h1{font-size:22px}svg.wide{display:none}svg.narrow{display:block;width:100%}.finding{font-size:16px}.verdict,.verdict b{display:block}th,td{padding:5px 7px}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--rule:#bbb;--panel:#fff;--good:#116932;--doubt:#7a5200;--bad:#b3261e;${light}}main{max-width:none;padding:0}h2{break-after:avoid}figure,table,.verdict{break-inside:avoid}.scroll{overflow:visible}table{font-size:8pt}th,td{padding:1.5pt 3.5pt}body{font-size:10.5pt}@page{margin:14mm}}
`;
}
