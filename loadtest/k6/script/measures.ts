/** Names of the measures that the scripts add and the runner reads. Times in milliseconds. */
export const MEASURES = {
	/** Epoch milliseconds of the start of measurement, once. */
	start: "sio_start",
	/** Response time (from the scheduled send) and service time (from the actual send). */
	ack: "sio_ack",
	ackService: "sio_ack_service",
	/** Time from the arrival of a frame to its handling in the script: the generator's own lag. */
	loopLag: "sio_loop_lag",
	/** A phase of opening a session; the tag `phase` is the name of a metric in results. */
	phase: "sio_phase",
	/** Share of sessions that opened; of sent messages that were acknowledged. */
	connected: "sio_connected",
	acked: "sio_acked",
	/** Messages not sent because their session was gone; sent; sent more than 5 ms late. */
	unsent: "sio_unsent",
	sent: "sio_sent",
	late: "sio_late",
	/** Sent and never acknowledged: because the session was cut, or because the ack timed out. */
	lost: "sio_lost",
	timedOut: "sio_timed_out",
	doubled: "sio_doubled",
	reordered: "sio_reordered",
	/** Sessions cut before their planned end. */
	sessionsLost: "sio_sessions_lost",
	/** By the tag `kind`. */
	errors: "sio_errors",
} as const;
