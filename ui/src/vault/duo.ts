import { NoAnswer } from "./webauthn.ts";

/** On which the page that Duo leads back to tells the others what it brings. */
export const duoChannel = "coffre.duo";

/** How long Duo waits for a person. */
const patience = 5 * 60_000;

/** Waits for what Duo says: "code|state". */
export function duoAnswer(signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(duoChannel);
    const giveUp = () => {
      channel.close();
      reject(new NoAnswer());
    };
    const timer = setTimeout(giveUp, patience);
    signal.addEventListener("abort", giveUp);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string") return;
      clearTimeout(timer);
      channel.close();
      resolve(data);
    };
  });
}
