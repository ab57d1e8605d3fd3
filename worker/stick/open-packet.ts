/**
 * Finds Engine.IO's open packet at the start of a polling handshake's body, in every framing that servers use. Only
 * positions and the packet's fields are read; the bytes stay as they are.
 * https://github.com/socketio/engine.io-protocol
 */

/** The open packet of a body. Positions are byte offsets in the body. */
export interface OpenPacket {
	/** One character per byte, so only its ASCII part is readable. */
	readonly sid: string;
	/** Where the session id begins, after its quote. */
	readonly sidAt: number;
	/** The packet's length that precedes it in Engine.IO 3, null in Engine.IO 4; the digits end before `to`. */
	readonly length: LengthField | null;
	/** Milliseconds; null = the packet does not have it. */
	readonly pingInterval: number | null;
	readonly pingTimeout: number | null;
	/** Bytes; sent since engine.io 6.2. */
	readonly maxPayload: number | null;
}

export interface LengthField {
	readonly from: number;
	readonly to: number;
	readonly value: number;
	/** Whether the digits are the bytes 0 to 9, as in binary framing, or ASCII. */
	readonly binary: boolean;
}

/** The payload of a body: one character per byte, or per escape in JSONP, with the offset where each begins. */
interface Payload {
	readonly text: string;
	/** Null when each character is one byte of the body. */
	readonly offsets: readonly number[] | null;
}

/** The open packet's JSON begins at `at`; `digits` is the length in front of it. */
interface Frame {
	readonly at: number;
	readonly digits: { readonly from: number; readonly to: number; readonly binary: boolean } | null;
}

/** The open packet of a body, null when the body does not begin with one that names a session. */
export function findOpenPacket(body: Uint8Array): OpenPacket | null {
	const payload = payloadOf(bytesToText(body));
	const frame = payload === null ? null : frameOf(payload.text);
	if (payload === null || frame === null) return null;
	const { text, offsets } = payload;
	const { end, sidAt } = scanObject(text, frame.at);
	if (end < 0 || sidAt < 0) return null;
	const fields = parseJson(text.slice(frame.at, end)) as Readonly<Record<string, unknown>> | null;
	const sid = fields?.["sid"];
	if (fields === null || typeof sid !== "string" || sid === "") return null;
	const offsetOf = (index: number) => (offsets === null ? index : offsets[index]!);
	const { digits } = frame;
	return {
		sid,
		sidAt: offsetOf(sidAt),
		length: digits === null ? null : lengthField(text, digits, offsetOf),
		pingInterval: amount(fields["pingInterval"]),
		pingTimeout: amount(fields["pingTimeout"]),
		maxPayload: amount(fields["maxPayload"]),
	};
}

const CHUNK_BYTES = 8192;

/** One character for each byte. */
function bytesToText(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; i += CHUNK_BYTES)
		text += String.fromCharCode(...bytes.subarray(i, i + CHUNK_BYTES));
	return text;
}

/** JSONP: `___eio[7]("…");` of engine.io and python-engineio, or with single quotes, of netty-socketio. */
const JSONP_START = /^\s*(?:\/\*\*\/\s*)?___eio\[\d*\]\(\s*(["'])/;

/** The payload: the whole body, or the string in a call of JSONP. Null when that string does not end. */
function payloadOf(body: string): Payload | null {
	const jsonp = JSONP_START.exec(body);
	return jsonp === null ? { text: body, offsets: null } : unescapeString(body, jsonp[0].length, jsonp[1]!);
}

/** The escapes of one letter in a JavaScript string, and what they mean; all other characters stand for themselves (ECMA-262 section 12.9.4). */
const LETTERS = "bfnrtv0";
const LETTER_VALUES = "\b\f\n\r\t\v\0";
const CODE_ESCAPE = /\\(?:u([\dA-Fa-f]{4})|x([\dA-Fa-f]{2}))/y;

/** The value of the JavaScript string that begins at `start`, after its quote. */
function unescapeString(source: string, start: number, quote: string): Payload | null {
	const offsets: number[] = [];
	let text = "";
	for (let i = start; i < source.length; ) {
		const from = i;
		let character = source[i]!;
		if (character === quote) return { text, offsets: [...offsets, i] };
		i += 1;
		if (character === "\\") {
			CODE_ESCAPE.lastIndex = from;
			const code = CODE_ESCAPE.exec(source);
			const letter = source[i] ?? "";
			character =
				code === null
					? (LETTER_VALUES[LETTERS.indexOf(letter)] ?? letter)
					: String.fromCharCode(Number.parseInt(code[1] ?? code[2]!, 16));
			i = code === null ? i + 1 : CODE_ESCAPE.lastIndex;
		}
		offsets.push(from);
		text += character;
	}
	return null;
}

/** Engine.IO 4, `0{"sid":…`; Engine.IO 3, `96:0{"sid":…`, as text. JSON may begin with white space. */
const TEXT_FRAME = /^(?:(\d{1,15}):)?0(?=[ \t\r\n]*\{)/;
const BINARY_LENGTH_END = 0xff;
const MOST_DIGITS = 15;

/** Where the open packet's JSON begins; null when the payload begins with something else. */
function frameOf(text: string): Frame | null {
	const frame = TEXT_FRAME.exec(text);
	if (frame === null) return binaryFrameOf(text);
	const [all, digits] = frame;
	return {
		at: all.length,
		digits: digits === undefined ? null : { from: 0, to: digits.length, binary: false },
	};
}

/**
 * Engine.IO 3 with binary framing: a byte 0 (string) or 1 (binary), the length as bytes 0 to 9, a byte 255, and the
 * packet, whose type is "0" in a string and the byte 0 in binary.
 */
function binaryFrameOf(text: string): Frame | null {
	if (!(text.charCodeAt(0) <= 1)) return null;
	let to = 1;
	while (to <= MOST_DIGITS && text.charCodeAt(to) <= 9) to += 1;
	const type = text[to + 1];
	const isOpen = type === "0" || (type === "\0" && text.charCodeAt(0) === 1);
	if (to === 1 || text.charCodeAt(to) !== BINARY_LENGTH_END || !isOpen) return null;
	return { at: to + 2, digits: { from: 1, to, binary: true } };
}

function lengthField(
	text: string,
	{ from, to, binary }: NonNullable<Frame["digits"]>,
	offsetOf: (index: number) => number,
): LengthField {
	let value = 0;
	for (let i = from; i < to; i++) value = value * 10 + (text.charCodeAt(i) & 15);
	return { from: offsetOf(from), to: offsetOf(to), value, binary };
}

/** A bracket, or a string with the colon and quote that follow a key. Strings that do not end match too, so the scan stays linear. */
const TOKEN = /[{}[\]]|("(?:[^"\\]|\\[\s\S]?)*(?:"|$))([ \t\r\n]*:[ \t\r\n]*(?=("?)))?/g;

/**
 * Where the JSON object at `start` ends, and where the text of its own last field "sid" begins, since that is the one
 * that parsers use; -1 = not found. The caller parses the object, so its syntax is not checked here.
 */
function scanObject(text: string, start: number): { end: number; sidAt: number } {
	let depth = 0;
	let sidAt = -1;
	TOKEN.lastIndex = start;
	for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
		const [token, key, colon, quote] = found;
		if (key !== undefined) {
			const isSid = depth === 1 && colon !== undefined && parseJson(key) === "sid";
			if (isSid) sidAt = quote === "" ? -1 : TOKEN.lastIndex + 1;
		} else if (token === "{" || token === "[") depth += 1;
		else if (--depth === 0) return { end: TOKEN.lastIndex, sidAt };
	}
	return { end: -1, sidAt };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function amount(value: unknown): number | null {
	return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : null;
}
