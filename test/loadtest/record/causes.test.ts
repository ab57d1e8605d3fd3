import { expect, test } from "vitest";
import { DEFAULTS } from "../../../loadtest/plan/fields.ts";
import { type Asked, causeOf } from "../../../loadtest/record/causes.ts";
import { ACK_ERRORS, ERROR_KINDS } from "../../../loadtest/record/error-kinds.ts";

const asked: Asked = { ...DEFAULTS, event: "say", connectTimeout: 3, ackTimeout: 4 };

test.each<[string, string, RegExp, Partial<Asked>?]>([
	["no_ack", "", /no answer to "say" in 4 s \(--ack-timeout\); name an event .*--probe connect/],
	["no_ack", "", /no event "said" answered "say" in 4 s .*correct --event or --ack/, { ack: "said" }],
	["no_join", "no room", /^connected, but no room; fanout needs an application that handles join/],
	["tls", "self-signed certificate, DEPTH_ZERO_SELF_SIGNED_CERT", /it is self-signed.*--ca.*--insecure/],
	["tls", "certificate has expired, CERT_HAS_EXPIRED", /has expired .*; renew it/],
	["tls", "altnames: DNS:a, ERR_TLS_CERT_ALTNAME_INVALID", /for another host \(altnames: DNS:a.*--resolve/],
	["tls", "wrong version number, EPROTO", /does not speak TLS .*http:\/\//],
	["tls", "alert certificate required, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", /--cert and --key/],
	["connect_refused", "", /start the target or correct the URL/],
	["dns", "getaddrinfo ENOTFOUND x", /host name cannot be resolved \(getaddrinfo ENOTFOUND x\)/],
	["policy_connect_refused", "Flash policy", /^Flash policy; .*--policy-port, or leave out flashsocket/],
	["http_301", "https://b/", /redirects to https:\/\/b\/ \(301\); give https:\/\/b as the target\.$/],
	["http_308", "https://b/socket.io", /; give https:\/\/b as the target\.$/],
	[
		"http_307",
		"http://b:1/live/socket.io/",
		/; give http:\/\/b:1 as the target, with --socket-path \/live\/socket\.io\/$/,
	],
	["http_301", "/v2/socket.io/", /; give --socket-path \/v2\/socket\.io\/$/],
	["http_302", "/login", /; if that is a login, .*--header, else the Engine\.IO path with --socket-path\.$/],
	[
		"transport_error",
		"io client disconnect in the scenario's setup()",
		/^the code of the scenario's file disc/,
	],
	["http_404", "", /\(404\); give the Engine\.IO path with --socket-path/],
	["http_426", "", /use its https:\/\/ address/],
	["http_403", "no entry", /refused access \(403: no entry\); give credentials/],
	["http_413", "", /too large \(413\)/],
	[
		"http_502",
		"Unexpected server response: 502",
		/failed \(502\); check that the Socket\.IO server behind it/,
	],
	["http_400", "odd", /refused the request \(400: odd\)/],
	["connection_reset", "ECONNRESET", /--socket-path/],
	["engine_0", "Transport unknown", /does not offer this transport .*--transports/],
	["engine_1", "", /make the balancer sticky, or/],
	["engine_1", "", /leave out --no-cookies/, { cookies: false }],
	["engine_4", "Forbidden", /allowRequest refused the client \(Forbidden\)/],
	["engine_5", "", /Socket\.IO 2 or before/],
	["timeout", "", /no Socket\.IO session in 3 s \(--connect-timeout\); .*Socket\.IO server and is running/],
	["upgrade_timeout", "", /^the session stayed on polling for 3 s/],
	["upgrade_http_502", "", /^the upgrade to WebSocket failed: a proxy or the server failed/],
	["connect_refused_by_server", "bad token", /application refused the connection \(bad token\).*--auth/],
	[
		"connect_refused_by_server",
		"Invalid namespace",
		/no namespace "\/api" .*--namespace.*--socket-path/,
		{ namespace: "/api" },
	],
	["io_server_disconnect", "io server disconnect", /application disconnected the client/],
	["transport_close", "transport close (code 1009) after", /a message was too large/],
	[
		"transport_close",
		"transport close before the Socket.IO connect",
		/may use another parser than socket\.io-parser, such as msgpack: name its module with --parser, for example socket\.io-msgpack-parser/,
	],
	[
		"transport_close",
		"transport close before the Socket.IO connect",
		/may use another parser than mine: correct --parser, or leave it out/,
		{ parser: "mine" },
	],
	["transport_close", "transport close after the Socket.IO connect", /closed the session .*; see its log/],
	["transport_error", "transport error (read EIO)", /the connection failed \(transport error \(read EIO\)\)/],
	["session_transport_error", "transport error (Session ID unknown)", /make the balancer sticky/],
	["not_engine_io", "", /no Engine\.IO packet/],
	["no_upgrade_offered", "", /^the server does not offer the upgrade to WebSocket/],
	[
		"parse_error",
		"",
		/uses another parser than socket\.io-parser.*--parser, for example socket\.io-msgpack-parser/,
	],
	["parse_error", "", /uses another parser than mine: correct --parser/, { parser: "mine" }],
	["ping_timeout", "", /sent no ping in time.*; check their load, .*pingInterval/],
	["handshake_refused", "", /refused the WebSocket handshake; .*--socket-path.*--header, --query/],
	[
		"payload_too_large",
		"the message has 9 bytes, and the server's maxPayload is 8",
		/^the message has 9 .*--payload/,
	],
])("the cause of %s (%s) is named with its fix", (kind, said, sentence, changed = {}) => {
	expect(causeOf(kind, said, { ...asked, ...changed })).toMatch(sentence);
});

test("what a run counts as open_… and session_… has the cause of the kind itself", () => {
	for (const kind of ["open_dns", "session_dns"])
		expect(causeOf(kind, "", asked)).toBe(causeOf("dns", "", asked));
});

test("every kind of error has a cause that goes on with its fix, in the swarm and in k6", () => {
	const kinds = [...ERROR_KINDS, ...Object.values(ACK_ERRORS)];
	expect(kinds.length).toBeGreaterThan(20);
	for (const kind of kinds)
		for (const tool of ["swarm", "k6"])
			expect(causeOf(kind, "", asked, tool), `${kind} ${tool}`).toMatch(/^\w.*; \w/);
});

test.each([
	["engine_4", "give what it asks for with SIO_HEADERS or SIO_QUERY."],
	["engine_0", "run another transport, or enable it at the server."],
	["timeout", "raise SIO_CONNECT_TIMEOUT if it is slow."],
	["http_404", "give the Engine.IO path with --socket-path."],
	["ack_timeout", "raise --ack-timeout if it is slow."],
	["parse_error", "with --parser of npm run swarm, for example socket.io-msgpack-parser."],
])("in a k6 run the fix of %s names k6's own settings", (kind, end) => {
	expect(causeOf(kind, "", asked, "k6")!.slice(-end.length)).toBe(end);
});

test("for an application without the event the three lines to add are printed", () => {
	const [, ...lines] = causeOf("no_ack", "", asked)!.split("\n");
	expect(lines.map((line) => line.trim())).toEqual([
		'io.on("connection", (socket) => {',
		'socket.on("say", (payload, ack) => ack(payload));',
		"});",
	]);
});

test("no cause is invented for an unknown kind, and no advice is given that does not follow", () => {
	expect(causeOf("open_odd", "", asked)).toBeNull();
	expect(causeOf("http_502", "", asked)).not.toContain("target first");
});
