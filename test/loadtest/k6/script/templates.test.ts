import { describe, expect, it } from "vitest";
import { settingsFrom } from "../../../../loadtest/k6/script/settings.ts";
import { settingsOf } from "../../../../loadtest/k6/script/templates.ts";
import { SettingError } from "../../../../loadtest/k6/script/variables.ts";
import { fillTemplate } from "../../../../loadtest/plan/placeholders.ts";

const URL = { SIO_URL: "https://localhost:8443/chat" };

const clientOf = (env: Record<string, string>, n: number) =>
	settingsOf(settingsFrom("polling", { ...URL, ...env }), n);

describe("a client's own settings", () => {
	it("have every placeholder filled as the swarm fills it", () => {
		const swarm = fillTemplate("{random}", { n: 7, path: "edge", transport: "polling", seed: 5 });
		const client = clientOf(
			{
				SIO_SEED: "5",
				SIO_PATH_NAME: "edge",
				SIO_NAMESPACE: "room-{n}",
				SIO_AUTH: '{"user":{n},"token":"{random}","a":{"b":1}}',
				SIO_QUERY: "?path={path}&by={transport} &seed={seed}",
				SIO_HEADERS: '{"x-user":"user {n}"}',
			},
			7,
		);
		expect(swarm).toMatch(/^[a-z0-9]{8}$/);
		expect(client).toMatchObject({
			namespace: "/room-7",
			auth: { user: 7, token: swarm, a: { b: 1 } },
			query: "path=edge&by=polling &seed=5",
			headers: { "x-user": "user 7" },
		});
	});

	it("encode what they fill into a query", () => {
		expect(clientOf({ SIO_PATH_NAME: "a&b", SIO_QUERY: "p={path}" }, 0).query).toBe("p=a%26b");
	});

	it("have the message with a number of its own, or one for all when it has none", () => {
		const numbered = clientOf({ SIO_MESSAGE: '{"id":{seq},"by":{n}}' }, 3);
		expect(numbered.messageArgs(40)).toEqual([{ id: 40, by: 3 }]);
		expect(numbered.messageArgs(41)).toEqual([{ id: 41, by: 3 }]);
		expect(clientOf({ SIO_ARGS: '["room",{"id":{seq}}]' }, 0).messageArgs(9)).toEqual(["room", { id: 9 }]);
		const { messageArgs } = clientOf({ SIO_MESSAGE: '"{n}"' }, 3);
		expect(messageArgs(1)).toEqual(["3"]);
		expect(messageArgs(1)).toBe(messageArgs(2));
	});

	it("have the payload when there is no message, the URL's namespace, and no auth", () => {
		const client = clientOf({ SIO_PAYLOAD: "3" }, 0);
		expect(client).toMatchObject({ namespace: "/chat", auth: null });
		expect(client.messageArgs(1)).toEqual(["xxx"]);
		const [bytes] = clientOf({ SIO_PAYLOAD: "3", SIO_BINARY: "1" }, 0).messageArgs(1);
		expect(new Uint8Array(bytes as ArrayBuffer)).toEqual(new Uint8Array([0x78, 0x78, 0x78]));
	});
});

describe("templates are refused by the variable's name", () => {
	it.each<[string, string, string]>([
		["SIO_AUTH", '{"t":"{row.token}"}', "k6 has no --data for {row.token}; use npm run swarm, or {n}"],
		["SIO_HEADERS", '{"a":"{env.TOKEN}"}', "k6 does not fill {env.TOKEN}; let the shell put the value in"],
		[
			"SIO_QUERY",
			"a={typo}",
			"unknown placeholder {typo}; use any of {n}, {path}, {transport}, {seed}, {random}",
		],
		[
			"SIO_QUERY",
			"a={seq}",
			"unknown placeholder {seq}; use any of {n}, {path}, {transport}, {seed}, {random}",
		],
		[
			"SIO_NAMESPACE",
			"/{typo}",
			"unknown placeholder {typo}; use any of {n}, {path}, {transport}, {seed}, {random}",
		],
		[
			"SIO_MESSAGE",
			'"{typo}"',
			"unknown placeholder {typo}; use any of {n}, {path}, {transport}, {seed}, {random}, {seq}",
		],
		["SIO_MESSAGE", "{n", 'write JSON like {"id":{seq}}'],
		["SIO_ARGS", '{"id":{seq}}', 'write a JSON array like ["room",{"id":{seq}}]'],
		["SIO_AUTH", "[1]", 'write a JSON object like {"token":"…"}'],
	])("%s=%s", (name, text, fix) => {
		const read = () => settingsFrom("websocket", { ...URL, [name]: text });
		expect(read).toThrow(SettingError);
		expect(read).toThrow(`${name}: ${fix}`);
	});

	it.each(["https://h/room-{n}", "https://h/room-%7Bn%7D"])("a placeholder in the URL %s", (url) => {
		expect(() => settingsFrom("websocket", { SIO_URL: url })).toThrow(
			/^SIO_URL ".*": no placeholder is filled in a URL; use SIO_NAMESPACE$/,
		);
	});

	it("two messages", () => {
		const env = { ...URL, SIO_MESSAGE: "1", SIO_ARGS: "[1]" };
		expect(() => settingsFrom("websocket", env)).toThrow(
			"SIO_ARGS: SIO_MESSAGE is given too; give one of them",
		);
		expect(() => settingsFrom("websocket", { ...URL, SIO_MESSAGE: "1", SIO_BINARY: "0" })).not.toThrow();
	});
});
