import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
	DEFAULTS,
	FIELDS,
	type FieldName,
	flagOf,
	rowOf,
	SETTING_NAMES,
} from "../../../loadtest/plan/fields.ts";
import { readFlags } from "../../../loadtest/plan/flags.ts";
import { planFrom } from "../../../loadtest/plan/plan.ts";
import { importsOf } from "../../support/architecture/imports.ts";

/** A value for every flag that takes one, as text and as the field holds it. */
const GIVEN: Partial<Record<FieldName, readonly [string | undefined, unknown]>> = {
	scenario: ["storm", "storm"],
	paths: ["a=http://a", "a=http://a"],
	transports: ["polling, websocket", ["polling", "websocket"]],
	clients: ["7", 7],
	rate: ["0.5", 0.5],
	duration: ["9", 9],
	warmup: ["0", 0],
	payload: ["0", 0],
	seed: ["4294967295", 4294967295],
	arrivals: ["poisson", "poisson"],
	grain: ["0", 0],
	ackTimeout: ["1.5", 1.5],
	maxLoss: ["0.5 %", 0.5],
	connectRate: ["3", 3],
	connectTimeout: ["2", 2],
	phaseSessions: ["0", 0],
	processes: ["2", 2],
	sources: ["10.0.0.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
	pollingAgent: ["default", "default"],
	event: ["say", "say"],
	ack: ["said", "said"],
	ackMatch: ["0.id", "0.id"],
	message: ['{"n":{n}}', '{"n":{n}}'],
	args: ['["a",{n}]', '["a",{n}]'],
	data: ["users.csv", "users.csv"],
	parser: ["socket.io-msgpack-parser", "socket.io-msgpack-parser"],
	hear: ["tick", "tick"],
	hearSeq: ["0.n", "0.n"],
	probe: ["connect", "connect"],
	namespace: ["/chat", "/chat"],
	auth: ["{}", "{}"],
	query: ["room=a,user=b=c", { room: "a", user: "b=c" }],
	headers: ["X-A: 1", { "X-A": "1" }],
	pathHeaders: ["edge=X-A: 1", { edge: { "X-A": "1" } }],
	pathSet: ["edge.socket-path=/app/", { edge: { socketPath: "/app/" } }],
	ca: ["ca.pem", "ca.pem"],
	cert: ["cert.pem", "cert.pem"],
	key: ["key.pem", "key.pem"],
	resolve: ["Example.org:443=[::1]", { "example.org:443": "::1" }],
	cookies: [undefined, false],
	socketPath: ["/rt/", "/rt/"],
	policyPort: ["843", 843],
	cut: ["graceful", "graceful"],
	probes: ["2", 2],
	chaosRun: ["kill 1", "kill 1"],
	chaosAt: ["3", 3],
	machine: ["2/3", { number: 2, of: 3 }],
	startAt: ["1795780800", 1_795_780_800],
	watch: ["edge=12,n1=13", { edge: 12, n1: 13 }],
};

const names = Object.keys(FIELDS) as FieldName[];
const withFlag = names.filter((name) => rowOf(name).flag !== null);

describe("every field with a flag", () => {
	test.each(withFlag)("%s is read from its flag", (name) => {
		const [text, value] = GIVEN[name] ?? [undefined, true];
		const { options } = readFlags([flagOf(name), ...(text === undefined ? [] : [text])]);
		expect(options).toEqual({ [name]: value });
	});

	test("has a flag of its own and a help text", () => {
		expect(new Set(withFlag.map(flagOf)).size).toBe(withFlag.length);
		expect(names.filter((name) => rowOf(name).help === "")).toEqual([]);
	});
});

test("a field whose value the flags would refuse is refused from a scenario or a caller too", () => {
	const refused = SETTING_NAMES.filter((name) => {
		const value = typeof DEFAULTS[name] === "number" ? -2 : "no such word";
		return rowOf(name).kind.complaint(value) !== undefined;
	});
	const numbers = SETTING_NAMES.filter((name) => typeof DEFAULTS[name] === "number");
	expect(refused).toEqual(expect.arrayContaining([...numbers, "arrivals", "pollingAgent", "probe", "cut"]));
	for (const name of numbers)
		expect(() => planFrom({ url: "http://a", [name]: -2 })).toThrow(`${flagOf(name)} -2: give a`);
});

test("the defaults make a plan", () => {
	expect(() => planFrom({ url: "http://localhost" })).not.toThrow();
});

test("a refused header is not repeated, for it may be a secret", () => {
	expect(() => readFlags(["--header", "hush"])).toThrow("--header: write 'Name: value'.");
	expect(() => readFlags(["--path-header", "edge=hush"])).toThrow("--path-header: write 'path=Name: value'.");
});

test("repeated headers add up", () => {
	const { options } = readFlags([
		"--header",
		"a: 1",
		"--header",
		"b: 2",
		"--path-header",
		"e=a: 3",
		"--path-header",
		"e=b: 4",
	]);
	expect(options).toEqual({ headers: { a: "1", b: "2" }, pathHeaders: { e: { a: "3", b: "4" } } });
});

test("auth and headers may come from a file, of headers one a line", () => {
	const folder = mkdtempSync(join(tmpdir(), "fields-"));
	const [auth, lines] = ["auth.json", "headers.txt"].map((name) => join(folder, name));
	writeFileSync(auth!, '{"token":"hush"}\n');
	writeFileSync(lines!, "a: 1\r\n\nb: 2=3\n");
	const { options } = readFlags([
		...["--auth", `@${auth}`, "--header", `@${lines}`, "--header", "c: 4", "--path-header", `e=@${lines}`],
		...["--path-set", `e.auth=@${auth}`, "--path-set", `e.header=@${lines}`],
	]);
	rmSync(folder, { recursive: true });
	const headers = { a: "1", b: "2=3" };
	expect(options).toEqual({
		auth: '{"token":"hush"}',
		headers: { ...headers, c: "4" },
		pathHeaders: { e: headers },
		pathSet: { e: { auth: '{"token":"hush"}', headers } },
	});
	expect(() => readFlags(["--auth", "@/none.json"])).toThrow("--auth @/none.json: cannot be read (ENOENT)");
});

test("k6's scripts can load the table: neither it nor what it imports needs Node or a package", () => {
	const seen = new Set<string>();
	const open = ["loadtest/plan/fields.ts"];
	for (let file = open.pop(); file !== undefined; file = open.pop()) {
		seen.add(file);
		for (const name of importsOf(file)) if (!seen.has(name)) open.push(name);
	}
	expect([...seen].filter((name) => !name.startsWith("loadtest/"))).toEqual([]);
});
