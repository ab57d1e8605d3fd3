/**
 * A WebSocket client that opens its connection as Swift's Starscream does for `wss://chat.test`: the Origin has
 * the URL's own scheme, the Host names the port even where it is the default, header names are capitalized. It
 * speaks Engine.IO and Socket.IO by hand (https://socket.io/docs/v4/socket-io-protocol), WebSocket only.
 */
import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { type Line, serve } from "./lines.ts";

const HANDSHAKE_END = "\r\n\r\n";
/** RFC 6455 section 5.2. */
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const RECONNECT_MS = 1000;

const sessions = new Map<number, Session>();

serve((command, print) => {
	const { session } = command;
	if (command.do === "connect") sessions.set(session, new Session(session, new URL(command.url), print));
	else if (command.do === "ask") sessions.get(session)?.ask(command.event, command.text);
	else if (command.do === "binary") sessions.get(session)?.sendBytes(command.bytes);
	else sessions.get(session)?.close();
});

class Session {
	readonly #session: number;
	readonly #url: URL;
	readonly #print: (line: Line) => void;
	#socket!: TcpSocket;
	#key = "";
	#received: Buffer = Buffer.alloc(0);
	#upgraded = false;
	#closed = false;

	constructor(session: number, url: URL, print: (line: Line) => void) {
		this.#session = session;
		this.#url = url;
		this.#print = print;
		this.#open();
	}

	ask(event: string, text: string): void {
		this.#send(TEXT, `420${JSON.stringify([event, text])}`);
	}

	sendBytes(base64: string): void {
		this.#send(TEXT, `451-${JSON.stringify(["binary", { _placeholder: true, num: 0 }])}`);
		this.#send(BINARY, Buffer.from(base64, "base64"));
	}

	close(): void {
		this.#closed = true;
		this.#socket.destroy();
	}

	#open(): void {
		const { hostname: host, port, protocol } = this.#url;
		const secure = protocol === "https:";
		this.#received = Buffer.alloc(0);
		this.#upgraded = false;
		this.#key = randomBytes(16).toString("base64");
		const target = { host, port: Number(port) };
		this.#socket = secure ? connectTls(target) : connectTcp(target);
		this.#socket.on("data", (bytes) => this.#receive(bytes)).on("error", () => {});
		this.#socket.on("close", () => void this.#reopen());
		const names = secure ? ["wss://chat.test", "chat.test:443"] : ["ws://chat.test", "chat.test:80"];
		this.#socket.write(
			[
				"GET /socket.io/?transport=websocket&EIO=4 HTTP/1.1",
				"Upgrade: websocket",
				`Origin: ${names[0]}`,
				"Connection: Upgrade",
				`Sec-WebSocket-Key: ${this.#key}`,
				"Sec-WebSocket-Version: 13",
				`Host: ${names[1]}`,
			].join("\r\n") + HANDSHAKE_END,
		);
	}

	async #reopen(): Promise<void> {
		if (this.#closed) return;
		this.#print({ session: this.#session, on: "disconnect", text: "transport close" });
		await pause(RECONNECT_MS);
		if (!this.#closed) this.#open();
	}

	#receive(bytes: Buffer): void {
		this.#received = Buffer.concat([this.#received, bytes]);
		if (!this.#upgraded && !this.#readHandshake()) return;
		for (let frame = takeFrame(this.#received); frame !== null; frame = takeFrame(this.#received)) {
			this.#received = frame.rest;
			if (frame.opcode === CLOSE) this.#socket.destroy();
			else if (frame.opcode === BINARY)
				this.#print({ session: this.#session, on: "binary", bytes: frame.payload.toString("base64") });
			else this.#packet(frame.payload.toString());
		}
	}

	#readHandshake(): boolean {
		const end = this.#received.indexOf(HANDSHAKE_END);
		if (end < 0) return false;
		const head = this.#received.subarray(0, end).toString();
		this.#received = this.#received.subarray(end + HANDSHAKE_END.length);
		// RFC 6455 section 4.2.2
		const accept = createHash("sha1").update(`${this.#key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
		this.#upgraded = head.startsWith("HTTP/1.1 101 ") && head.includes(accept.digest("base64"));
		if (this.#upgraded) return true;
		this.#print({ session: this.#session, on: "error", text: `${head.split("\r\n")[0]} ${this.#received}` });
		this.#socket.destroy();
		return false;
	}

	#packet(packet: string): void {
		if (packet.startsWith("0")) this.#send(TEXT, "40");
		else if (packet.startsWith("2")) this.#send(TEXT, "3");
		else if (packet.startsWith("40")) this.#print({ session: this.#session, on: "connect" });
		else if (packet.startsWith("43"))
			this.#print({ session: this.#session, on: "ack", text: JSON.parse(packet.slice(3))[0] });
	}

	/** Sends one masked frame (RFC 6455 section 5.3); all of them here are short. */
	#send(opcode: number, data: string | Buffer): void {
		const payload = Buffer.from(data as string);
		if (payload.length > 125) throw new RangeError("a frame of the matrix has at most 125 bytes");
		const mask = randomBytes(4);
		const masked = payload.map((byte, i) => byte ^ mask[i % 4]!);
		this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]));
	}
}

/** The first whole frame of what was received; servers do not mask, and without extensions nothing is compressed. */
function takeFrame(bytes: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | null {
	if (bytes.length < 2) return null;
	const short = bytes[1]! & 0x7f;
	if (short === 126 && bytes.length < 4) return null;
	const [start, length] = short === 126 ? [4, bytes.readUInt16BE(2)] : [2, short];
	if (bytes.length < start + length) return null;
	const [payload, rest] = [bytes.subarray(start, start + length), bytes.subarray(start + length)];
	return { opcode: bytes[0]! & 0x0f, payload, rest };
}
