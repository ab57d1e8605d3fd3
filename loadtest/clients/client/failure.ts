/** The kind of a failure, one word under which results count it. */
import type { ErrorKind } from "../../record/error-kinds.ts";

/** A session that could not be opened. `kind` becomes a key of the load group's errors. */
export class OpenFailure extends Error {
	readonly kind: ErrorKind;
	constructor(kind: ErrorKind, detail: string) {
		super(detail);
		this.kind = kind;
	}
}

/** Node's codes, and the one that engine.io-client has for a packet that it cannot read. */
const BY_CODE: Readonly<Record<string, ErrorKind>> = {
	ECONNREFUSED: "connect_refused",
	ECONNRESET: "connection_reset",
	EPIPE: "connection_reset",
	ETIMEDOUT: "connect_timeout",
	ENOTFOUND: "dns",
	EAI_AGAIN: "dns",
	EMFILE: "too_many_files",
	ENFILE: "too_many_files",
	EADDRNOTAVAIL: "no_free_port",
	EHOSTUNREACH: "unreachable",
	ENETUNREACH: "unreachable",
	EINVAL: "unreachable",
	"parser error": "not_engine_io",
};

/** Node's codes for certificates and TLS: OpenSSL's verify codes and its own. */
const TLS_CODE = /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|^EPROTO$/;

/** The kind of an error whose cause is not known. */
export const UNNAMED = "transport_error";

/** Engine.IO's own texts, which it sends without their codes when it refuses an upgrade. */
const ENGINE_TEXTS: Readonly<Record<string, ErrorKind>> = {
	"Transport unknown": "engine_0",
	"Session ID unknown": "engine_1",
	"Bad handshake method": "engine_2",
	"Bad request": "engine_3",
	"Unsupported protocol version": "engine_5",
};

/**
 * The kind of a socket.io-client error. Engine.IO hides the cause at a different depth for each transport, so all
 * nested objects are searched.
 */
export function kindOf(error: unknown): ErrorKind {
	for (const part of partsOf(error)) {
		const code = part["code"];
		if (typeof code === "string") {
			if (BY_CODE[code] !== undefined) return BY_CODE[code];
			if (TLS_CODE.test(code)) return "tls";
		}
		const text = bodyOf(part) ?? part["message"];
		if (typeof text === "string") {
			const engine = /"code"\s*:\s*([0-9])/.exec(text);
			if (engine) return `engine_${engine[1]}`;
			const known = ENGINE_TEXTS[text.trim()];
			if (known !== undefined) return known;
			if (text === "timeout") return "timeout";
		}
	}
	for (const part of partsOf(error)) {
		const refused = /Unexpected server response: (\d{3})/.exec(String(part["message"] ?? ""));
		if (refused) return `http_${refused[1]}`;
		const status = part["status"] ?? part["description"];
		if (typeof status === "number" && status >= 100) return `http_${status}`;
	}
	return error instanceof Error && "data" in error ? "connect_refused_by_server" : UNNAMED;
}

/** The body of an answer. Where there was none, the polling client has an error's stack in its place. */
function bodyOf(part: Record<string, unknown>): string | undefined {
	const { responseText, statusText } = part;
	return typeof responseText === "string" && !(statusText instanceof Error) ? responseText : undefined;
}

/** The error and all errors nested in it: description, context, cause. */
function partsOf(error: unknown, depth = 0): Record<string, unknown>[] {
	if (typeof error !== "object" || error === null || depth > 3) return [];
	const part = error as Record<string, unknown>;
	const inner = ["description", "context", "error", "cause", "statusText"];
	const errors = Array.isArray(part["errors"]) ? part["errors"] : [];
	return [part, ...[...inner.map((key) => part[key]), ...errors].flatMap((next) => partsOf(next, depth + 1))];
}

/** What the server said, or the message of the innermost cause. */
export function detailOf(error: unknown): string {
	const parts = partsOf(error);
	const said = parts.map(bodyOf).find((body) => body !== undefined && body.trim() !== "");
	if (said !== undefined) return readable(said);
	const coded = parts.find((part) => typeof part["code"] === "string");
	const message = (coded ?? parts.at(0))?.["message"];
	const code = coded?.["code"];
	if (typeof message !== "string" || message === "") return String(code ?? error);
	return typeof code === "string" && TLS_CODE.test(code) ? `${message}, ${code}` : message;
}

/** A body in one line: the message of Engine.IO's JSON, or the text of a page. */
function readable(body: string): string {
	const json = /"message"\s*:\s*"([^"]*)"/.exec(body);
	const text = json?.[1] ?? body.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/g, " ");
	return text.replace(/\s+/g, " ").trim();
}

/** Rejects with an OpenFailure of that kind when `promise` takes longer than `limit` milliseconds. */
export async function withTimeout<T>(
	limit: number,
	kind: ErrorKind,
	detail: string,
	promise: Promise<T>,
): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new OpenFailure(kind, `${detail} in ${limit / 1000} s`)), limit);
	});
	try {
		return await Promise.race([promise, timeout]);
	} finally {
		clearTimeout(timer);
	}
}
