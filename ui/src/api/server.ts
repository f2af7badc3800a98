import { type AppConfigView, call } from "./client.ts";

let known: Promise<AppConfigView> | undefined;

/** What this server is and allows. It is asked once for each page, and again after a failure. */
export function server(): Promise<AppConfigView> {
  known ??= call("GET /api/config", { anonymous: true }).catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}
