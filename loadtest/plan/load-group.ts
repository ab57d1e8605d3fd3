/** A load group is one transport on one path to the application. k6's scripts load this file: no Node imports. */

/** How clients connect; Flash sockets are emulated. */
export const TRANSPORTS = ["polling", "polling-fetch", "websocket", "upgrade", "flashsocket"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** One way to the application, by the name that results use. */
export interface Path {
	readonly name: string;
	/** Origins with the namespace as path; clients are spread evenly over them. */
	readonly urls: readonly string[];
}

/** One load group. */
export interface LoadGroupPlan {
	readonly transport: Transport;
	readonly path: Path;
}
