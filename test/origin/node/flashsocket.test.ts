import { expect, test } from "vitest";
import { asWebSocket } from "../../../origin/node/flashsocket.ts";

test.each([
	["/socket.io/?EIO=4&transport=flashsocket", "/socket.io/?EIO=4&transport=websocket"],
	["/socket.io/?transport=flashsocket&EIO=4&x=%20", "/socket.io/?transport=websocket&EIO=4&x=%20"],
	["/socket.io/?EIO=4&transport=websocket", undefined],
	["/socket.io/?EIO=4&transport=flashsockets", undefined],
	["/socket.io/?EIO=4&mytransport=flashsocket", undefined],
	["/transport=flashsocket", undefined],
])("%s is taken for %s", (url, mapped) => {
	expect(asWebSocket(url)).toBe(mapped);
});
