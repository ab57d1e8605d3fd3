/** Attacks by complete requests: by their path, method, headers, query and number. */
import { type Attack, ENGINE_PATH, eachInTurn, head, POLLING, UPGRADE, WEBSOCKET } from "./attack.ts";
import type { Attacker } from "./attacker.ts";

const LONG_PATH_BYTES = 30_000;
const LONG_QUERY_BYTES = 62_000;

const upgrade = (target: string) => head("GET", target, UPGRADE);
const without = (name: string) => UPGRADE.filter((line) => !line.startsWith(name));

/** Upgrades at paths that nothing at a node listens to, and broken ones at the Engine.IO path. */
const UNANSWERED: readonly ((attacker: Attacker) => string)[] = [
	() => upgrade("/ws"),
	() => upgrade("/"),
	() => upgrade("/_next/webpack-hmr?page=%2F"),
	(attacker) => upgrade(`/sockjs-node/123/${attacker.letters(8)}/websocket`),
	(attacker) => upgrade(`/${attacker.letters(8)}/${attacker.letters(5)}`),
	() => upgrade("/socket.io?EIO=4&transport=websocket"),
	() => upgrade("/%73ocket.io/?EIO=4&transport=websocket"),
	() => upgrade("/socket.io/app.js"),
	() => head("GET", WEBSOCKET, without("Sec-WebSocket-Key")),
	() => head("GET", "/ws", without("Sec-WebSocket-Key")),
	() => head("GET", WEBSOCKET, [...without("Sec-WebSocket-Version"), "Sec-WebSocket-Version: 8"]),
	() => head("GET", WEBSOCKET, [...without("Upgrade"), "Upgrade: h2c"]),
	() => upgrade(POLLING),
	() => upgrade(`${ENGINE_PATH}?EIO=4&transport=webtransport`),
	(attacker) => upgrade(`${WEBSOCKET}&sid=${attacker.sidOfNobody()}`),
	(attacker) => upgrade(`${WEBSOCKET}&sid=${attacker.sidOfNode()}`),
];

const FAILING_PATHS = ["/drop", "/silent", "/half", "/drip"];

const METHODS = [
	...["OPTIONS", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"],
	...["PROPFIND", "M-SEARCH", "PURGE", "BREW", "get", "CONNECT"],
];

/** Parts of a query that a parser may look at again and again. */
const COSTLY = [
	";",
	";sid=%",
	"%zz",
	"%&",
	"%F0%9F&",
	"a=%c3%28&",
	"&",
	"a&",
	"+",
	"=+&",
	"sid=x&",
	"EIO=4&",
	"&&+%",
];

/** Other spellings of the Engine.IO path; some Engine.IO servers answer them. */
const SPELLINGS = [
	...["/%73ocket.io/", "//socket.io/", "/socket.io/../socket.io/", "/x/../socket.io/", "/SOCKET.IO/"],
	...["/socket.io", "/socket.io//", "/socket%2eio/", "/socket.io;a/", "/./socket.io/", "/socket.io%2f"],
];
const HOSTS = ["x/__edge", "a:99999", "", "[::1", "user@localhost", "a b", "localhost:", "..", "a\\b", "é"];

export const REQUEST_ATTACKS: readonly Attack[] = [
	{
		name: "upgrades that no node answers",
		acts: [
			eachInTurn(12, 2000, [() => upgrade("/ws")]),
			// More of them than of requests that succeed, each of which closes a breaker.
			eachInTurn(1, 40, [() => upgrade("/ws")]),
			eachInTurn(1, 250, UNANSWERED),
		],
	},
	{
		name: "plain http that its nodes drop or never answer",
		acts: [
			eachInTurn(3, 500, [() => head("GET", "/drop"), () => head("HEAD", "/drop")]),
			eachInTurn(9, 2500, [() => head("GET", "/silent"), () => head("HEAD", "/silent?x=1")]),
			{
				count: 1,
				everyMs: 250,
				send: (attacker) => {
					const path = `${attacker.pick(FAILING_PATHS)}/${attacker.letters(6)}`;
					attacker.send(head(attacker.pick(["GET", "HEAD", "OPTIONS", "DELETE"]), path));
				},
			},
		],
		opensNoSession: true,
	},
	{
		name: "handshakes that the nodes refuse",
		// Socket.IO 2 is allowed at the edge only; the limit is three times what the well-behaved need.
		pool: { allow_eio3: true },
		node: { max_sessions: 30 },
		acts: [
			{ count: 120, everyMs: 4000, send: (attacker) => attacker.request("GET", `${POLLING}&refuse=1`) },
			eachInTurn(1, 100, [
				() => upgrade(`${WEBSOCKET}&refuse=1`),
				() => head("GET", `${ENGINE_PATH}?EIO=3&transport=polling`),
				() => upgrade(`${ENGINE_PATH}?EIO=3&transport=websocket`),
				(attacker) => head("GET", `${POLLING}&refuse=${attacker.letters(4)}`),
			]),
		],
		opensNoSession: true,
	},
	{
		name: "methods that open no session",
		acts: [
			{
				count: 10,
				everyMs: 4000,
				send: (attacker) => void attacker.send(head("OPTIONS", WEBSOCKET, UPGRADE)),
			},
			{
				count: 1,
				everyMs: 100,
				send: (attacker, i) => {
					const method = METHODS[i % METHODS.length]!;
					const target = attacker.pick([WEBSOCKET, POLLING, "/", `${WEBSOCKET}&sid=${attacker.sidOfNode()}`]);
					const isOdd = i % 3 > 0 || method === "HEAD";
					attacker.send(head(method, target, isOdd ? UPGRADE : ["Content-Length: 0"]));
				},
			},
		],
		opensNoSession: true,
	},
	{
		name: "a flood of lines for the log",
		acts: [
			eachInTurn(1, 40, [
				(attacker) => head("GET", longPath(`EIO=4&transport=polling&sid=${attacker.sidOfNobody()}`)),
				() => head("GET", longPath("EIO=9&transport=polling")),
				() => head("DELETE", longPath("EIO=4&transport=polling")),
				() => head("GET", longPath("EIO=4&transport=polling"), ["Origin: https://evil.test"]),
			]),
			{
				count: 1,
				everyMs: 4,
				send: (attacker) => attacker.request("GET", `${POLLING}&sid=${attacker.sidOfNobody()}`),
			},
			{
				count: 1,
				everyMs: 200,
				send: (attacker) => void attacker.sendPlain(upgrade(`/${"x".repeat(LONG_PATH_BYTES)}`)),
			},
		],
		opensNoSession: true,
	},
	{
		name: "wrong tokens",
		acts: [
			{
				count: 40,
				everyMs: 250,
				send: (attacker, i) =>
					attacker.request(
						i % 5 === 0 ? "POST" : "GET",
						attacker.pick(["/__edge/stats", "/__edge/stats.json", "/__edge/nodes/n1", "/__edge/metrics"]),
						{
							authorization: `${attacker.pick(["Bearer", "bearer", "Basic", "Digest"])} ${attacker.letters(9)}`,
						},
					),
			},
		],
		opensNoSession: true,
	},
	{
		name: "queries that cost",
		acts: [
			{
				count: 1,
				everyMs: 71,
				send: (attacker, i) => {
					const part = i % 2 === 0 ? "%zz&" : attacker.pick(COSTLY);
					const query = part.repeat(LONG_QUERY_BYTES / part.length);
					attacker.request("GET", `${POLLING}&${query}`);
				},
			},
		],
		opensNoSession: true,
	},
	{
		name: "paths, names and hosts that are spelled otherwise",
		acts: [
			eachInTurn(1, 83, [
				(attacker) => head("GET", `${attacker.pick(SPELLINGS)}?EIO=4&transport=polling`),
				(attacker) => upgrade(`${attacker.pick(SPELLINGS)}?EIO=4&transport=websocket`),
				(attacker) =>
					head("GET", POLLING, [`X_Forwarded_For: ${attacker.letters(4)}`, "X_Edge_Client_Ip: 9.9.9.9"]),
				(attacker) => head("GET", `${POLLING}&sid=${attacker.sidOfNode()}`, ["X_Edge_Auth: guess"]),
			]),
			eachInTurn(1, 125, [
				(attacker) => ofHost(attacker.pick(HOSTS), POLLING),
				(attacker) => ofHost(attacker.pick(HOSTS), "/__edge/stats.json"),
				(attacker) => ofHost(`localhost\r\nHost: ${attacker.pick(HOSTS)}`, POLLING),
				() => head("GET", "https://evil.test/socket.io/?EIO=4&transport=polling"),
				() => head("OPTIONS", "*"),
			]),
		],
	},
];

function longPath(query: string): string {
	return `${ENGINE_PATH}${"x".repeat(LONG_PATH_BYTES)}?${query}`;
}

function ofHost(host: string, target: string): string {
	return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}
