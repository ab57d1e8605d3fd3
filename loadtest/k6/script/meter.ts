/** The measures as k6 metrics. */
import { Counter, Gauge, Rate, Trend } from "k6/metrics";
import { MEASURES } from "./measures.ts";

/** One k6 metric per measure; k6 requires that they are created while the script loads. */
export const meter = {
	start: new Gauge(MEASURES.start),
	ack: new Trend(MEASURES.ack, true),
	ackService: new Trend(MEASURES.ackService, true),
	loopLag: new Trend(MEASURES.loopLag, true),
	phase: new Trend(MEASURES.phase, true),
	connected: new Rate(MEASURES.connected),
	acked: new Rate(MEASURES.acked),
	unsent: new Counter(MEASURES.unsent),
	sent: new Counter(MEASURES.sent),
	late: new Counter(MEASURES.late),
	lost: new Counter(MEASURES.lost),
	timedOut: new Counter(MEASURES.timedOut),
	doubled: new Counter(MEASURES.doubled),
	reordered: new Counter(MEASURES.reordered),
	sessionsLost: new Counter(MEASURES.sessionsLost),
	errors: new Counter(MEASURES.errors),
};
