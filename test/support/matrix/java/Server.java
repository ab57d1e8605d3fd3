import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.SocketConfig;
import com.corundumstudio.socketio.SocketIOServer;
import org.json.JSONObject;

/** netty-socketio as it comes. Arguments as JSON: id and port. */
public class Server {
	public static void main(String[] args) throws Exception {
		JSONObject options = new JSONObject(args[0]);
		String id = options.getString("id");
		SocketConfig socket = new SocketConfig();
		// Its port is taken again at once after a kill.
		socket.setReuseAddress(true);
		Configuration configuration = new Configuration();
		configuration.setHostname("127.0.0.1");
		configuration.setPort(options.getInt("port"));
		configuration.setSocketConfig(socket);
		SocketIOServer server = new SocketIOServer(configuration);
		server.addEventListener("whoami", String.class, (client, text, ack) ->
			ack.sendAckData(id + " " + client.getTransport().getValue()));
		server.addEventListener("echo", String.class, (client, text, ack) -> ack.sendAckData(text));
		server.addEventListener("binary", byte[].class, (client, bytes, ack) -> client.sendEvent("binary", bytes));
		server.start();
		System.out.println(new JSONObject().put("port", options.getInt("port")));
		// The test holds this process's stdin: it ends with the test, however that ends.
		while (System.in.read() >= 0) {}
		System.exit(0);
	}
}
