/**
 * Inputs of the kinds that have broken Socket.IO servers before. Requests are raw bytes on a new connection;
 * messages go over a WebSocket session; bodies are posted to a polling session.
 */
import { upgradeRequest } from "./node.ts";

const GET = (path: string, ...headers: string[]) =>
	[`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "\r\n"].join("\r\n");
const OPEN = "/socket.io/?EIO=4&transport=polling";
const UPGRADE = "/socket.io/?EIO=4&transport=websocket";
const POST = (headers: string, body: string) =>
	`POST ${OPEN}&sid=none HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`;

/** Complete requests. */
export const REQUESTS: Readonly<Record<string, string>> = {
	"a transport named like a prototype": GET("/socket.io/?EIO=4&transport=__proto__"),
	"a transport named constructor": GET("/socket.io/?EIO=4&transport=constructor"),
	"the same on an upgrade": upgradeRequest("/socket.io/?EIO=4&transport=__proto__"),
	"a session id with a line break": GET(`${OPEN}&sid=%0d%0aSet-Cookie:%20a=b`),
	"a session id named like a prototype": GET(`${OPEN}&sid=__proto__`),
	"two session ids": GET(`${OPEN}&sid=a&sid=b`),
	"a broken percent sign": GET(`${OPEN}&x=%zz`),
	"a path with ..": GET("/socket.io/../../etc/passwd?EIO=4&transport=polling"),
	"a URL of 17 kB": GET(`${OPEN}&x=${"x".repeat(17_000)}`),
	"2,100 headers on an upgrade": upgradeRequest(
		UPGRADE,
		Array.from({ length: 2_100 }, (_, i) => `X-${i}: 1`),
	),
	"14 kB of spaces as subprotocol": upgradeRequest(UPGRADE, [
		`Sec-WebSocket-Protocol: ${" ".repeat(14_000)}x`,
	]),
	"an extension named constructor": upgradeRequest(UPGRADE, ["Sec-WebSocket-Extensions: constructor"]),
	"an upgrade to another protocol": GET("/elsewhere", "Connection: Upgrade", "Upgrade: h2c"),
	"an upgrade without a key": GET(
		UPGRADE,
		"Connection: Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
	),
	"garbage right after the upgrade": `${upgradeRequest(UPGRADE)}test`,
	"the old WebSocket version 8": upgradeRequest(UPGRADE).replace("Version: 13", "Version: 8"),
	"an invalid Origin header": GET(OPEN, "Origin: \x01\x02"),
	"content length and transfer encoding": POST(
		"Content-Length: 5\r\nTransfer-Encoding: chunked",
		"0\r\n\r\nX",
	),
	"two content lengths": POST("Content-Length: 1\r\nContent-Length: 2", "xx"),
	"two hosts": GET(OPEN, "Host: other"),
	"no host": `GET ${OPEN} HTTP/1.1\r\n\r\n`,
	"a body shorter than its content length": POST("Content-Length: 100", "short"),
	"an unknown method": `BREW ${OPEN} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
	"not HTTP at all": "\x00\x01\x02\x03 hello\r\n\r\n",
	"a Flash policy request": "<policy-file-request/>\0",
	"an unknown Engine.IO protocol": upgradeRequest("/socket.io/?EIO=9&transport=websocket"),
};

/** Messages for a WebSocket session that has connected its namespace. */
export const MESSAGES: Readonly<Record<string, readonly (string | Buffer)[]>> = {
	"a placeholder that is a method": ['451-["x",{"_placeholder":true,"num":"splice"}]', Buffer.from("a")],
	"a placeholder out of range": ['451-["x",{"_placeholder":true,"num":99}]', Buffer.from("a")],
	"an event name that is an object": ['42[{"toString":"foo"}]'],
	"a billion attachments": ['451000000000-["x",{"_placeholder":true,"num":0}]'],
	"eleven attachments": [`4511-["x"${',{"_placeholder":true,"num":0}'.repeat(11)}]`],
	"no attachments in a binary event": ['450-["x"]'],
	"reserved events": [
		'42["error","boom"]',
		'42["connect"]',
		'42["disconnecting"]',
		'42["newListener","x"]',
		'42["__proto__",{}]',
	],
	"binary without a header": [Buffer.from([1, 2, 3])],
	"text between attachments": ['452-["x",{"_placeholder":true,"num":0}]', Buffer.from("a"), '42["y"]'],
	"brackets 20,000 deep": [`42["x",${"[".repeat(20_000)}${"]".repeat(20_000)}]`],
	"an ack id of 400 digits": [`42${"9".repeat(400)}["echo"]`],
	"three connects": ["40", "40", "40"],
	"an unknown namespace": ['40/nowhere,{"a":1}'],
	"an error from the client": ['44{"message":"no"}'],
	"packet types that only a server sends": ['0{"sid":"x"}', "5", "6"],
	"a packet type that does not exist": ["7", "9", ""],
	"control characters": ['42["echo","\\u0000\ufeff"]', "4\u0000", "\ufeff"],
	"calls with invalid arguments": [
		'42["echo"]',
		'420["join",{"toString":1}]',
		'421["room",null]',
		'422["publish",[]]',
		'423["whoami",1,2]',
	],
	"an invented pid and offset": ['40{"pid":"__proto__","offset":"1-1"}'],
};

/** Bodies for a polling session that has connected its namespace. @default type text */
export const BODIES: Readonly<Record<string, { body: string | Buffer; type?: string }>> = {
	"invalid base64": { body: "b!!!!" },
	"100,000 separators": { body: "\x1e".repeat(100_000) },
	"10,000 packets": { body: Array(10_000).fill('42["nobody"]').join("\x1e") },
	"binary where version 4 expects text": { body: Buffer.from([0, 255, 1]), type: "application/octet-stream" },
	"more than the limit": { body: "4".repeat(1_100_000) },
	nothing: { body: "" },
	"a close in the middle": { body: '42["echo"]\x1e1\x1e42["echo"]' },
};
