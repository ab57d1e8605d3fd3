/** Names of the measures the scripts add; the runner reads them by these. Times in milliseconds. */
export const MEASURES = {
	/** Epoch milliseconds of the start of measurement, once. */
	start: "sio_start",
	/** Response time (from the intended send) and service time (from the real send). */
	ack: "sio_ack",
	ackService: "sio_ack_service",
	/** From a frame's arrival to its handling in the script: the generator's own lateness. */
	loopLag: "sio_loop_lag",
	/** A phase of opening a session; the tag `phase` is a metric's name in results. */
	phase: "sio_phase",
	/** Share of sessions that opened; of due messages that were acknowledged. */
	connected: "sio_connected",
	acked: "sio_acked",
	/** Messages whose session was gone when they were due; sent; more than 5 ms late. */
	unsent: "sio_unsent",
	sent: "sio_sent",
	late: "sio_late",
	/** Sent and never acknowledged: the session was cut, or the time limit came. */
	lost: "sio_lost",
	timedOut: "sio_timed_out",
	doubled: "sio_doubled",
	reordered: "sio_reordered",
	/** Sessions cut before they were to end. */
	sessionsLost: "sio_sessions_lost",
	/** By the tag `kind`. */
	errors: "sio_errors",
} as const;
