/** A session's opening as phases, named as in results; they begin and end as the swarm's do. */
import type { Steps } from "./socket-session.ts";

/** Milliseconds of each phase that k6 can tell. Over a WebSocket it tells no handshake apart from the connection. */
export function phasesOf(steps: Steps): Record<string, number> {
	const { begun, handshake, connected, upgraded, phases } = steps;
	return {
		...(phases !== null && { tcp: phases.tcp, engine_handshake: phases.exchange }),
		...(phases !== null && phases.tls > 0 && { tls: phases.tls }),
		socket_connect: connected - handshake,
		connect: connected - begun,
		...(upgraded > 0 && { upgrade: upgraded - handshake }),
	};
}
