/** The certificate of a self-hosted edge: the given one, or a self-signed one for localhost that is kept between runs. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { CommandError, UsageError } from "../command-line/command.ts";
import { readPem } from "../command-line/files.ts";
import { STATE_FOLDER } from "../command-line/project.ts";

const DAY_MS = 86_400_000;
/** Shorter than every browser's limit for a server certificate. */
const VALIDITY_MS = 90 * DAY_MS;
/** A certificate that expires within this time is replaced. */
const RENEW_BEFORE_MS = 7 * DAY_MS;

/** Paths of PEM files. */
export interface Certificate {
	readonly certFile: string;
	readonly keyFile: string;
	/** Whether it is self-signed, so that clients must be configured to trust it. */
	readonly selfSigned: boolean;
}

/** The certificate of `--cert` and `--key`, checked; without them the kept one for localhost, renewed before it expires. */
export async function certificateFor(certFile: string | null, keyFile: string | null): Promise<Certificate> {
	if (certFile === null && keyFile === null) return localhostCertificate();
	if (certFile === null) throw new UsageError("--key without --cert; give both PEM files");
	if (keyFile === null) throw new UsageError("--cert without --key; give both PEM files");
	const [cert, key] = await Promise.all([readPem(certFile, "--cert"), readPem(keyFile, "--key")]);
	checkPair(cert, key, certFile, keyFile);
	return { certFile, keyFile, selfSigned: false };
}

async function localhostCertificate(): Promise<Certificate> {
	const certFile = join(STATE_FOLDER, "localhost-cert.pem");
	const keyFile = join(STATE_FOLDER, "localhost-key.pem");
	if (!(await isFresh(certFile, keyFile))) await createLocalhostCertificate(certFile, keyFile);
	return { certFile, keyFile, selfSigned: true };
}

async function isFresh(certFile: string, keyFile: string): Promise<boolean> {
	try {
		const cert = new X509Certificate(await readFile(certFile));
		const key = createPrivateKey(await readFile(keyFile));
		return cert.checkPrivateKey(key) && Date.parse(cert.validTo) - Date.now() > RENEW_BEFORE_MS;
	} catch {
		return false;
	}
}

async function createLocalhostCertificate(certFile: string, keyFile: string): Promise<void> {
	const created = await generate([{ name: "commonName", value: "localhost" }], {
		keyType: "ec",
		algorithm: "sha256",
		notAfterDate: new Date(Date.now() + VALIDITY_MS),
		extensions: [
			{ name: "basicConstraints", cA: false },
			{ name: "keyUsage", digitalSignature: true },
			{ name: "extKeyUsage", serverAuth: true },
			{
				name: "subjectAltName",
				altNames: [
					{ type: 2, value: "localhost" },
					{ type: 7, ip: "127.0.0.1" },
					{ type: 7, ip: "::1" },
				],
			},
		],
	});
	await mkdir(STATE_FOLDER, { recursive: true });
	await writeFile(keyFile, created.private, { mode: 0o600 });
	await chmod(keyFile, 0o600);
	await writeFile(certFile, created.cert);
}

function checkPair(cert: Buffer, key: Buffer, certFile: string, keyFile: string): void {
	let parsed: X509Certificate;
	try {
		parsed = new X509Certificate(cert);
	} catch {
		throw new CommandError(
			`--cert ${certFile}: not a certificate; give a PEM file that begins with -----BEGIN CERTIFICATE-----`,
		);
	}
	let matches: boolean;
	try {
		matches = parsed.checkPrivateKey(createPrivateKey(key));
	} catch {
		throw new CommandError(`--key ${keyFile}: not a private key; give an unencrypted PEM file`);
	}
	if (!matches)
		throw new CommandError(`--key ${keyFile}: does not match --cert ${certFile}; give a matching pair`);
}
