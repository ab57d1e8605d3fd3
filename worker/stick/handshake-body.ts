/** Reads the body of a handshake's answer: bounded, and decoded as far as the runtime can. */

/** The largest body that is read. Open packets have some 100 bytes; what Socket.IO 2 appends is rarely larger. */
export const MAX_HANDSHAKE_BYTES = 1_000_000;

/** A body; or why it cannot be read, as the end of the sentence "its body …", with what was read of it. */
export interface HandshakeBody {
	readonly bytes: Uint8Array;
	readonly problem: string | null;
}

/** Reads the whole body, and decodes what the runtime has not. Rejects when the connection breaks. */
export async function readHandshake(response: Response): Promise<HandshakeBody> {
	const encoding = response.headers.get("content-encoding") ?? "";
	let body: HandshakeBody;
	try {
		body = await readBounded(response.body);
	} catch (error) {
		// The runtime throws a TypeError when the body does not match Content-Encoding.
		if (encoding === "" || !(error instanceof TypeError)) throw error;
		return { bytes: new Uint8Array(), problem: CORRUPT };
	}
	for (const coding of codingsLeft(encoding)) {
		if (body.problem !== null) break;
		body = await decode(body.bytes, coding);
	}
	return body;
}

const CORRUPT = "does not have the encoding that it claims";

/** What workerd decodes itself, when Content-Encoding is exactly this. Everything else arrives as it was sent. */
const RUNTIME_DECODES: ReadonlySet<string> = new Set(["gzip", "br"]);

/** The content codings (RFC 9110 section 8.4) that are left to decode, the outermost first. */
function codingsLeft(contentEncoding: string): readonly string[] {
	if (RUNTIME_DECODES.has(contentEncoding)) return [];
	return contentEncoding
		.toLowerCase()
		.split(",")
		.map((coding) => coding.trim())
		.filter((coding) => coding !== "" && coding !== "identity")
		.reverse();
}

async function decode(bytes: Uint8Array, coding: string): Promise<HandshakeBody> {
	const format = formatOf(coding, bytes);
	if (format === null) return { bytes, problem: "has an encoding that the edge cannot decode" };
	try {
		return await readBounded(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)));
	} catch {
		return { bytes, problem: CORRUPT };
	}
}

/** `deflate` means zlib's format (RFC 9110 section 8.4.1.2); some servers send it without zlib's header (RFC 1950 section 2.2). */
function formatOf(
	coding: string,
	[first = 0, second = 0]: Uint8Array,
): "gzip" | "deflate" | "deflate-raw" | null {
	if (coding === "gzip" || coding === "x-gzip") return "gzip";
	if (coding !== "deflate") return null;
	const hasHeader = (first & 15) === 8 && ((first << 8) | second) % 31 === 0;
	return hasHeader ? "deflate" : "deflate-raw";
}

/** Reads a stream to its end, or cancels it once it exceeds the limit. */
async function readBounded(stream: ReadableStream<Uint8Array> | null): Promise<HandshakeBody> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	if (stream !== null)
		for await (const chunk of stream) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > MAX_HANDSHAKE_BYTES) break;
		}
	const bytes = chunks.length === 1 ? chunks[0]! : await new Blob(chunks).bytes();
	return { bytes, problem: size > MAX_HANDSHAKE_BYTES ? `has more than ${MAX_HANDSHAKE_BYTES} bytes` : null };
}

const SHOWN_BYTES = 8;
const SHOWN_CHARACTERS = 80;

/**
 * What a handshake's answer was, for an error message and the log. The first 8 bytes are enough to recognize the format
 * (`<!DOCTYP`, zstd's magic number), and end before the session id.
 */
export function describeHandshake(headers: Headers, { bytes, problem }: HandshakeBody): string {
	const header = (name: string) => {
		const value = headers.get(name);
		return value === null ? "none" : `"${printable(value.slice(0, SHOWN_CHARACTERS))}"`;
	};
	const first = bytes.subarray(0, SHOWN_BYTES);
	const shown = bytes.length === 0 ? "none" : `"${printable(String.fromCharCode(...first))}"`;
	return (
		`its body ${problem ?? "does not begin with an open packet of Engine.IO"} (content type ${header("content-type")}, ` +
		`content encoding ${header("content-encoding")}, first bytes ${shown})`
	);
}

/** ASCII as it is; every other byte, and what would end the quotes, as `\x28`. */
function printable(text: string): string {
	return text.replace(
		/[^ !#-[\]-~]/g,
		(character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
	);
}
