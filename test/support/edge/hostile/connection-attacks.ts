/** Attacks by connections: bodies that never end, answers that nobody reads, and clients that leave half way. */
import { type Attack, chunk, head, POLLING } from "./attack.ts";
import type { Attacker } from "./attacker.ts";

const CHUNKED = ["Content-Type: text/plain", "Transfer-Encoding: chunked"];
const MEGABYTE = ["Content-Type: text/plain", "Content-Length: 1000000"];
/** Just below the largest body that a pool accepts by default. */
const BIG_BODY_BYTES = 990_000;
const BIG_BODY = chunk("x".repeat(BIG_BODY_BYTES));
/** Chunks of one byte, each of which costs the runtime a buffer of its own. */
const TINY_CHUNKS = 4000;
/** A TLS record of application data (RFC 8446 section 5.1) that announces 16,000 bytes and has 5. */
const HALF_RECORD = Buffer.from([0x17, 0x03, 0x03, 0x3e, 0x80, 1, 2, 3, 4, 5]);
/** The first bytes of a ClientHello. */
const HALF_HELLO = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0xaa]);

export const CONNECTION_ATTACKS: readonly Attack[] = [
	{
		name: "bodies that never end",
		acts: [
			{
				count: 1,
				everyMs: 100,
				send: (attacker) => {
					attacker.send(head("POST", `${POLLING}&sid=${attacker.sidOfNobody()}`, CHUNKED) + BIG_BODY);
				},
			},
			{
				count: 1,
				everyMs: 250,
				send: (attacker, i) => {
					const sid = i % 2 === 0 ? attacker.sidOfNobody() : attacker.sidOfNode();
					attacker.trickle(attacker.send(head("POST", `${POLLING}&sid=${sid}`, CHUNKED) + chunk("4hello")));
				},
			},
			{
				count: 1,
				everyMs: 250,
				send: (attacker, i) => {
					const sid = i % 2 === 0 ? attacker.sidOfNobody() : attacker.sidOfNode();
					attacker.trickle(attacker.send(head("POST", `${POLLING}&sid=${sid}`, MEGABYTE)));
				},
			},
			{
				count: 1,
				everyMs: 500,
				send: (attacker, i) => {
					const sid = i % 2 === 0 ? attacker.sidOfNobody() : attacker.sidOfNode();
					attacker.send(head("POST", `${POLLING}&sid=${sid}`, CHUNKED) + chunk("x").repeat(TINY_CHUNKS));
				},
			},
			{
				count: 1,
				everyMs: 250,
				send: (attacker, i) => {
					const bytes = head("POST", "/upload", i % 2 === 0 ? CHUNKED : MEGABYTE);
					if (i % 4 === 3) attacker.sendPlain(bytes);
					else attacker.send(bytes + (i % 2 === 0 ? BIG_BODY : "x"));
				},
			},
		],
		secondRun: "beside",
		opensNoSession: true,
	},
	{
		name: "readers that do not read",
		acts: [
			{ count: 1, everyMs: 333, send: (attacker) => readNothing(attacker, head("GET", "/big")) },
			{ count: 1, everyMs: 1000, send: (attacker) => readNothing(attacker, head("GET", "/big").repeat(20)) },
			{ count: 1, everyMs: 500, send: (attacker) => readNothing(attacker, head("GET", "/drip")) },
		],
		opensNoSession: true,
	},
	{
		name: "polls of sessions that do not exist, and clients that leave half way",
		acts: [
			{
				count: 1,
				everyMs: 16,
				send: (attacker) => attacker.request("GET", `${POLLING}&sid=${attacker.sidOfNode()}`),
			},
			{ count: 1, everyMs: 83, send: leaveHalfWay },
		],
	},
];

function readNothing(attacker: Attacker, bytes: string): void {
	attacker.connect().secure.pause().write(bytes);
}

const WAYS = ["fin", "rst", "half a hello", "half a record", "half a head"] as const;

function leaveHalfWay(attacker: Attacker, i: number): void {
	const way = WAYS[i % WAYS.length]!;
	if (way === "half a hello") {
		attacker.sent += 1;
		const wire = attacker.tcp(attacker.target.httpsPort);
		wire.write(HALF_HELLO, () => (i % 2 === 0 ? wire.end() : wire.resetAndDestroy()));
		return;
	}
	const { wire, secure } = attacker.connect();
	secure.once("secureConnect", () => {
		const text = head("GET", POLLING);
		if (way === "half a record") wire.write(HALF_RECORD, () => wire.destroy());
		else if (way === "half a head") secure.write(text.slice(0, 40), () => wire.destroy());
		else secure.write(text, () => (way === "fin" ? wire.end() : wire.resetAndDestroy()));
	});
}
