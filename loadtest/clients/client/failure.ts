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
};

/** Node's codes for certificates and TLS: OpenSSL's verify codes and its own. */
const TLS_CODE = /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|^EPROTO$/;

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
		const text = part["responseText"] ?? part["message"];
		if (typeof text === "string") {
			const engine = /"code"\s*:\s*([0-9])/.exec(text);
			if (engine) return `engine_${engine[1]}`;
			const status = /Unexpected server response: (\d{3})/.exec(text);
			if (status) return `http_${status[1]}`;
			if (text === "timeout") return "timeout";
		}
	}
	for (const part of partsOf(error)) {
		const status = part["status"] ?? part["description"];
		if (typeof status === "number" && status >= 100) return `http_${status}`;
	}
	return error instanceof Error && "data" in error ? "connect_refused_by_server" : "transport_error";
}

/** The error and all errors nested in it: description, context, cause. */
function partsOf(error: unknown, depth = 0): Record<string, unknown>[] {
	if (typeof error !== "object" || error === null || depth > 3) return [];
	const part = error as Record<string, unknown>;
	const inner = ["description", "context", "error", "cause", "statusText"];
	const errors = Array.isArray(part["errors"]) ? part["errors"] : [];
	return [part, ...[...inner.map((key) => part[key]), ...errors].flatMap((next) => partsOf(next, depth + 1))];
}

/** The message of the innermost cause. */
export function detailOf(error: unknown): string {
	const parts = partsOf(error);
	const coded = parts.find((part) => typeof part["code"] === "string");
	const message = (coded ?? parts.at(0))?.["message"];
	return typeof message === "string" && message !== "" ? message : String(coded?.["code"] ?? error);
}
