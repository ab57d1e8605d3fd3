/** The page at `/`: connects, sends echoes, and shows the node and transport of its session. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { script } from "./script.ts";
import { style } from "./style.ts";

const CONTENT_SECURITY_POLICY =
	"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'";

/** Serves the page at `/`, and 404 at other paths. */
export function servePage(node: string, request: IncomingMessage, response: ServerResponse): void {
	if (request.url?.split("?")[0] !== "/") {
		response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
		response.end(`Not found: node ${node} serves / and /socket.io/.\n`);
		return;
	}
	response.writeHead(200, {
		"content-type": "text/html; charset=utf-8",
		"cache-control": "no-store",
		"content-security-policy": CONTENT_SECURITY_POLICY,
	});
	response.end(request.method === "HEAD" ? undefined : renderPage(node));
}

/** The page as HTML. `node` is the id of the node that serves it; the page's session may be on another node. */
export function renderPage(node: string): string {
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
<header><h1>sticky-edge</h1><p>This page came from <b>${node}</b>. Your session stays on the node below.</p></header>
<section class="card" aria-live="polite">
<div class="who"><span class="dot" id="dot"></span><strong id="node">connecting…</strong><span id="state"></span></div>
<dl>
<div><dt>transport</dt><dd id="transport">–</dd></div>
<div><dt>session tag</dt><dd id="tag">–</dd></div>
<div><dt>round trip</dt><dd id="rtt">–</dd></div>
<div><dt>echoes</dt><dd id="count">0</dd></div>
</dl>
<svg id="chart" viewBox="0 0 300 60" preserveAspectRatio="none" role="img" aria-label="The last 60 round-trip times"></svg>
</section>
<section class="bar" role="group" aria-label="Transport">
<button data-transport="upgrade" aria-pressed="true">upgrade</button>
<button data-transport="polling" aria-pressed="false">polling</button>
<button data-transport="websocket" aria-pressed="false">websocket</button>
</section>
<form id="say"><input id="text" value="hello" maxlength="200" aria-label="Message">
<button id="echo" type="submit">Echo</button><button id="broadcast" type="button">Broadcast</button></form>
<ol id="log" aria-label="Log"></ol>
</main>
<script src="/socket.io/socket.io.min.js"></script>
<script>${script}</script>
</body>
</html>
`;
}
