/**
 * The table of a plan's fields. From it derive the flags and their help (flags.ts), the allowed values (check.ts),
 * the plan in a result file (stored-plan.ts), and which runs may be compared or merged. k6's scripts load this file
 * for the defaults: no Node imports.
 */
import { TRANSPORTS } from "./load-group.ts";
import { headers, pairs, pathHeaders, pathSettings, pids, resolves } from "./value-tables.ts";
import {
	amount,
	instant,
	type Kind,
	list,
	machine,
	onOff,
	orAuto,
	percent,
	text,
	transports,
	whole,
	word,
} from "./values.ts";

/** One row of the table. */
export interface Field<T, Stored extends Storage = Storage> {
	/** In commander's notation; null for a value that the plan computes. */
	readonly flag: string | null;
	readonly kind: Kind<T>;
	readonly default: T;
	readonly stored: Stored;
	/** Whether runs must have the same value to be compared. */
	readonly compare: "same" | "any";
	/** In a merge the machines' values must be the same, or all different; or they add up; or the first given is kept. */
	readonly merge: Merging;
	readonly help: string;
}

type Merging = "same" | "distinct" | "sum" | "first";

/**
 * Where a stored plan has the value: under its own name, or in `extra` if it differs from the default: as it is, as a
 * number of entries, by length and hash because it decides what is measured but may be a secret, or by names only
 * because it may be a secret.
 */
export type Storage = "named" | "extra" | "counted" | "hashed" | "redacted";

/** The plan starts as many worker processes as the load needs. */
export const AUTO_PROCESSES = 0;

// biome-ignore format: a table; each row is two lines, the second one its help
export const FIELDS = {
	// flag, values, default, stored, compare, merge
	scenario:       field("--scenario <name>",           text,                                 "echo",         "named",    "same", "same",
		"what the clients do, by name (listed below) or as a file such as ./mine.ts"),
	paths:          field("--paths <list>",              text,                                 "",             "named",    "any",  "first",
		"several targets: direct=URL,direct=URL2,edge=URL (a repeated name adds an address)"),
	transports:     field("--transports <list>",         transports,                           ["polling", "websocket", "upgrade"], "named",    "any",  "same",
		`transports to measure, any of ${TRANSPORTS.join(", ")}`),
	clients:        field("--clients <n>",               whole(1, 1_000_000),                  50,             "named",    "same", "sum",
		"clients in each load group (one transport on one path)"),
	rate:           field("--rate <n>",                  amount(1e6),                          100,            "named",    "same", "sum",
		"messages per second in each load group"),
	duration:       field("--duration <seconds>",        amount(1e6),                          30,             "named",    "any",  "same",
		"seconds of measurement, shared by all load groups"),
	slot:           field(null,                          amount(1e6),                          0,              "named",    "any",  "same",
		"seconds in which one load group sends"),
	warmup:         field("--warmup <seconds>",          amount(3600, "zero"),                 0.5,            "named",    "any",  "same",
		"seconds at the start of each slot that do not count"),
	payload:        field("--payload <bytes>",           whole(0, 100_000_000),                100,            "named",    "same", "same",
		"bytes in each message"),
	seed:           field("--seed <n>",                  whole(0, 0xffffffff),                 1,              "named",    "any",  "first",
		"seed of everything random"),
	arrivals:       field("--arrivals <kind>",           word("uniform", "poisson"),           "uniform",      "named",    "same", "same",
		"gaps between messages: uniform or poisson"),
	grain:          field("--grain <ms>",                whole(0, 1000),                       0,              "named",    "same", "same",
		"echo: send messages in batches, this many milliseconds apart; 0 = each at its own time"),
	ackTimeout:     field("--ack-timeout <seconds>",     amount(3600),                         10,             "named",    "same", "same",
		"seconds after which a message counts as lost"),
	maxLoss:        field("--max-loss <percent>",        percent,                              1,              "named",    "any",  "first",
		"percentage of messages that a load group may lose; the run fails above it"),
	connectRate:    field("--connect-rate <n>",          amount(1e6),                          100,            "extra",    "same", "sum",
		"sessions opened per second, over all load groups"),
	phaseSessions:  field("--phase-sessions <n>",        whole(0, 1000),                       12,             "extra",    "any",  "first",
		"sessions of each load group that are opened one at a time before all others, to measure the connection phases"),
	connectTimeout: field("--connect-timeout <seconds>", amount(3600),                         20,             "extra",    "same", "same",
		"seconds after which opening a session fails"),
	processes:      field("--processes <n>",             orAuto(whole(1, 64), AUTO_PROCESSES), AUTO_PROCESSES, "named",    "any",  "sum",
		"worker processes (default: as many as the load needs)"),
	sources:        field("--sources <list>",            list,                                 ["loopback"],   "counted",  "any",  "first",
		"source addresses to rotate over; loopback = 127.0.0.1 to 127.0.0.250, none = the system's choice"),
	plainClient:    field("--plain-client",              onOff,                                false,          "extra",    "same", "same",
		"use socket.io-client as published, without the swarm's faster WebSocket transport and release build"),
	pollingAgent:   field("--polling-agent <kind>",      word("keep-alive", "default"),        "keep-alive",   "extra",    "same", "same",
		"HTTP agent of polling clients: keep-alive, or Node's default (a connection for each poll)"),
	insecure:       field("--insecure",                  onOff,                                false,          "extra",    "any",  "first",
		"trust any certificate"),
	ca:             field("--ca <file>",                 text,                                 "",             "extra",    "any",  "first",
		"PEM file of certificate authorities to trust instead of the system's"),
	cert:           field("--cert <file>",               text,                                 "",             "extra",    "any",  "first",
		"PEM file of a client certificate, with --key"),
	key:            field("--key <file>",                text,                                 "",             "extra",    "any",  "first",
		"PEM file of the client certificate's private key"),
	resolve:        field("--resolve <entry>",           resolves,                             {},             "extra",    "any",  "first",
		"connect to another address for a target: host:port=address; may be repeated"),
	cookies:        field("--no-cookies",                onOff,                                true,           "extra",    "same", "same",
		"ignore the cookies that the target sets (default: kept for each client, as browsers do)"),
	require:        field("--require",                   onOff,                                false,          "extra",    "any",  "first",
		"a transport that the target does not offer is an error (default: it is left out)"),
	event:          field("--event <name>",              text,                                 "echo",         "named",    "same", "same",
		"event to send"),
	ack:            field("--ack <event>",               text,                                 "",             "extra",    "same", "same",
		"event by which the application answers, if it does not acknowledge"),
	ackMatch:       field("--ack-match <field>",         text,                                 "",             "extra",    "same", "same",
		"where an answer by event holds its message's {seq}: 0.id = the field id of its first argument"),
	message:        field("--message <json>",            text,                                 "",             "hashed",   "same", "same",
		"message to send instead of --payload bytes: a JSON template such as '{\"user\":{n},\"id\":{seq}}'"),
	args:           field("--args <json>",               text,                                 "",             "hashed",   "same", "same",
		"several arguments instead of one --message: a JSON template such as '[\"room\",{\"id\":{seq}}]'"),
	scenarioCode:   field(null,                          text,                                 "",             "hashed",   "same", "same",
		"the text of the scenario's file"),
	data:           field("--data <file>",               text,                                 "",             "redacted", "any",  "first",
		"CSV file with a header, or JSON lines: {row.NAME} is a column of the client's own row"),
	binary:         field("--binary",                    onOff,                                false,          "extra",    "same", "same",
		"send the --payload bytes as bytes, not as text"),
	parser:         field("--parser <module>",           text,                                 "",             "extra",    "same", "same",
		"Socket.IO parser of the application, for example socket.io-msgpack-parser"),
	hear:           field("--hear <event>",              text,                                 "",             "extra",    "same", "same",
		"listen: event that the server pushes"),
	hearSeq:        field("--hear-seq <field>",          text,                                 "",             "extra",    "same", "same",
		"listen: where its arguments hold a number that the server counts up for each client: 0.id"),
	probe:          field("--probe <kind>",              word("echo", "connect"),              "echo",         "extra",    "same", "same",
		"connect = only open sessions, which needs nothing from the application"),
	namespace:      field("--namespace <name>",          text,                                 "",             "extra",    "same", "same",
		"Socket.IO namespace (the URL's path)"),
	auth:           field("--auth <json>",               text,                                 "",             "redacted", "any",  "first",
		"auth of the Socket.IO connect: a JSON template such as '{\"token\":\"user-{n}\"}', or @file"),
	query:          field("--query <list>",              pairs,                                {},             "redacted", "any",  "first",
		"query parameters of every request: room=a,user={n}"),
	headers:        field("--header <line>",             headers,                              {},             "redacted", "any",  "first",
		"header of every request: 'Name: value', or @file with one a line; may be repeated"),
	pathHeaders:    field("--path-header <line>",        pathHeaders,                          {},             "redacted", "any",  "first",
		"header of one path's requests: 'edge=Name: value'; may be repeated"),
	pathSet:        field("--path-set <setting>",        pathSettings(pathRows),               {},             "redacted", "any",  "first",
		"a setting of one path, for example app.socket-path=/app/socket.io/; may be repeated"),
	socketPath:     field("--socket-path <path>",        text,                                 "/socket.io/",  "extra",    "any",  "first",
		"Engine.IO path at the target"),
	policyPort:     field("--policy-port <port>",        whole(1, 65535),                      10843,          "extra",    "any",  "first",
		"port of the Flash policy server, for flashsocket"),
	reconnection:   field("--reconnection",              onOff,                                false,          "extra",    "same", "same",
		"let lost sessions reconnect"),
	cut:            field("--cut <kind>",                word("abrupt", "graceful"),           "abrupt",       "extra",    "same", "same",
		"storm: destroy the connections (abrupt) or close the sessions (graceful)"),
	probes:         field("--probes <n>",                whole(2, 10_000),                     20,             "extra",    "same", "same",
		"fanout: subscribers whose deliveries are timed"),
	chaosRun:       field("--chaos-run <command>",       text,                                 "",             "extra",    "any",  "first",
		"chaos: shell command that breaks something"),
	chaosAt:        field("--chaos-at <second>",         amount(1e6),                          5,              "extra",    "same", "first",
		"chaos: second of measurement at which it runs"),
	watch:          field("--watch <list>",              pids,                                 {},             "extra",    "any",  "first",
		"processes whose memory and CPU are recorded: edge=PID,n1=PID"),
	machine:        field("--machine <K/M>",             machine,                              { number: 1, of: 1 }, "extra", "same", "distinct",
		"this is machine K of M: it takes its share of --clients, --rate and --connect-rate, which are totals"),
	startAt:        field("--start-at <time>",           instant,                              0,              "extra",    "any",  "first",
		"when measurement begins, on all machines: 2026-11-27T12:00:00Z, or seconds since 1970"),
} as const;

export type Fields = typeof FIELDS;
export type FieldName = keyof Fields;

/** The type of a field's value. */
export type ValueOf<Name extends FieldName> = Fields[Name] extends Field<infer T> ? T : never;

/** Fields that a scenario cannot set: the target, the scenario itself, and what the plan computes. */
type PlanOnly = "scenario" | "scenarioCode" | "paths" | "slot";
const PLAN_ONLY: readonly string[] = ["scenario", "scenarioCode", "paths", "slot"] satisfies PlanOnly[];

/** What a scenario or a flag can set. Times in seconds unless a name says otherwise. */
export type Settings = { readonly [Name in Exclude<FieldName, PlanOnly>]: ValueOf<Name> };

/** Fields that `--path-set` can set for one path. */
export const PATH_FIELDS = [
	"socketPath",
	"namespace",
	"query",
	"headers",
	"auth",
	"ca",
	"cert",
	"key",
	"insecure",
	"resolve",
	"policyPort",
] as const satisfies readonly FieldName[];

/** A function, because the table itself holds `--path-set`, which reads these rows. */
function pathRows(): Readonly<Record<string, { readonly flag: string; readonly kind: Kind<unknown> }>> {
	return Object.fromEntries(
		PATH_FIELDS.map((name) => [name, { flag: flagOf(name), kind: rowOf(name).kind }]),
	);
}

/** The settings' names, in the table's order. */
export const SETTING_NAMES = (Object.keys(FIELDS) as FieldName[]).filter(
	(name) => !PLAN_ONLY.includes(name),
) as (keyof Settings)[];

/** A field's row, without its own type. */
export function rowOf(name: FieldName): Field<unknown> {
	return FIELDS[name] as Field<unknown>;
}

/** A field's flag without its placeholder: `--clients`. */
export function flagOf(name: FieldName): string {
	return rowOf(name).flag?.split(" ")[0] ?? name;
}

/** The settings that neither a scenario nor a flag has changed. */
export const DEFAULTS = Object.fromEntries(
	SETTING_NAMES.map((name) => [name, FIELDS[name].default]),
) as unknown as Settings;

function field<T, Stored extends Storage>(
	flag: string | null,
	kind: Kind<T>,
	usual: NoInfer<T>,
	stored: Stored,
	compare: "same" | "any",
	merge: Merging,
	help: string,
): Field<T, Stored> {
	return { flag, kind, default: usual, stored, compare, merge, help };
}
