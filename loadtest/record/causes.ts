/** What each kind of error means and how to fix it, in one sentence. Preflight and report print it. */
import type { Settings } from "../plan/fields.ts";

/** The settings that a cause names. */
export type Asked = Pick<
	Settings,
	"event" | "ack" | "connectTimeout" | "ackTimeout" | "namespace" | "socketPath" | "cookies" | "parser"
>;

/** One failure: what was said about it, by the server or by Node, and what the run had asked for. */
interface Failure {
	readonly said: string;
	readonly asked: Asked;
}

type Cause = (failure: Failure) => string;

/** The prefixes under which a run counts the same causes. */
const PREFIX = /^(open_|session_)?(upgrade_(?!timeout))?/;
/** What a flow's errors have behind the kind: the step. */
const STEP = /:.*$/;

/**
 * The cause of an error by its kind, with or without a prefix; null for a kind that says nothing itself. It names the
 * settings as `tool` (`swarm` or `k6`) does.
 */
export function causeOf(kind: string, said: string, asked: Asked, tool = "swarm"): string | null {
	const [prefix] = Object.hasOwn(CAUSES, kind) ? [""] : PREFIX.exec(kind)!;
	const name = kind.slice(prefix.length).replace(STEP, "");
	const cause = name.startsWith("policy_") ? flashPolicy : (CAUSES[name] ?? httpCause(name));
	if (cause === null) return null;
	const sentence = cause({ said, asked });
	const whole = prefix.includes("upgrade_") ? `the upgrade to WebSocket failed: ${sentence}` : sentence;
	return tool === "k6" ? asK6Names(whole) : whole;
}

/** What k6 sets in another way, and what only the swarm can set. */
const K6_NAMES: Readonly<Record<string, string>> = {
	"leave it out of --transports": "run another transport",
	"leave upgrade out of --transports": "run another transport",
	"--probe connect": "--scenario connect",
	"--connect-timeout": "SIO_CONNECT_TIMEOUT",
	"--auth": "SIO_AUTH",
	"--header": "SIO_HEADERS",
	"--query": "SIO_QUERY",
	"--cert": "SIO_CERT",
	"--key": "SIO_KEY",
	"--ack": "--ack of npm run swarm",
	"--parser": "--parser of npm run swarm",
	"--resolve": "--resolve of npm run swarm",
	"--sources": "--sources of npm run swarm",
};
const K6_NAME = new RegExp(`(?:${Object.keys(K6_NAMES).join("|")})(?![\\w-])`, "g");

function asK6Names(sentence: string): string {
	return sentence.replace(K6_NAME, (name) => K6_NAMES[name]!);
}

const CAUSES: Readonly<Record<string, Cause>> = {
	no_join: ({ said }) =>
		`connected, but ${said || "the application answered no join"}; fanout needs an application that handles join(room, ack) and room(room, payload, ack) (see loadtest/README.md).`,
	no_ack: ({ asked }) => noAnswer(asked),
	ack_timeout: ({ asked: { ackTimeout } }) =>
		`messages had no answer within --ack-timeout (${ackTimeout} s); look for them in the application's log, or raise --ack-timeout if it is slow.`,
	ack_lost_with_session: () =>
		"the session ended before the answer came; the errors of kind session_… say why.",
	tls: ({ said }) => certificate(said),
	connect_refused: () => "connection refused; start the target or correct the URL.",
	connect_timeout: () => "no TCP connection; check the URL, and whether a firewall drops the packets.",
	unreachable: ({ said }) =>
		`no route to the target${quoted(said)}; check the URL, the network and --sources.`,
	dns: ({ said }) => `the host name cannot be resolved${quoted(said)}; correct the URL, or use --resolve.`,
	connection_reset: ({ said }) =>
		`the server closed the connection${quoted(said)}; check that it is a Socket.IO server with this --socket-path.`,
	no_free_port: () =>
		"the source address has no free port to the target; give more --sources or target addresses.",
	too_many_files: () => "this machine has no free file descriptor; raise `ulimit -n`.",
	timeout: ({ asked: { connectTimeout } }) =>
		`no Socket.IO session in ${connectTimeout} s (--connect-timeout); check that the target is a Socket.IO server and is running, or raise --connect-timeout if it is slow.`,
	upgrade_timeout: ({ asked: { connectTimeout } }) =>
		`the session stayed on polling for ${connectTimeout} s (--connect-timeout); let the proxies in between pass WebSocket upgrades, or leave out the transport upgrade.`,
	handshake_refused: ({ said }) =>
		`the server or a proxy refused the WebSocket handshake${quoted(said)}; check that it offers WebSocket at this --socket-path, and what it asks for (--header, --query).`,
	engine_0: () =>
		"the server does not offer this transport (its option `transports`); leave it out of --transports, or enable it at the server.",
	not_engine_io: () =>
		"the answer is no Engine.IO packet; check that the URL is that of a Socket.IO server, with its --socket-path.",
	no_upgrade_offered: () =>
		"the server does not offer the upgrade to WebSocket (its option `transports`, or `allowUpgrades: false`); leave upgrade out of --transports, or enable it at the server.",
	engine_1: ({ asked }) => unknownSession(asked),
	engine_2: ({ said }) =>
		`the server refused the method of the handshake${quoted(said)}; check the proxies in between.`,
	engine_3: ({ said }) => `the server refused the handshake${quoted(said)}; check the proxies in between.`,
	engine_4: ({ said }) =>
		`the server's allowRequest refused the client${quoted(said)}; give what it asks for with --header or --query.`,
	engine_5: () =>
		"the server uses an older protocol (Socket.IO 2 or before); upgrade it to Socket.IO 3 or later.",
	connect_refused_by_server: ({ said, asked }) =>
		said === "Invalid namespace" ? invalidNamespace(asked) : refusedByApplication(said),
	payload_too_large: ({ said }) =>
		`${said || "the message exceeds the server's maxPayload"}; lower --payload or shorten --message, or raise maxHttpBufferSize at the server.`,
	io_server_disconnect: ({ said }) =>
		`the application disconnected the client${quoted(said)}; check what it requires of one (--auth, --header, --query), and whether it allows this many sessions.`,
	transport_close: ({ said, asked }) => closedByServer(said, asked),
	transport_error: ({ said, asked }) =>
		said.includes("Session ID unknown")
			? unknownSession(asked)
			: said.startsWith("io client disconnect")
				? `the code of the scenario's file disconnected the client${quoted(said)}; correct it.`
				: `the connection failed${quoted(said)}; see the logs of the server and of the proxies in between.`,
	parse_error: ({ said, asked }) =>
		`the client cannot read the server's packets${quoted(said)}; the server ${otherParser(asked)}.`,
	ping_timeout: () =>
		"the server sent no ping in time: it, or a proxy, stalled or dropped the connection; check their load, and that the proxy lets connections idle for longer than the server's pingInterval.",
	scenario_error: ({ said }) => `the code of the scenario's file failed${quoted(said)}; correct it.`,
	scenario_timeout: ({ said, asked: { connectTimeout } }) =>
		`${said || "the code of the scenario's file did not end"} (--connect-timeout ${connectTimeout} s); look for a request or an acknowledgement that it waits for in vain, or raise --connect-timeout if that is slow.`,
	no_free_client: () => "a flow was due while every client was busy with another one; raise --clients.",
	no_sequence_number: () =>
		"an event had no whole number at --hear-seq; correct it, or leave --hear-seq out.",
	nothing_heard: () =>
		"a session heard no such event in its slot; correct --hear, subscribe in the scenario's setup(), or measure for longer.",
	not_back: () => "sessions that were cut had not reconnected when the slot ended; give a longer --duration.",
};

function flashPolicy({ said }: Failure): string {
	return `${said}; start a Flash policy server, give its port with --policy-port, or leave out flashsocket.`;
}

/** The cause of an HTTP status, `http_404`. */
function httpCause(name: string): Cause | null {
	const status = Number(/^http_(\d{3})$/.exec(name)?.[1]);
	if (Number.isNaN(status)) return null;
	return ({ said, asked }) => {
		const answer = `(${status}${said === "" || said === `Unexpected server response: ${status}` ? "" : `: ${said}`})`;
		if ([301, 302, 303, 307, 308].includes(status)) return redirected(said, status, asked);
		if (status === 404)
			return `no Socket.IO at this path ${answer}; give the Engine.IO path with --socket-path.`;
		if (status === 426) return `the target asks for another protocol ${answer}; use its https:// address.`;
		if (status === 401 || status === 403 || status === 407)
			return `the target refused access ${answer}; give credentials with --header, --query or --auth.`;
		if (status === 413)
			return `a request was too large ${answer}; lower --payload or shorten --message, or raise the server's limit.`;
		if (status === 429) return `the target limits the rate of requests ${answer}; exempt this machine there.`;
		if (status >= 500)
			return `a proxy or the server failed ${answer}; check that the Socket.IO server behind it is running.`;
		return `the target refused the request ${answer}; check that it offers this transport at this --socket-path, and what it asks for (--header, --query).`;
	};
}

/** Where a redirect leads: Engine.IO at another address or path, or a page, such as a login. */
function redirected(location: string, status: number, { socketPath }: Asked): string {
	const sentence = `the target redirects to ${location} (${status})`;
	const base = "http://target.invalid";
	const url = URL.canParse(location, base) ? new URL(location, base) : null;
	if (url === null) return `${sentence}; give that address as the target.`;
	const slashed = (path: string) => (path.endsWith("/") ? path : `${path}/`);
	const path = slashed(url.pathname);
	const target = url.origin === base ? "" : `give ${url.origin} as the target`;
	if (path === slashed(socketPath) || path === "/")
		return `${sentence}; ${target || "see the rules of the proxies in between"}.`;
	const last = socketPath.split("/").findLast((part) => part !== "");
	if (last !== undefined && path.endsWith(`/${last}/`))
		return `${sentence}; ${target === "" ? "give" : `${target}, with`} --socket-path ${path}`;
	return `${sentence}; if that is a login, give what it asks for with --header, else ${target === "" ? "the Engine.IO path with" : `${target} and the Engine.IO path with`} --socket-path.`;
}

function noAnswer({ event, ack, ackTimeout }: Asked): string {
	const limit = `in ${ackTimeout} s (--ack-timeout)`;
	if (ack !== "")
		return `connected, but no event "${ack}" answered "${event}" ${limit}; correct --event or --ack, raise --ack-timeout if the application is slow, or use --probe connect.`;
	return (
		`connected, but no answer to "${event}" ${limit}; name an event that the application acknowledges with --event, one that it answers by another event with --event and --ack, use --probe connect, or add to the application\n` +
		`  io.on("connection", (socket) => {\n    socket.on("${event}", (payload, ack) => ack(payload));\n  });`
	);
}

/** OpenSSL's and Node's codes stand behind their messages. */
function certificate(said: string): string {
	if (/CERT_HAS_EXPIRED/.test(said))
		return `the certificate has expired (${said}); renew it, or use --insecure to trust any.`;
	if (/CERT_NOT_YET_VALID/.test(said))
		return `the certificate is not valid yet (${said}); check the clocks, or use --insecure to trust any.`;
	if (/ALTNAME_INVALID/.test(said))
		return `the certificate is for another host (${said}); use a host name that it covers (with --resolve to reach this address), or --insecure to trust any.`;
	if (/wrong version number|packet length too long|WRONG_VERSION/i.test(said))
		return `the target does not speak TLS (${said}); use its http:// address.`;
	if (/CERTIFICATE_REQUIRED|certificate required|handshake failure/i.test(said))
		return `the target wants a client certificate (${said}); give one with --cert and --key.`;
	const own = /SELF_SIGNED/.test(said) ? "it is self-signed" : said;
	return `the certificate is not trusted (${own === said ? said : `${own}: ${said}`}); give its authority with --ca, or use --insecure to trust any.`;
}

function unknownSession({ cookies }: Asked): string {
	return `the server does not know the session, because requests of one session reached different nodes; make the balancer sticky${cookies ? "" : ", and leave out --no-cookies if it is sticky by cookie"}, or measure websocket alone.`;
}

function invalidNamespace({ namespace, socketPath }: Asked): string {
	const asked = namespace === "" ? "that the URL's path names" : `"${namespace}"`;
	return `the application has no namespace ${asked} (Invalid namespace); correct --namespace or the URL. The URL's path is read as the namespace: if it is where Engine.IO listens, leave it out of the URL and put it before --socket-path ("${socketPath}" now).`;
}

function refusedByApplication(said: string): string {
	return `the application refused the connection${quoted(said)}; give what it asks for with --auth, --header or --query.`;
}

function closedByServer(said: string, asked: Asked): string {
	if (/\b1009\b/.test(said))
		return `the server closed the session because a message was too large${quoted(said)}; lower --payload or shorten --message, or raise maxHttpBufferSize at the server.`;
	if (said.includes("before the Socket.IO connect"))
		return `the server accepted the Engine.IO handshake, then closed the session${quoted(said)}; it ${otherParser(asked).replace("uses", "may use")}. If it does not, see its log.`;
	return `the server or a proxy closed the session${quoted(said)}; see its log.`;
}

function otherParser({ parser }: Asked): string {
	return parser === ""
		? "uses another parser than socket.io-parser, such as msgpack: name its module with --parser, for example socket.io-msgpack-parser"
		: `uses another parser than ${parser}: correct --parser, or leave it out for socket.io-parser`;
}

function quoted(said: string): string {
	return said === "" ? "" : ` (${said})`;
}
