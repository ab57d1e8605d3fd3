/** Requests that no Socket.IO client would send, generated from a seed so that a failure can be reproduced. */

export interface BadRequest {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

const METHODS = ["GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const VALUES = [
	"4",
	"3",
	"5",
	"-1",
	"",
	"4%00",
	"polling",
	"websocket",
	"flashsocket",
	"webtransport",
	"__proto__",
	"constructor",
	"toString",
	"%zz",
	"%0d%0aset-cookie:%20a=b",
	"..%2f..%2fetc",
	"%F0%9F%92%A9",
	"a".repeat(3000),
	"d0N0123456789abcdefg",
	"zzz0123456789abcdefg",
	"1e9",
];
const NAMES = [
	"EIO",
	"transport",
	"sid",
	"t",
	"j",
	"b64",
	"%73id",
	"E%49O",
	"tr%61nsport",
	"__proto__",
	"EIO[]",
];
const PATHS = [
	"/socket.io/",
	"/socket.io/",
	"/socket.io/",
	"/socket.io",
	"/socket.io//",
	"/socket.io/..%2f",
	"//socket.io/",
	"/socket.io/x",
];
const HEADERS: readonly (readonly [string, string])[] = [
	["origin", "https://evil.test"],
	["origin", "null"],
	["origin", "not an origin"],
	["upgrade", "h2c"],
	["connection", "x-edge-auth, x-forwarded-for"],
	["x-forwarded-for", "1.2.3.4, 5.6.7.8"],
	["x-edge-auth", "guess"],
	["x-edge-client-ip", "9.9.9.9"],
	["cookie", "edge_app=eF0; __proto__=1"],
	["content-type", "application/x-www-form-urlencoded"],
	["authorization", "Bearer guess"],
	["range", "bytes=0-1"],
	["expect-ct", "?".repeat(4000)],
];
const BODIES = [
	"",
	"4hello",
	"d=4hello",
	"\x1e".repeat(2000),
	"99:4",
	"{".repeat(2000),
	"b!!!notbase64",
	'451-["a",{"_placeholder":true,"num":"splice"}]',
	"\0\0\0",
];

/** Generates one bad request. */
export function badRequest(random: () => number): BadRequest {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
	const some = (most: number) => Array.from({ length: Math.floor(random() * (most + 1)) });
	const fields = some(5).map(() => `${pick(NAMES)}=${pick(VALUES)}`);
	const method = pick(METHODS);
	return {
		method,
		target: pick(PATHS) + (fields.length > 0 ? `?${fields.join("&")}` : ""),
		headers: Object.fromEntries(some(3).map(() => pick(HEADERS))),
		body: method === "POST" || method === "PUT" || method === "PATCH" ? pick(BODIES) : "",
	};
}
