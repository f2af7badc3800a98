import { useEffect, useState } from "react";
import type { AppConfigView } from "../../api/client.ts";
import { server } from "../../api/server.ts";

/** What this server is; undefined until it answers. */
export function useServer(): AppConfigView | undefined {
  const [known, setKnown] = useState<AppConfigView>();
  useEffect(() => {
    server().then(setKnown, () => undefined);
  }, []);
  return known;
}
