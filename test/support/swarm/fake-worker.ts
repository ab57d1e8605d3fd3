/** A worker process as the pool sees it, but without a process: the test decides what it reports. */
import { EventEmitter } from "node:events";
import type { WorkerProcess } from "../../../loadtest/clients/run/worker-pool.ts";
import type { Order, Report } from "../../../loadtest/clients/worker/messages.ts";

export class FakeWorker extends EventEmitter {
	readonly pid: number;
	connected = true;
	exitCode: number | null = null;
	signalCode: NodeJS.Signals | null = null;
	readonly orders: Order[] = [];
	/** What the worker does with an order; nothing by default. */
	obey: (order: Order) => void = () => {};

	constructor(pid: number) {
		super();
		this.pid = pid;
	}

	send(order: Order): boolean {
		this.orders.push(order);
		this.obey(order);
		return true;
	}

	kill(signal: NodeJS.Signals): boolean {
		this.exit(null, signal);
		return true;
	}

	/** Sends a report to the run. */
	report(report: Report): void {
		this.emit("message", report);
	}

	/** Ends the process. */
	exit(code: number | null, signal: NodeJS.Signals | null = null): void {
		this.exitCode = code;
		this.signalCode = signal;
		this.connected = false;
		this.emit("exit", code, signal);
	}

	/** The same object as the pool's type. */
	get asProcess(): WorkerProcess {
		return this as unknown as WorkerProcess;
	}
}
