import { describe, expect, it } from "vitest";
import { settingsFrom } from "../../../../loadtest/k6/script/settings.ts";
import { SettingError } from "../../../../loadtest/k6/script/variables.ts";
import { DEFAULTS } from "../../../../loadtest/plan/fields.ts";

const URL = { SIO_URL: "https://localhost:8443" };

describe("the scripts' settings", () => {
	it("default to the swarm's", () => {
		const { clients, rate, duration, warmup, payload, event, ackTimeout, connectRate, socketPath, maxLoss } =
			DEFAULTS;
		expect(settingsFrom("websocket", URL)).toMatchObject({
			...{ clients, rate, duration, warmup, payload, event, ackTimeout, connectRate, socketPath, maxLoss },
			scenario: "echo",
			origins: ["https://localhost:8443"],
			namespace: "/",
			insecure: false,
			auth: "",
			...{ message: "", args: "", query: "", headers: {}, pathName: "target", seed: 1 },
			...{ ackP95Ms: null, loopLagP95Ms: null, ackedShare: null, connectedShare: null },
		});
	});

	it("spread sessions over several origins and take a path as the namespace", () => {
		const { origins, namespace } = settingsFrom("polling", { SIO_URL: "wss://a:1/chat, https://b:2/chat" });
		expect({ origins, namespace }).toEqual({ origins: ["https://a:1", "https://b:2"], namespace: "/chat" });
	});

	it("take an application's own event, auth, query and headers", () => {
		const settings = settingsFrom("websocket", {
			...URL,
			SIO_EVENT: "chat",
			SIO_AUTH: '{"token":"t"}',
			SIO_QUERY: "&room=1",
			SIO_HEADERS: '{"origin":"https://app.example"}',
			SIO_BINARY: "1",
			SIO_PATH: "/rt",
		});
		expect(settings).toMatchObject({
			event: "chat",
			auth: '{"token":"t"}',
			query: "room=1",
			headers: { origin: "https://app.example" },
			binary: true,
			socketPath: "/rt/",
		});
	});

	it.each([
		[{}, /^SIO_URL: give a target like/],
		[{ SIO_URL: "localhost:8443" }, /^SIO_URL "localhost:8443": write a URL/],
		[{ SIO_URL: "https://u:p@host" }, /^SIO_URL/],
		[{ SIO_URL: "u:p@host" }, /^SIO_URL "…@host": write a URL/],
		[{ SIO_URL: "https://a/x,https://b/y" }, /same namespace/],
		[
			{ ...URL, SIO_SCENARIO: "storm" },
			/^SIO_SCENARIO "storm": give echo or connect, or use npm run swarm for other scenarios$/,
		],
		[{ ...URL, SIO_CLIENTS: "0" }, /^SIO_CLIENTS "0": give a whole number from 1/],
		[{ ...URL, SIO_CLIENTS: "1.5" }, /^SIO_CLIENTS/],
		[{ ...URL, SIO_RATE: "-1" }, /^SIO_RATE "-1": give a number above 0/],
		[{ ...URL, SIO_RATE: "fast" }, /^SIO_RATE/],
		[{ ...URL, SIO_DURATION: "0.5" }, /1 second or more/],
		[{ ...URL, SIO_ACKED_SHARE: "99" }, /a share from 0 to 1/],
		[{ ...URL, SIO_MAX_LOSS: "101" }, /^SIO_MAX_LOSS "101": give a percentage from 0 to 100/],
		[{ ...URL, SIO_INSECURE: "yes" }, /^SIO_INSECURE "yes": give 0 or 1$/],
		[{ ...URL, SIO_TLS_MIN: "ssl3" }, /tls1.2 or tls1.3/],
		[{ ...URL, SIO_PATH: "socket.io" }, /a path like \/socket.io\//],
		[{ ...URL, SIO_HEADERS: '{"a":1}' }, /each header a string/],
		[{ ...URL, SIO_CERT: "a.pem" }, /^SIO_KEY: a certificate needs its key/],
		[{ ...URL, SIO_KEY: "a.pem" }, /^SIO_CERT: a key needs its certificate/],
	] as const)("refuse %j in one line that names the allowed values", (env, message) => {
		const read = () => settingsFrom("websocket", env);
		expect(read).toThrow(SettingError);
		expect(read).toThrow(message);
	});

	it("do not repeat a secret that is malformed", () => {
		expect(() => settingsFrom("websocket", { ...URL, SIO_AUTH: "hunter2" })).toThrow(
			/^SIO_AUTH: write a JSON object like \{"token":"…"\}$/,
		);
	});
});
