import { describe, expect, it } from "vitest";
import { readFlags } from "../../../../loadtest/k6/runner/flags.ts";
import { FIELDS, type FieldName, flagOf } from "../../../../loadtest/plan/fields.ts";

const TARGET = ["websocket", "https://localhost:8443"];

describe("the flags of npm run k6", () => {
	it("become the script's variables", () => {
		const flags = "--clients 7 --rate 20 --duration 3 --ack-timeout 2 --event chat --insecure --binary".split(
			" ",
		);
		const { variables, settings } = readFlags([...TARGET, ...flags], {});
		expect(variables).toEqual({
			SIO_URL: "https://localhost:8443/",
			SIO_CLIENTS: "7",
			SIO_RATE: "20",
			SIO_DURATION: "3",
			SIO_ACK_TIMEOUT: "2",
			SIO_EVENT: "chat",
			SIO_INSECURE: "1",
			SIO_BINARY: "1",
		});
		expect(settings).toMatchObject({ clients: 7, rate: 20, duration: 3, ackTimeout: 2, insecure: true });
	});

	it("override the caller's own SIO_ variables; no other variables reach the script", () => {
		const env = { SIO_RATE: "5", SIO_AUTH: '{"token":"t"}', HOME: "/root" };
		const { variables } = readFlags([...TARGET, "--rate", "9"], env);
		expect(variables).toEqual({
			SIO_URL: "https://localhost:8443/",
			SIO_RATE: "9",
			SIO_AUTH: '{"token":"t"}',
		});
	});

	it("name the path, and accept several URLs for it", () => {
		const { path } = readFlags(["polling", "http://a:1", "http://b:2", "--path", "direct"], {});
		expect(path).toEqual({ name: "direct", urls: ["http://a:1/", "http://b:2/"] });
	});

	it.each([
		[[], /missing required argument/],
		[["websocket"], /missing required argument/],
		[
			["carrier", "http://a"],
			/^Unknown transport "carrier"; use one of: polling, websocket, upgrade, flashsocket\.$/,
		],
		[["websocket", "nowhere"], /"nowhere" is not a URL/],
		[[...TARGET, "--rate", "x"], /^--rate "x": give a number above 0/],
		[
			[...TARGET, "--scenario", "storm"],
			/^--scenario "storm": give echo or connect, or use npm run swarm for other scenarios\.$/,
		],
		[[...TARGET, "--nonsense"], /unknown option '--nonsense'/],
		[[...TARGET, "--scenario", "./mine.ts"], /^--scenario "\.\/mine\.ts": .* use npm run swarm/],
		...["--data", "--path-set", "--ack", "--ack-match", "--parser", "--hear", "--probe", "--no-cookies"].map(
			(flag): [string[], RegExp] => [
				[...TARGET, flag, "x"],
				new RegExp(`^${flag}: k6 cannot do that; use npm run swarm, or leave it out\\.$`),
			],
		),
		[[...TARGET, "--transports=polling"], /^--transports: k6 cannot do that; use npm run swarm/],
		[[...TARGET, "--auth", "hunter2"], /^--auth: k6 reads this from the environment; set SIO_AUTH\.$/],
		[[...TARGET, "--connect-timeout", "3"], /set SIO_CONNECT_TIMEOUT\.$/],
		[[...TARGET, "--message", '"{row.name}"'], /^--message: k6 has no --data for \{row\.name\}; use npm/],
		[[...TARGET, "--message", '"a"', "--binary"], /^--binary: SIO_MESSAGE is given too; give one of them\.$/],
	])("refuse %j in one line", (argv, message) => {
		expect(() => readFlags(argv, {})).toThrow(message);
	});

	it("refuse every flag that only the swarm has by its name", () => {
		for (const flag of (Object.keys(FIELDS) as FieldName[])
			.map(flagOf)
			.filter((one) => one.startsWith("--"))) {
			let message = "";
			try {
				readFlags([...TARGET, flag, "1"], {});
			} catch (error) {
				({ message } = error as Error);
			}
			expect(message).not.toContain("unknown option");
		}
	});

	it("name an invalid environment variable, but not its value when it may be secret", () => {
		expect(() => readFlags(TARGET, { SIO_AUTH: "hunter2" })).toThrow(/^SIO_AUTH: write a JSON object/);
	});
});
