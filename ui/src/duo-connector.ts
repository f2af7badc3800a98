import { duoChannel } from "./vault/duo.ts";

// The page that Duo leads back to. It hands what Duo said to the client that asked:
// this web vault in another window, an extension of the browser, or an application.

const query = new URLSearchParams(location.search);
const [code, state] = [query.get("code") ?? "", query.get("state") ?? ""];

switch (query.get("client")) {
  case "browser":
    postMessage({ command: "duoResult", code, state }, location.origin);
    break;
  case "desktop":
  case "mobile":
    location.replace(`bitwarden://duo-callback?${new URLSearchParams({ code, state })}`);
    break;
  default: {
    const channel = new BroadcastChannel(duoChannel);
    channel.postMessage(`${code}|${state}`);
    channel.close();
    location.replace("/#/duo-done");
  }
}
