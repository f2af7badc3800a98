import type { Translate } from "../../text/t.ts";
import { WrongFile } from "../../vault/import/incoming.ts";

/** A file that the server would not take. */
export class TooLarge extends Error {}

/** What is wrong with a file; undefined when it is not the file that failed. */
export function faultOf(t: Translate, failure: unknown): string | undefined {
  if (failure instanceof TooLarge) return t("import.fault.size");
  return failure instanceof WrongFile ? t(`import.fault.${failure.fault}`) : undefined;
}
