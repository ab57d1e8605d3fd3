/** The PEM files that `--ca`, `--cert` and `--key` name: read and checked before the run, and read again by its workers. */
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { UsageError } from "../../worker/command-line/command.ts";

/** File names; empty = none. */
export interface TlsFiles {
	readonly ca: string;
	readonly cert: string;
	readonly key: string;
}

/** What the files hold, as options of TLS. */
export interface TlsOptions {
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
}

const BEGIN: Readonly<Record<keyof TlsFiles, { readonly mark: RegExp; readonly what: string }>> = {
	ca: { mark: /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/, what: "a certificate" },
	cert: { mark: /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/, what: "a certificate" },
	key: { mark: /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/, what: "a private key" },
};

/** Throws a UsageError that names the flag and the file. */
export function checkTlsFiles(files: TlsFiles): void {
	if ((files.cert === "") !== (files.key === "")) {
		const [given, missing] = files.cert === "" ? ["key", "cert"] : ["cert", "key"];
		throw new UsageError(`--${given} is given without --${missing}; give both.`);
	}
	const options = tlsOptions(files);
	try {
		createSecureContext(options);
	} catch (error) {
		const flags = (["ca", "cert", "key"] as const).filter((name) => files[name] !== "");
		const named = flags.map((name) => `--${name} ${files[name]}`).join(" ");
		throw new UsageError(
			`${named}: cannot be used (${(error as Error).message}); give PEM files that belong together.`,
		);
	}
}

/** Reads the files. Throws a UsageError for one that is not PEM. */
export function tlsOptions(files: TlsFiles): TlsOptions {
	const names = (["ca", "cert", "key"] as const).filter((name) => files[name] !== "");
	return Object.fromEntries(names.map((name) => [name, readPem(name, files[name])]));
}

function readPem(name: keyof TlsFiles, file: string): string {
	const { mark, what } = BEGIN[name];
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new UsageError(`--${name} ${file}: cannot be read (${code}); give the path of a PEM file.`);
	}
	if (mark.test(text)) return text;
	throw new UsageError(`--${name} ${file}: holds no PEM of ${what}; give a PEM file.`);
}

const contexts = new Map<string, SecureContext>();

/** The TLS context of these files, made once in a process: parsing them for each connection would delay it. */
export function secureContextOf(files: TlsFiles): SecureContext {
	const key = JSON.stringify([files.ca, files.cert, files.key]);
	const context = contexts.get(key) ?? createSecureContext(tlsOptions(files));
	contexts.set(key, context);
	return context;
}
