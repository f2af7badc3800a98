import { Keyring } from "./keyring.ts";
import type { Answer, Question } from "./remote.ts";

// The worker in which the keys live. Its policy lets it talk to nobody but the page
// that started it, and it answers questions in the order in which they are answered.

const keyring = new Keyring();

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  const method = keyring[data.method] as (...args: unknown[]) => Promise<unknown>;
  let answer: Answer;
  try {
    answer = { id: data.id, value: await method.apply(keyring, data.args) };
  } catch (error) {
    answer = { id: data.id, failure: error instanceof Error ? error.name : "Error" };
  }
  postMessage(answer);
});
