import { Keyring } from "./keyring.ts";
import type { Answer, Question } from "./remote.ts";
import { Visitor } from "./visitor.ts";

// The worker in which the keys live. Its policy lets it talk to nobody but the page
// that started it, and it answers questions in the order in which they are answered.

const rooms = { keyring: new Keyring(), visitor: new Visitor() };

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  const room = rooms[data.room];
  const method = room[data.method as keyof typeof room] as (...args: unknown[]) => Promise<unknown>;
  let answer: Answer;
  try {
    answer = { id: data.id, value: await method.apply(room, data.args) };
  } catch (error) {
    answer = { id: data.id, failure: error instanceof Error ? error.name : "Error" };
  }
  postMessage(answer);
});
