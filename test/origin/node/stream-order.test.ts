import { beforeEach, describe, expect, test } from "vitest";
import { orderStream, type StreamAdapter } from "../../../origin/node/stream-order.ts";

type Message = Parameters<StreamAdapter["onMessage"]>[0];
type Session = Awaited<ReturnType<StreamAdapter["restoreSession"]>>;

/** An adapter that records what it delivers to its clients; the test plays the stream. */
class FakeAdapter implements StreamAdapter {
	readonly uid = "me";
	readonly delivered: string[] = [];
	published = 0;
	isDown = false;
	restored: (session: Session) => void = () => {};

	broadcast(packet: { data: unknown[] }, opts: { flags?: { local?: boolean } }) {
		if (opts.flags?.local) this.delivered.push(`local ${packet.data[0]}`);
	}
	onMessage(message: Message, offset?: string) {
		if (message.uid === this.uid) return;
		message.data.packet.data.push(offset);
		this.delivered.push(`${message.data.packet.data[0]} except ${message.data.opts.except.join()}`);
	}
	restoreSession() {
		return new Promise<Session>((resolve) => {
			this.restored = resolve;
		});
	}
	async publishAndReturnOffset() {
		this.published += 1;
		if (this.isDown) throw new Error("unavailable");
		return "1-0";
	}
}

let fake: FakeAdapter;
let unsaved: number;
let ordered: StreamAdapter;
beforeEach(() => {
	fake = new FakeAdapter();
	unsaved = 0;
	ordered = orderStream(fake as StreamAdapter, () => {
		unsaved += 1;
	});
});

function read(name: string, offset: string, from = "other", room = "a"): void {
	const opts = { rooms: [room], except: [] };
	ordered.onMessage({ uid: from, type: 3, data: { packet: { type: 2, data: [name] }, opts } }, offset);
}

describe("a node's own event", () => {
	const packet = { type: 2, data: ["own"] };

	test("is delivered when it is read from the stream, not before", async () => {
		await ordered.broadcast(packet, { rooms: new Set(["a"]) });
		expect([fake.published, fake.delivered]).toEqual([1, []]);
		read("earlier", "0-9");
		read("own", "1-0", "me");
		expect(fake.delivered).toEqual(["earlier except ", "own except "]);
	});

	test("is delivered to this node's clients while Redis is unavailable, and is counted as unsaved", async () => {
		fake.isDown = true;
		await ordered.broadcast(packet, { rooms: new Set(["a"]) });
		expect([fake.delivered, unsaved]).toEqual([["local own"], 1]);
	});

	test("with the flag local is not written to the stream", async () => {
		await ordered.broadcast(packet, { rooms: new Set(), flags: { local: true } });
		expect([fake.published, fake.delivered]).toEqual([0, ["local own"]]);
	});
});

describe("a session that is being restored", () => {
	const session = (missed: unknown[][]): Session => ({ sid: "s", rooms: ["s", "a"], missedPackets: missed });

	test("gets the events read meanwhile for its rooms, once and in order", async () => {
		const restoring = ordered.restoreSession("pid", "1-0");
		read("both", "2-0");
		read("late", "3-0");
		read("elsewhere", "4-0", "other", "b");
		fake.restored(session([["both", "2-0"]]));
		expect((await restoring).missedPackets).toEqual([
			["both", "2-0"],
			["late", "3-0"],
		]);
	});

	test("does not get an event again that the restore contained and this node reads later", async () => {
		read("before", "9-0");
		const restoring = ordered.restoreSession("pid", "1-0");
		fake.restored(session([["ahead", "10-0"]]));
		await restoring;
		read("ahead", "10-0");
		read("next", "10-1");
		expect(fake.delivered).toEqual(["before except ", "ahead except s", "next except "]);
	});

	test("reports the adapter's error if it cannot be restored", async () => {
		fake.restoreSession = () => Promise.reject(new Error("session or offset not found"));
		const refusing = orderStream(fake as StreamAdapter, () => {});
		await expect(refusing.restoreSession("pid", "1-0")).rejects.toThrow("not found");
	});
});
