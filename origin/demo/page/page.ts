/** The page at `/`: connects, echoes, and shows which node answers over which transport. */
import { script } from "./script.ts";
import { style } from "./style.ts";

/** The whole page as HTML; `node` is the id of the node that serves it (its session may live on another). */
export function page(node: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>sticky-edge</title>
<style>${style}</style>
</head>
<body>
<main>
<header><h1>sticky-edge</h1><p>Page served by <b>${node}</b>. Your session sticks to the node below.</p></header>
<section class="card" aria-live="polite">
<div class="who"><span class="dot" id="dot"></span><strong id="node">connecting…</strong><span id="state"></span></div>
<dl>
<div><dt>transport</dt><dd id="transport">–</dd></div>
<div><dt>session tag</dt><dd id="tag">–</dd></div>
<div><dt>round trip</dt><dd id="rtt">–</dd></div>
<div><dt>echoes</dt><dd id="count">0</dd></div>
</dl>
<svg id="chart" viewBox="0 0 300 60" preserveAspectRatio="none" role="img" aria-label="the last 60 round trips"></svg>
</section>
<section class="bar" role="group" aria-label="transport">
<button data-transport="upgrade" aria-pressed="true">upgrade</button>
<button data-transport="polling" aria-pressed="false">polling</button>
<button data-transport="websocket" aria-pressed="false">websocket</button>
</section>
<form id="say"><input id="text" value="hello" maxlength="200" aria-label="message">
<button id="echo" type="submit">Echo</button><button id="broadcast" type="button">Broadcast</button></form>
<ol id="log" aria-label="log"></ol>
</main>
<script src="/socket.io/socket.io.min.js"></script>
<script>${script}</script>
</body>
</html>
`;
}
