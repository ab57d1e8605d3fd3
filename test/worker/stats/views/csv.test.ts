import { describe, expect, it } from "vitest";
import { csvOf } from "../../../../worker/stats/views/csv.ts";
import { parseHaproxyCsv } from "../../../support/edge/haproxy-csv.ts";
import { statisticsOf, VERDICT } from "../../support/statistics.ts";

/** The fields of HAProxy's management guide, section 9.1, in its order. */
const FIRST_35 =
	"pxname svname qcur qmax scur smax slim stot bin bout dreq dresp ereq econ eresp wretr wredis status weight act bck chkfail chkdown lastchg downtime qlimit pid iid sid throttle lbtot tracked type rate rate_lim";

describe("the CSV", () => {
	const rows = parseHaproxyCsv(csvOf(statisticsOf()));
	const row = (proxy: string, server: string) =>
		rows.find((each) => each["pxname"] === proxy && each["svname"] === server)!;

	it("begins with HAProxy's header, its first 35 fields in its order", () => {
		expect(
			csvOf(statisticsOf())
				.split("\n")[0]
				?.startsWith(`# ${FIRST_35.replaceAll(" ", ",")},`),
		).toBe(true);
	});

	it("can be read by a parser for HAProxy's CSV", () => {
		expect(rows).toHaveLength(17);
		expect(row("edge", "FRONTEND")).toMatchObject({
			type: "0",
			status: "OPEN",
			stot: "900",
			req_tot: "1234567",
			dreq: "12",
			ereq: "3",
			hrsp_4xx: "567",
		});
		expect(row("app_polling", "BACKEND")).toMatchObject({
			type: "1",
			status: "UP",
			scur: "20",
			stot: "400",
			dreq: "10",
			econ: "2",
			eresp: "4",
			wretr: "2",
			wredis: "2",
			lbtot: "402",
			act: "1",
			rate: "1",
			rtime: "3",
			ttime: "3",
		});
		expect(row("app_websocket", "n1")).toMatchObject({
			type: "2",
			sid: "1",
			scur: "100",
			smax: "300",
			slim: "500",
			weight: "50",
			throttle: "50",
			check_status: "L7OK",
			check_code: "200",
			check_duration: "3",
		});
		expect(row("app_http", "n2")).toMatchObject({
			status: "DOWN",
			chkfail: "12",
			chkdown: "2",
			downtime: "61",
			lastchg: "60",
			check_status: "L4CON",
			check_code: "",
		});
	});

	it("has numbers or nothing in all fields that are numbers in HAProxy", () => {
		const textFields = new Set(["pxname", "svname", "status", "check_status", "last_chk", "last_agt"]);
		for (const each of rows)
			for (const [name, value] of Object.entries(each))
				if (!textFields.has(name)) expect(value, name).toMatch(/^\d*$/);
	});

	it("numbers the proxies, and the servers within each proxy", () => {
		const keys = rows.map((each) => `${each["iid"]}/${each["sid"]}`);
		expect(new Set(keys).size).toBe(keys.length);
	});

	it("has one line per row also without a monitor", () => {
		expect(parseHaproxyCsv(csvOf(statisticsOf(null)))).toHaveLength(17);
		expect(VERDICT.nodes).toHaveLength(3);
	});
});
