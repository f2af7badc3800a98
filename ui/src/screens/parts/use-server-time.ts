import { useServer } from "./use-server.ts";

/** What the server believes the time is, as far as this machine's clock is right. */
export function useServerTime(): Date {
  const ahead = useServer()?.testClock ?? 0;
  return new Date(Date.now() + ahead * 1000);
}
