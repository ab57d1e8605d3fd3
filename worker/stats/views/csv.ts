/** Statistics as HAProxy's CSV (management guide 9.1): its first 62 fields in its order, for its parsers. */
import { STATUS_CLASSES } from "../counters.ts";
import { deniedOf, type Row } from "../rows.ts";
import type { Statistics } from "../statistics.ts";

const FIELDS =
	"pxname svname qcur qmax scur smax slim stot bin bout dreq dresp ereq econ eresp wretr wredis status weight act bck chkfail chkdown lastchg downtime qlimit pid iid sid throttle lbtot tracked type rate rate_lim rate_max check_status check_code check_duration hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx hrsp_other hanafail req_rate req_rate_max req_tot cli_abrt srv_abrt comp_in comp_out comp_byp comp_rsp lastsess last_chk last_agt qtime ctime rtime ttime".split(
		" ",
	);

/** HAProxy's numbers for the kinds of rows. */
const TYPES = { frontend: 0, backend: 1, server: 2 } as const;

/** Unknown numbers are left empty, as HAProxy does. */
type Fields = Partial<Record<string, string | number | null>>;

/** The text: a header that begins with "# ", then one line per row, each with a trailing comma, as in HAProxy's. */
export function csvOf({ rows }: Statistics): string {
	const proxies = [...new Set(rows.map((row) => row.proxy))];
	const lines = rows.map((row) => line(fieldsOf(row, proxies.indexOf(row.proxy) + 1, rows)));
	return `# ${FIELDS.join(",")},\n${lines.join("")}`;
}

function line(fields: Fields): string {
	return `${FIELDS.map((name) => quoted(fields[name] ?? "")).join(",")},\n`;
}

function quoted(value: string | number): string {
	const text = String(value);
	return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fieldsOf(row: Row, iid: number, rows: readonly Row[]): Fields {
	return { ...commonFields(row, iid), ...answerFields(row), ...kindFields(row, rows) };
}

function commonFields(row: Row, iid: number): Fields {
	const { counts } = row;
	return {
		pxname: row.proxy,
		svname: row.server,
		scur: row.live,
		smax: row.liveMax,
		slim: row.limit,
		stot: row.total,
		bin: counts["bytes_in"] ?? 0,
		bout: counts["bytes_out"] ?? 0,
		status: row.status,
		pid: 1,
		iid,
		sid: 0,
		type: TYPES[row.kind],
		rate: Math.round(row.rate),
		rate_max: Math.round(row.rateMax),
		req_rate: Math.round(row.requestRate),
		req_tot: counts["requests"] ?? 0,
	};
}

function answerFields({ counts, waitMs, totalMs, kind }: Row): Fields {
	return {
		...Object.fromEntries(STATUS_CLASSES.map((name) => [name, counts[name] ?? 0])),
		hrsp_other: 0,
		...(kind === "frontend" ? {} : { rtime: rounded(waitMs), ttime: rounded(totalMs) }),
	};
}

function kindFields(row: Row, rows: readonly Row[]): Fields {
	const { counts, health } = row;
	if (row.kind === "frontend") return { dreq: deniedOf(row), dresp: 0, ereq: counts["no_route"] ?? 0 };
	const shared = {
		dresp: 0,
		econ: counts["unreachable"] ?? 0,
		eresp: (counts["timeouts"] ?? 0) + (counts["server_errors"] ?? 0),
		wretr: counts["retries"] ?? 0,
		wredis: counts["redispatches"] ?? 0,
		lbtot: counts["picks"] ?? 0,
	};
	if (row.kind === "backend") return { ...shared, ...backendFields(row, rows) };
	const place = rows.filter((each) => each.proxy === row.proxy).indexOf(row);
	return {
		...shared,
		sid: place + 1,
		act: 1,
		bck: 0,
		weight: health?.weight ?? null,
		chkfail: health?.failedChecks ?? null,
		chkdown: health?.downs ?? null,
		lastchg: health?.changed ?? null,
		downtime: health?.downtime ?? null,
		throttle: health?.throttle ?? null,
		check_status: health?.check?.word ?? null,
		check_code: health?.check?.status || null,
		check_duration: health?.check?.milliseconds ?? null,
	};
}

function backendFields(row: Row, rows: readonly Row[]): Fields {
	const servers = rows.filter((each) => each.proxy === row.proxy && each.kind === "server");
	const up = servers.filter((each) => each.status === "UP" || each.status === "no check");
	return {
		dreq: row.counts["denied"] ?? 0,
		act: up.length,
		bck: 0,
		weight: up.reduce((sum, each) => sum + (each.health?.weight ?? 0), 0),
	};
}

function rounded(value: number | null): number | null {
	return value === null ? null : Math.round(value);
}
