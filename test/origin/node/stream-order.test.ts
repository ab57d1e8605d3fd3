import { beforeEach, describe, expect, test } from "vitest";
import { orderStream, type StreamAdapter } from "../../../origin/node/stream-order.ts";

type Message = Parameters<StreamAdapter["onMessage"]>[0];
type Session = Awaited<ReturnType<StreamAdapter["restoreSession"]>>;

/** An adapter that writes down what it hands to its clients, and a stream that says what the test says. */
class FakeAdapter implements StreamAdapter {
	readonly uid = "me";
	readonly handed: string[] = [];
	published = 0;
	away = false;
	restored: (session: Session) => void = () => {};

	broadcast(packet: { data: unknown[] }, opts: { flags?: { local?: boolean } }) {
		if (opts.flags?.local) this.handed.push(`local ${packet.data[0]}`);
	}
	onMessage(message: Message, offset?: string) {
		if (message.uid === this.uid) return;
		message.data.packet.data.push(offset);
		this.handed.push(`${message.data.packet.data[0]} except ${message.data.opts.except.join()}`);
	}
	restoreSession() {
		return new Promise<Session>((resolve) => {
			this.restored = resolve;
		});
	}
	async publishAndReturnOffset() {
		this.published += 1;
		if (this.away) throw new Error("away");
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

function heard(name: string, offset: string, from = "other", room = "a"): void {
	const opts = { rooms: [room], except: [] };
	ordered.onMessage({ uid: from, type: 3, data: { packet: { type: 2, data: [name] }, opts } }, offset);
}

describe("a node's own event", () => {
	const packet = { type: 2, data: ["own"] };

	test("is handed on when the stream says it, not before", async () => {
		await ordered.broadcast(packet, { rooms: new Set(["a"]) });
		expect([fake.published, fake.handed]).toEqual([1, []]);
		heard("earlier", "0-9");
		heard("own", "1-0", "me");
		expect(fake.handed).toEqual(["earlier except ", "own except "]);
	});

	test("reaches this node's clients while Redis is away, and is counted as unsaved", async () => {
		fake.away = true;
		await ordered.broadcast(packet, { rooms: new Set(["a"]) });
		expect([fake.handed, unsaved]).toEqual([["local own"], 1]);
	});

	test("that is for this node alone does not go to the stream", async () => {
		await ordered.broadcast(packet, { rooms: new Set(), flags: { local: true } });
		expect([fake.published, fake.handed]).toEqual([0, ["local own"]]);
	});
});

describe("a session that is restored", () => {
	const session = (missed: unknown[][]): Session => ({ sid: "s", rooms: ["s", "a"], missedPackets: missed });

	test("gets what the stream said meanwhile for its rooms, once and in order", async () => {
		const restoring = ordered.restoreSession("pid", "1-0");
		heard("both", "2-0");
		heard("late", "3-0");
		heard("elsewhere", "4-0", "other", "b");
		fake.restored(session([["both", "2-0"]]));
		expect((await restoring).missedPackets).toEqual([
			["both", "2-0"],
			["late", "3-0"],
		]);
	});

	test("does not get again what this node reads later but the restore held already", async () => {
		heard("before", "9-0");
		const restoring = ordered.restoreSession("pid", "1-0");
		fake.restored(session([["ahead", "10-0"]]));
		await restoring;
		heard("ahead", "10-0");
		heard("next", "10-1");
		expect(fake.handed).toEqual(["before except ", "ahead except s", "next except "]);
	});

	test("that cannot be restored leaves nothing behind", async () => {
		fake.restoreSession = () => Promise.reject(new Error("session or offset not found"));
		const refusing = orderStream(fake as StreamAdapter, () => {});
		await expect(refusing.restoreSession("pid", "1-0")).rejects.toThrow("not found");
	});
});
