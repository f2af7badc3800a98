// Listens to a hub with the library that Bitwarden's own clients use, and prints what
// happens, one line of JSON each.
//
//   node listen.mjs <address of the hub> [<access token>]
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const [address, token] = process.argv.slice(2);

function say(event, message) {
  process.stdout.write(JSON.stringify({ event, message }) + "\n");
}

const connection = new HubConnectionBuilder()
  .withUrl(address, {
    accessTokenFactory: token ? () => token : undefined,
    skipNegotiation: true,
    transport: HttpTransportType.WebSockets,
  })
  .withHubProtocol(new MessagePackHubProtocol())
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 100 })
  .configureLogging(LogLevel.None)
  .build();

for (const target of ["ReceiveMessage", "AuthRequestResponseRecieved"]) {
  connection.on(target, (message) => say(target, message));
}
connection.onreconnecting(() => say("reconnecting"));
connection.onreconnected(() => say("reconnected"));
connection.onclose((error) => say("closed", error?.message));

try {
  await connection.start();
  say("connected");
} catch (error) {
  say("failed", error.message);
}
