import { nameOf } from "../../vault/members.ts";
import type { Option } from "./pick.tsx";
import type { Fellow } from "./queries.ts";

/** Somebody as one to choose. */
export const optionOf = (fellow: Fellow): Option => ({
  id: fellow.id,
  name: nameOf(fellow),
  detail: fellow.name ? fellow.email : undefined,
});
